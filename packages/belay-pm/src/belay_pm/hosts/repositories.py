"""Links, short forms and addresses of repositories, as what `git clone` takes."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import unquote

from belay_pm.errors import ProjectError
from belay_pm.hosts.pages import RAW_HOSTS, linked
from belay_pm.hosts.parts import SHORTEST, checked_path, checked_ref, repository_url
from belay_pm.hosts.urls import without_credentials
from belay_pm.requirements import GitSource

if TYPE_CHECKING:
    from belay_pm.hosts.known import Hosts

__all__ = ["git_source"]

_SCP = re.compile(r"(?P<user>[\w.-]+)@(?P<host>[\w.-]+):(?P<path>(?!/).+)")


_GIT_SCHEMES = ("git+https", "git+http", "git+ssh", "git+file", "ssh", "git", "file")


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


def _addressed(scheme: str, text: str, hosts: Hosts) -> GitSource | None:
    """Return what a URL means: of a repository by its scheme or its `.git`, of a website by its host."""
    if scheme not in (*_GIT_SCHEMES, "https", "http"):
        return None
    parts = without_credentials(text)
    host = parts.netloc.lower().removeprefix("www.")
    is_known = host in hosts.kinds or host in RAW_HOSTS
    if not (scheme in _GIT_SCHEMES or re.search(r"\.git(?=@|//|/?$)", parts.path)):
        return linked(parts, host, hosts) if is_known else None
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
    return GitSource(base + rest, checked_ref(ref, text) if at else None, checked_path(unquote(inner), text))


def _short(name: str, rest: str, text: str, hosts: Hosts) -> GitSource:
    """Return what a short form means: `github:o/r[/path][@ref]`, `gitlab:group/inner/r//path@ref`."""
    rest, at, ref = rest.partition("@")
    rest, _, fragment = rest.partition("#")
    rest = rest.strip("/") if "//" not in rest else rest.lstrip("/")
    repository, slashes, path = rest.partition("//")
    if not slashes:
        names = rest.split("/")
        repository, path = "/".join(names[:SHORTEST]), "/".join(names[SHORTEST:])
    names = repository.split("/")
    if len(names) < SHORTEST or not all(names):
        raise ProjectError(
            f"`{text}` names no repository",
            hint=f"write it as in `{name}:OWNER/REPOSITORY/path@ref`",
        )
    url = repository_url(hosts.short_forms[name], names, text)
    return GitSource(url, checked_ref(ref, text) if at else None, checked_path(path or fragment, text))
