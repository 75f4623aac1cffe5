"""What the text of a dependency means, and the tables and lists that hold such texts. Asks nobody.

| text | is |
|---|---|
| `./x`, `../x`, `/x`, `a/b`, `x.py` | a file or folder of this computer |
| `https://github.com/o/r/…`, `github:o/r/path@ref`, `git+https://…`, `git@host:o/r.git` | of a repository |
| another `https://…` | a file, an archive, a `package.json` |
| `circuitpython:name@1` | a library of a CircuitPython bundle |
| `*`, `^1.2`, `name`, `name@1`, `name>=1`, `mip:name` | a package of an index |
"""

from __future__ import annotations

import keyword
import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import unquote

from belay_pm.errors import ManifestError, ProjectError
from belay_pm.hosts import checked_ref, git_source, without_credentials
from belay_pm.masking import has_controls
from belay_pm.near import near_miss
from belay_pm.requirements import BundleSource, Entry, GitSource, IndexSource, PathSource, UrlSource
from belay_pm.versions import VersionRange, looks_like_range

if TYPE_CHECKING:
    from collections.abc import Mapping

    from belay_pm.hosts import Hosts
    from belay_pm.requirements import Source

__all__ = [
    "ENTRY_KEYS",
    "dependency_entry",
    "infer_name",
    "is_import_name",
    "parse_entries",
    "parse_source",
    "read_entries",
]

ENTRY_KEYS = ("uri", "develop", "rename_to_init", "rev", "opt")
"""What a table for a dependency may have."""

_HIGHEST_OPT = 3  # mpy-cross knows 0 to 3

_NAMED = re.compile(r"(?P<name>[A-Za-z0-9](?:[\w.-]*\w)?)\s*(?P<version>(?:@|[=!~<>^]).*)?", re.DOTALL)
_FILE = re.compile(r"\.(py|mpy|json|zip|tar|tgz|tbz2|txz|tar\.(gz|bz2|xz))$", re.IGNORECASE)
_SUFFIXES = re.compile(r"\.(py|mpy|json|zip|tgz|tbz2|txz|tar|tar\.\w+|git)$", re.IGNORECASE)
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_BUNDLE_FORMS = ("circuitpython", "circup")
_WHATS_A_SOURCE = (
    "a source is a path (`./x`), a link or a git URL (`https://…`, `git+https://…`, `github:o/r/x@ref`), "
    "a package of an index (`name`, `name@1.2`, `*`) or a CircuitPython library (`circuitpython:name`)"
)


def parse_source(text: str, *, hosts: Hosts, name: str | None = None) -> Source:
    """Return where a text says that something is.

    Args:
        text: as in the table of the module's docstring.
        hosts: which websites are known, and what the short forms stand for.
        name: whose source it is; a version alone (`*`, `^1.2`) is one of that package of an index.

    Raises:
        ProjectError: it means nothing, is not complete, or has a password or token in it.
    """
    text = text.strip()
    if not text:
        raise ProjectError("an empty text names no source", hint=_WHATS_A_SOURCE)
    if has_controls(text):
        raise ProjectError(f"{text!r} has a control character in it")
    if _is_path(text):
        return PathSource(text)
    if (found := git_source(text, hosts)) is not None:
        _refuse_file(found, text)
        return found
    if text.lower().startswith(("http://", "https://")):
        return _of_web(text)
    scheme, _, rest = text.partition(":")
    if scheme in (*_BUNDLE_FORMS, "mip"):
        package, version = _named(rest, text)
        return IndexSource(package, version) if scheme == "mip" else BundleSource(package, version)
    if _SCHEME.match(text):
        raise _unknown_scheme(text, scheme, hosts)
    if looks_like_range(text):
        if name is None:
            raise ProjectError(f"`{text}` is a version, and of no package", hint=_WHATS_A_SOURCE)
        return IndexSource(name, _version(text))
    return IndexSource(*_named(text, text))


def read_entries(
    name: str, value: object, *, hosts: Hosts, key: str
) -> tuple[tuple[Entry, ...], list[tuple[str, str]]]:
    """Return the entries of a dependency, and what is wrong with the rest: where, and a sentence.

    Args:
        name: of the package.
        value: a text, a table, or a list of these, as TOML has them.
        hosts: which websites are known.
        key: where the value stands, for the problems: `tool.belay.dependencies.os`.
    """
    problems: list[tuple[str, str]] = []
    if not isinstance(value, list):
        entry = _entry(name, value, key, hosts=hosts, in_list=False, problems=problems)
        return (() if entry is None else (entry,)), problems
    if not value:
        problems.append((key, "the list is empty"))
    found = [
        _entry(name, each, f"{key}[{at}]", hosts=hosts, in_list=True, problems=problems)
        for at, each in enumerate(value)
    ]
    entries = tuple(entry for entry in found if entry is not None)
    if sum(entry.rename_to_init for entry in entries) > 1:
        problems.append(
            (key, "two of the list have `rename_to_init`, and there is one `__init__` in a package")
        )
    return entries, problems


