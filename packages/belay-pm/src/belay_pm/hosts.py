"""Links of code websites, short forms and addresses of repositories, as what `git clone` takes.

Knows how the pages of GitHub, GitLab and Gitea are called. Asks nobody: where a branch ends and a path begins
is not always to be seen in a link, and `GitSource.link` says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote, urlsplit

from belay_pm.errors import ProjectError
from belay_pm.masking import shown
from belay_pm.requirements import GitSource

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DEFAULT_HOSTS", "KINDS", "Hosts", "checked_ref", "git_source", "split_url", "without_credentials"]

KINDS = ("github", "gitlab", "gitea")
"""What websites for code are made of; Codeberg and Forgejo are `gitea`."""

_KNOWN = MappingProxyType(
    {"github.com": "github", "gitlab.com": "gitlab", "codeberg.org": "gitea", "gitea.com": "gitea"}
)
_SHORT_FORMS = MappingProxyType(
    {
        "github": "https://github.com",
        "gitlab": "https://gitlab.com",
        "codeberg": "https://codeberg.org",
        "gitea": "https://gitea.com",
    }
)


@dataclass(frozen=True, slots=True)
class Hosts:
    """Which websites have code, and what the short forms stand for.

    Attributes:
        kinds: a host, with its port if it has one -> one of `KINDS`.
        short_forms: what stands in front of the colon -> where its repositories are, without a slash at
            the end: `github` -> `https://github.com`.
    """

    kinds: Mapping[str, str] = field(default_factory=lambda: _KNOWN)
    short_forms: Mapping[str, str] = field(default_factory=lambda: _SHORT_FORMS)

    def extended(self, kinds: Mapping[str, str], short_forms: Mapping[str, str]) -> Hosts:
        """Return these and others; the host of a short form that has a kind's name has that kind.

        `github` -> `https://ghe.example.com` makes `github:o/r` and links of that host work.
        """
        implied = {
            urlsplit(base).netloc.lower(): {"codeberg": "gitea"}.get(name, name)
            for name, base in short_forms.items()
            if name in (*KINDS, "codeberg")
        }
        return Hosts({**self.kinds, **implied, **kinds}, {**self.short_forms, **short_forms})


DEFAULT_HOSTS = Hosts()
"""GitHub, GitLab, Codeberg and Gitea."""

_SCP = re.compile(r"(?P<user>[\w.-]+)@(?P<host>[\w.-]+):(?P<path>(?!/).+)")
_SHORT = re.compile(r"(?P<name>[A-Za-z][\w.-]*):(?P<rest>(?!//).*)")
_GIT_SCHEMES = ("git+https", "git+http", "git+ssh", "git+file", "ssh", "git", "file")
_REF = r"[^\x00-\x20\x7f~^:?*\[\\]+"
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_SECRET_NAMES = re.compile(r"(?i)(^|[&;])[^&;=]*(token|secret|passw|api_?key|signature)[^&;=]*=")
_VIEWS = ("blob", "tree", "raw", "blame", "edit", "src", "media")
_DOWNLOADS = (
    "archive",
    "releases",
    "zipball",
    "tarball",
    "suites",
    "attachments",
    "uploads",
    "jobs",
    "packages",
)
_SHORTEST = 2  # names of a repository: its owner's and its own


def git_source(text: str, hosts: Hosts) -> GitSource | None:
    """Return what a link, a short form or the address of a repository means, or None for something else.

    Args:
        text: without blanks around it. In addresses of repositories, `@` names a branch, tag or commit, and
            `#`, or `//` behind the repository, a file or folder: `git+https://host/o/r.git@v1#lib/x.py`.
        hosts: which websites are known.

    Raises:
        ProjectError: it is one, and cannot be understood, or has a password or token in it.
    """
    if match := _SCP.fullmatch(text):
        return _repository(f"{match['user']}@{match['host']}:", match["path"], text)
    scheme, colon, rest = text.partition(":")
    if not colon:
        return None
    if rest.startswith("//"):
        return _addressed(scheme.lower(), text, hosts)
    if scheme in hosts.short_forms:
        return _short(scheme, rest, text, hosts)
    return None


def split_url(url: str) -> SplitResult:
    """Return the parts of a URL.

    Raises:
        ProjectError: it is none, such as `https://[x`; the text leaves out what may be secret.
    """
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - asking raises, when it is no number
    except ValueError:
        # Python's own text may have the user and the password.
        raise ProjectError(f"`{shown(url)}` is no URL: its host or port cannot be understood") from None
    return parts


def without_credentials(url: str) -> SplitResult:
    """Return the parts of a URL that has neither password nor token in it.

    Raises:
        ProjectError: it has, or it is none; the text does not repeat what is secret.
    """
    parts = split_url(url)
    user, at, _ = parts.netloc.rpartition("@")
    if (at and (":" in user or not parts.scheme.endswith("ssh"))) or _SECRET_NAMES.search(parts.query):
        raise ProjectError(
            f"`{shown(url)}` has a password or token in it, which would end up in the lock and in git",
            hint="leave it out of the URL: git's credential helper and `~/.netrc` are asked, "
            "and environment variables such as `GITHUB_TOKEN`",
        )
    return parts


def _addressed(scheme: str, text: str, hosts: Hosts) -> GitSource | None:
    """Return what a URL means: of a repository by its scheme or its `.git`, of a website by its host."""
    if scheme not in (*_GIT_SCHEMES, "https", "http"):
        return None
    parts = without_credentials(text)
    host = parts.netloc.lower().removeprefix("www.")
    is_known = host in hosts.kinds or host in _RAW_HOSTS
    if not (scheme in _GIT_SCHEMES or re.search(r"\.git(?=@|//|/?$)", parts.path)):
        return _linked(parts, host, hosts) if is_known else None
    if not parts.netloc and scheme not in ("file", "git+file"):
        raise ProjectError(f"`{text}` names no host")
    rest = parts.path[1:] if not parts.fragment else f"{parts.path[1:]}#{parts.fragment}"
    found = _repository(f"{scheme.removeprefix('git+')}://{parts.netloc.lower()}/", rest, text)
    if not is_known:
        return found
    # A repository of a website has one address, however it was written, so that it is fetched once.
    return replace(found, url=f"{found.url.removesuffix('.git')}.git".replace("://www.", "://", 1))


def _repository(base: str, rest: str, text: str) -> GitSource:
    """Return what stands behind the host in the address of a repository: `o/r.git[//path][@ref][#path]`."""
    rest, _, fragment = rest.partition("#")
    rest, at, ref = rest.partition("@")
    if at and "//" in ref:
        ref, _, inner = ref.partition("//")
    else:
        start = 1 if rest.startswith("/") else 0  # a share of Windows
        cut = rest.find("//", start)
        rest, inner = (rest, "") if cut < 0 else (rest[:cut], rest[cut + 2 :])
    inner = inner or fragment.removeprefix("subdirectory=")
    rest = rest.rstrip("/")
    if not rest:
        raise ProjectError(f"`{text}` names no repository")
    return GitSource(base + rest, checked_ref(ref, text) if at else None, _path(unquote(inner), text))


def _short(name: str, rest: str, text: str, hosts: Hosts) -> GitSource:
    """Return what a short form means: `github:o/r[/path][@ref]`, `gitlab:group/inner/r//path@ref`."""
    rest, at, ref = rest.partition("@")
    rest, _, fragment = rest.partition("#")
    rest = rest.strip("/") if "//" not in rest else rest.lstrip("/")
    repository, slashes, path = rest.partition("//")
    if not slashes:
        names = rest.split("/")
        repository, path = "/".join(names[:_SHORTEST]), "/".join(names[_SHORTEST:])
    names = repository.split("/")
    if len(names) < _SHORTEST or not all(names):
        raise ProjectError(
            f"`{text}` names no repository",
            hint=f"write it as in `{name}:OWNER/REPOSITORY/path@ref`",
        )
    url = _repository_url(hosts.short_forms[name], names, text)
    return GitSource(url, checked_ref(ref, text) if at else None, _path(path or fragment, text))


_RAW_HOSTS = {"raw.githubusercontent.com": "github.com"}


def _linked(parts: SplitResult, host: str, hosts: Hosts) -> GitSource | None:
    """Return what a page of a website shows, or None for something to download."""
    text = shown(parts.geturl())
    names = [unquote(name) for name in parts.path.split("/") if name]
    if host in _RAW_HOSTS:
        base = f"{parts.scheme}://{_RAW_HOSTS[host]}"
        names[_SHORTEST:_SHORTEST] = ["raw"]
        host = _RAW_HOSTS[host]
    else:
        base = f"{parts.scheme}://{host}"
    kind = hosts.kinds.get(host, "github")
    if kind == "gitea" and names[:3] == ["api", "v1", "repos"]:
        return _asked_of_api(base, names[3:], parts.query, text)
    if kind == "github" and host != "github.com" and names[:1] == ["raw"]:
        names = [*names[1:3], "raw", *names[3:]]  # GitHub Enterprise has raw files at `/raw/o/r/ref/path`
    repository, page = _split_page(names, kind)
    if len(repository) < _SHORTEST:
        raise ProjectError(f"`{text}` names no repository", hint=f"write it as in `{base}/OWNER/REPOSITORY`")
    if page and page[0] in _DOWNLOADS:
        return None
    ref = None
    if not page:
        last, at, ref = repository[-1].partition("@")
        repository[-1] = last
        ref = checked_ref(ref, text) if at else None
        return GitSource(_repository_url(base, repository, text), ref)
    return _page(_repository_url(base, repository, text), kind, page, text)


def _split_page(names: list[str], kind: str) -> tuple[list[str], list[str]]:
    """Return the names of the repository and those of a page of it."""
    if kind != "gitlab":
        return names[:_SHORTEST], names[_SHORTEST:]
    if "-" in names:
        at = names.index("-")
        return names[:at], names[at + 1 :]
    # GitLab before version 12 had no `-`, and groups may be in groups.
    for at, name in enumerate(names):
        if at >= _SHORTEST and name in ("blob", "tree", "raw", "archive"):
            return names[:at], names[at:]
    return list(names), []


def _page(url: str, kind: str, page: list[str], text: str) -> GitSource:
    view, *rest = page
    is_commit = view == "commit"
    if kind == "gitea" and view in ("src", "raw", "media") and rest[:1] in (["branch"], ["tag"], ["commit"]):
        is_commit = rest.pop(0) == "commit"
    elif view not in _VIEWS and view != "commit":
        raise ProjectError(
            f"`{text}` is a page that shows neither a file nor a folder of a repository",
            hint="open the file or folder on the website, and take the link of that page",
        )
    if rest[:2] in (["refs", "heads"], ["refs", "tags"]):
        rest = rest[2:]
    if not rest:
        raise ProjectError(f"`{text}` names no branch, tag or commit")
    ref, *path = rest
    is_commit = is_commit or _COMMIT.fullmatch(ref) is not None
    return GitSource(
        url, checked_ref(ref, text), _path("/".join(path), text), link=bool(path) and not is_commit
    )


def _asked_of_api(base: str, names: list[str], query: str, text: str) -> GitSource:
    """Return what mip's addresses at Codeberg mean: `/api/v1/repos/o/r/raw/path?ref=REF`."""
    from urllib.parse import parse_qs  # noqa: PLC0415 - hardly anybody writes these

    if len(names) <= _SHORTEST or names[_SHORTEST] not in ("raw", "media"):
        raise ProjectError(
            f"`{text}` is no file of a repository", hint=f"write it as in `{base}/OWNER/REPOSITORY`"
        )
    refs = parse_qs(query).get("ref")
    url = _repository_url(base, names[:_SHORTEST], text)
    return GitSource(url, checked_ref(refs[0], text) if refs else None, _path("/".join(names[3:]), text))


def _repository_url(base: str, names: list[str], text: str) -> str:
    if any(re.search(r"[\x00-\x20\x7f\\?#]", name) or name in (".", "..", "") for name in names):
        raise ProjectError(f"`{text}` names no repository")
    return f"{base}/{'/'.join(names).removesuffix('.git')}.git"


def checked_ref(ref: str, text: str) -> str:
    """Return a ref that git would take, and that is no option of a command.

    Source: git's documentation, `git check-ref-format`.
    """
    if not re.fullmatch(_REF, ref) or ref.startswith("-") or ".." in ref or "@{" in ref:
        raise ProjectError(f"`{text}`: {ref!r} is no name of a branch, tag or commit")
    return ref


def _path(path: str, text: str) -> str:
    names = [name for name in path.split("/") if name not in ("", ".")]
    if ".." in names or re.search(r"[\x00-\x1f\x7f\\]", path):
        raise ProjectError(f"`{text}`: {path!r} is no path in a repository")
    return "/".join(names)
