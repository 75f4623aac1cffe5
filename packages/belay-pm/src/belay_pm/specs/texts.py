"""What a text says: where something is.

| text | is |
|---|---|
| `./x`, `../x`, `/x`, `a/b`, `x.py` | a file or folder of this computer |
| `https://github.com/o/r/…`, `github:o/r/path@ref`, `git+https://…`, `git@host:o/r.git` | of a repository |
| another `https://…` | a file, an archive, a `package.json` |
| `circuitpython:name@1` | a library of a CircuitPython bundle |
| `*`, `^1.2`, `name`, `name@1`, `name>=1`, `mip:name` | a package of an index |
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from belay_pm.errors import ProjectError
from belay_pm.hosts import git_source, without_credentials
from belay_pm.masking import has_controls
from belay_pm.near import near_miss
from belay_pm.requirements import BundleSource, GitSource, IndexSource, PathSource, UrlSource
from belay_pm.versions import VersionRange, looks_like_range

if TYPE_CHECKING:
    from belay_pm.hosts import Hosts
    from belay_pm.requirements import Source

__all__ = ["parse_source"]

_NAMED = re.compile(r"(?P<name>[A-Za-z0-9](?:[\w.-]*\w)?)\s*(?P<version>(?:@|[=!~<>^]).*)?", re.DOTALL)

_FILE = re.compile(r"\.(py|mpy|json|zip|tar|tgz|tbz2|txz|tar\.(gz|bz2|xz))$", re.IGNORECASE)

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