def parse_entries(name: str, value: object, *, hosts: Hosts, key: str) -> tuple[Entry, ...]:
    """Return the entries of a dependency; see `read_entries`.

    Raises:
        ProjectError: something is wrong with them; the text has all of it, a line each.
    """
    entries, problems = read_entries(name, value, hosts=hosts, key=key)
    if problems:
        raise ProjectError("\n".join(f"`{where}`: {sentence}" for where, sentence in problems))
    return entries


def dependency_entry(text: str, version: str | None, *, hosts: Hosts) -> tuple[str, Entry]:
    """Return what somebody's package asks for, by name: an item of `deps`, or `require(name, version)`.

    Args:
        text: a name, a link, a short form or a URL; never a path or a `file:` of this computer.
        version: of an index's package, or the ref of a repository; what the text says itself comes first.
        hosts: which websites are known.

    Raises:
        ManifestError: it cannot be understood, or asks for something of this computer.
    """
    try:
        source = parse_source(text, hosts=hosts)
        if isinstance(source, IndexSource | BundleSource) and version and source.version == "*":
            source = replace(source, version=_version(version))
        if isinstance(source, GitSource) and source.ref is None and version not in (None, "", "*", "latest"):
            source = replace(source, ref=checked_ref(version, text))
    except ProjectError as error:
        raise ManifestError(f"a dependency cannot be understood: {error}", hint=error.hint) from error
    if isinstance(source, PathSource) or (isinstance(source, GitSource) and source.url.startswith("file:")):
        raise ManifestError(f"a package wants `{text}`, which is of this computer, and none of its business")
    name = source.name if isinstance(source, IndexSource | BundleSource) else infer_name(source)
    return name, Entry(source, text if not version or "@" in text else f"{text}@{version}")


def infer_name(source: Source) -> str:
    """Return what a package from there is probably imported as.

    Raises:
        ProjectError: nothing in it could be the name of a module.
    """
    if isinstance(source, IndexSource | BundleSource):
        stem = source.name
    elif isinstance(source, PathSource):
        stem = _stem(re.split(r"[\\/]", source.path))
    elif isinstance(source, GitSource):
        stem = _stem(source.path.split("/")) or _stem(re.split(r"[/:]", source.url))
    else:
        path = without_credentials(source.url).path
        stem = _stem(source.path.split("/")) or _stem(unquote(path).split("/"))
    name = re.sub(r"\W", "_", stem)
    if not is_import_name(name):
        raise ProjectError(
            f"nothing in `{_where(source)}` could be the name of a package",
            hint="give the name in front of it",
        )
    return name


def is_import_name(name: str) -> bool:
    """Whether `import name` is Python."""
    return name.isascii() and name.isidentifier() and not keyword.iskeyword(name)


def _stem(names: list[str]) -> str:
    """Return the last name that says something, without its suffix."""
    for name in reversed(names):
        stem = _SUFFIXES.sub("", name)
        if stem not in ("", ".", "..", "__init__", "package", "manifest"):
            return stem
    return ""


def _where(source: Source) -> str:
    return source.path if isinstance(source, PathSource) else getattr(source, "url", "")


def _is_path(text: str) -> bool:
    if text.startswith((".", "/", "~", "\\")) or _DRIVE.match(text):
        return not text.startswith(("~=", "~ ")) and not re.match(r"~\d", text)
    if _SCHEME.match(text) or re.match(r"[\w.-]+@[\w.-]+:", text):
        return False
    return bool("/" in text or "\\" in text or _FILE.search(text))


def _refuse_file(source: GitSource, text: str) -> None:
    if source.url.startswith("file:") and source.ref is None and not source.path and _FILE.search(source.url):
        raise ProjectError(
            f"`{text}` is a file, and `file://` means a git repository",
            hint="a file of this computer is written as its path",
        )


