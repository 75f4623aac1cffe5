"""Which addresses of repositories are let through to git, and what the cache calls them. Asks nobody."""

from __future__ import annotations

import os
import re
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from belay_pm.errors import AccessError, SourceError
from belay_pm.masking import scrub

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["allowed_transports", "element_of", "is_local", "mirror_name", "require_safe"]

_SAFE = ("https", "ssh", "file")
_ON_REQUEST = ("http", "git")
"""Anybody on the way can change what they carry."""

_SCP = re.compile(r"(?:[\w.-]+@)?(?P<host>[\w.-]{2,}):(?P<path>(?!/?/).+)")
_SHORT_HOSTS = {"github.com": "github", "gitlab.com": "gitlab", "codeberg.org": "codeberg"}


def allowed_transports(environment: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """Return the transports that may be used: https, ssh and file.

    Plain http and git are let through where `GIT_ALLOW_PROTOCOL`, git's own variable, names them; what it
    does not name is refused then, as git does. No other transport ever is.
    """
    asked = environment.get("GIT_ALLOW_PROTOCOL")
    if asked is None:
        return _SAFE
    return tuple(name for name in asked.split(":") if name in (*_SAFE, *_ON_REQUEST))


def require_safe(url: str, transports: tuple[str, ...]) -> None:
    """Refuse an address that git would take for something else, or that has a secret in it.

    Raises:
        AccessError: a password or token is in it.
        SourceError: it is an option, a transport that is not allowed, a path, or no address.
    """
    shown = scrub(url)
    if url.startswith("-") or not url.isprintable() or " " in url:
        raise SourceError(f"{shown!r} is no address of a repository")
    transport, host, user = _parts(url, shown)
    if transport not in transports:
        allowed = ", ".join(transports) or "none"
        raise SourceError(
            f"`{shown}` is not asked: `{transport}` is not among the ways that are allowed ({allowed})",
            hint=f"`GIT_ALLOW_PROTOCOL={':'.join((*transports, transport))}` allows it"
            if transport in _ON_REQUEST
            else "an address of a repository begins with `https://`, `ssh://` or `file://`",
        )
    if host.startswith("-") or user.startswith("-") or (not host and transport != "file"):
        raise SourceError(f"{shown!r} is no address of a repository: it names no host")
    if ":" in user or (user and transport in ("https", "http")):
        raise AccessError(
            f"`{shown}` has a user or password in it, which would end up in files and messages",
            hint="leave it out: environment variables such as `GITHUB_TOKEN`, git's credential helper and "
            "`~/.netrc` are asked",
        )


def is_local(url: str) -> bool:
    """Return whether a repository lies on this computer."""
    return url.lower().startswith("file:")


def element_of(url: str) -> str:
    """Return the name of the cache's element: `git-github-OWNER-REPOSITORY`, or `git-<host>-<path>`."""
    _, host, path = _located(url)
    host = _SHORT_HOSTS.get(host, host) or "file"
    path = path.strip("/").removesuffix(".git")
    return f"git-{host}-{path}".replace("/", "-").replace(":", "-").lower()


def mirror_name(url: str) -> str:
    """Return the folder of a repository's mirror in its element: two addresses may share an element."""
    return f"{sha256(url.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}.git"


def _located(url: str) -> tuple[str, str, str]:
    """Return transport, host with port, and path."""
    if "://" not in url and (match := _SCP.fullmatch(url)):
        return "ssh", match["host"].lower(), match["path"]
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.rpartition("@")[2].lower(), parts.path


def _parts(url: str, shown: str) -> tuple[str, str, str]:
    """Return transport, host and user."""
    helper, colons, _ = url.partition("::")
    if colons and "/" not in helper:
        return helper, "", ""
    try:
        transport, host, path = _located(url)
        if not transport or not path.strip("/"):
            raise SourceError(
                f"{shown!r} is no address of a repository",
                hint="one begins with `https://`, `ssh://` or `file://`",
            )
        user = urlsplit(url).netloc.rpartition("@")[0] if "://" in url else url.partition("@")[0]
    except ValueError as error:
        raise SourceError(f"{shown!r} is no address of a repository: {error}") from None
    return transport, host, user if "@" in url else ""