def _of_web(text: str) -> UrlSource:
    parts = without_credentials(text)
    if not parts.hostname:
        raise ProjectError(f"`{text}` names no host")
    # `#` names what is in an archive; behind a file it is the place on a page that a browser shows.
    fragment = "" if re.search(r"\.(py|mpy|json)$", parts.path) else unquote(parts.fragment)
    inner = [name for name in fragment.split("/") if name not in ("", ".")]
    if ".." in inner:
        raise ProjectError(f"`{text}`: `..` leaves the archive")
    return UrlSource(parts._replace(fragment="").geturl(), "/".join(inner))


def _named(text: str, whole: str) -> tuple[str, str]:
    """Return name and version of `name`, `name@1`, `name==1`, `name>=1,<2`."""
    match = _NAMED.fullmatch(text.strip())
    if match is None:
        raise ProjectError(f"`{whole}` means nothing here", hint=_WHATS_A_SOURCE)
    version = (match["version"] or "*").removeprefix("@").strip()
    return match["name"], _version(version)


def _version(text: str) -> str:
    return VersionRange.parse(text).text


def _unknown_scheme(text: str, scheme: str, hosts: Hosts) -> ProjectError:
    known = [*hosts.short_forms, *_BUNDLE_FORMS, "mip", "https", "http", "git+https", "git+ssh", "file"]
    near = near_miss(scheme.lower(), known)
    return ProjectError(
        f"`{scheme}:` in `{text.split('?', maxsplit=1)[0].rpartition('@')[2]}` is no form that is known",
        hint=f"did you mean `{near}:`?" if near else _WHATS_A_SOURCE,
    )


def _entry(
    name: str, value: object, key: str, *, hosts: Hosts, in_list: bool, problems: list[tuple[str, str]]
) -> Entry | None:
    """Return an entry, or None and say why."""
    if isinstance(value, str):
        value = {"uri": value}
    if not isinstance(value, dict):
        problems.append((key, f"it is a text, a table with `uri`, or a list of these, and not {value!r}"))
        return None
    before = len(problems)
    for unknown in value.keys() - set(ENTRY_KEYS):
        near = near_miss(unknown, ENTRY_KEYS)
        said = (
            f"did you mean `{near}`?"
            if near
            else f"there are {', '.join(f'`{each}`' for each in ENTRY_KEYS)}"
        )
        problems.append((f"{key}.{unknown}", f"there is no such key; {said}"))
    source = _source_of(name, value, key, hosts, problems)
    develop = _flag(value, "develop", key, problems, default=False)
    rename = _flag(value, "rename_to_init", key, problems, default=not in_list)
    opt = value.get("opt")
    if opt is not None and (type(opt) is not int or not 0 <= opt <= _HIGHEST_OPT):
        problems.append((f"{key}.opt", f"it is a whole number from 0 to {_HIGHEST_OPT}, and not {opt!r}"))
    if develop and source is not None and not isinstance(source, PathSource):
        problems.append((f"{key}.develop", "only a file or folder of this computer can be used in place"))
    if source is None or len(problems) > before:
        return None
    return Entry(source, value["uri"].strip(), develop=develop, rename_to_init=rename, opt=opt)


def _source_of(
    name: str, value: Mapping[str, object], key: str, hosts: Hosts, problems: list[tuple[str, str]]
) -> Source | None:
    uri, rev = value.get("uri"), value.get("rev")
    if not isinstance(uri, str):
        said = "is missing" if uri is None else f"is a text, and not {uri!r}"
        problems.append((f"{key}.uri", f"`uri` {said}"))
        return None
    try:
        source = parse_source(uri, hosts=hosts, name=name)
    except ProjectError as error:
        problems.append((key, str(error) if error.hint is None else f"{error} ({error.hint})"))
        return None
    if rev is None:
        return source
    if not isinstance(rev, str) or not rev or re.search(r"[\x00-\x20~^:?*\[\\]|^-|\.\.", rev):
        problems.append((f"{key}.rev", f"it is a branch, a tag or a commit, and not {rev!r}"))
    elif not isinstance(source, GitSource):
        problems.append((f"{key}.rev", "only a repository has branches, tags and commits"))
    elif source.ref not in (None, rev):
        problems.append((f"{key}.rev", f"`uri` says `{source.ref}` already, and `rev` says `{rev}`"))
    else:
        return replace(source, ref=rev)
    return None


def _flag(
    value: Mapping[str, object], name: str, key: str, problems: list[tuple[str, str]], *, default: bool
) -> bool:
    flag = value.get(name, default)
    if isinstance(flag, bool):
        return flag
    problems.append((f"{key}.{name}", f"it is `true` or `false`, and not {flag!r}"))
    return default
