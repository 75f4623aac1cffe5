"""What an address of the web tells: its host, whether it is this computer, and how it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from belay_pm.errors import SourceError

if TYPE_CHECKING:
    from urllib.parse import SplitResult

__all__ = ["element_of", "host_of", "is_private_way", "joined", "shown", "split"]

_OPEN_KEYS = frozenset({"ref", "path", "version"})
"""What a query may say in a message; any other value may be a secret."""

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_PORTS = {"http": 80, "https": 443}


def split(url: str) -> SplitResult:
    """Return the parts of an http or https address.

    Raises:
        SourceError: it is none.
    """
    try:
        parts = urlsplit(url)
        usable = parts.scheme in _PORTS and bool(parts.hostname)
        _ = parts.port  # a property that refuses what is no number
    except ValueError as error:
        raise SourceError(f"An address cannot be understood: {error}") from error
    if not usable:
        raise SourceError(
            f"`{shown(url)}` is no address of the web", hint="it begins with `https://` or `http://`"
        )
    return parts


def host_of(url: str) -> str:
    """Return the host in small letters, with its port if that is not the usual one: `host`, `host:8080`."""
    parts = split(url)
    host = (parts.hostname or "").rstrip(".")
    return host if parts.port in (None, _PORTS[parts.scheme]) else f"{host}:{parts.port}"


def element_of(url: str) -> str:
    """Return the name of the cache's element for what a host sends."""
    return f"web-{host_of(url).replace(':', '-').strip('-')}"


def is_private_way(url: str) -> bool:
    """Return whether nobody on the way can read along: it is encrypted, or stays on this computer."""
    parts = split(url)
    return parts.scheme == "https" or parts.hostname in _LOOPBACK


def joined(url: str, link: str) -> str:
    """Return the address that a link on a page means.

    Raises:
        SourceError: it is none of the web's.
    """
    try:
        target = urljoin(url, link)
    except ValueError as error:
        raise SourceError(f"`{shown(url)}` has a link that cannot be understood: {error}") from error
    split(target)
    return target


def shown(url: str) -> str:
    """Return an address for a message: no user, no password, no secret of a query."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "an address that cannot be understood"
    host = parts.netloc.rpartition("@")[2]
    way = f"{parts.scheme}://{host}" if parts.netloc else f"{parts.scheme}:" if parts.scheme else ""
    path = parts.path.rpartition("@")[2] if not parts.netloc else parts.path
    query = "&".join(map(_shown_part, filter(None, parts.query.split("&"))))
    return f"{way}{path}" + (f"?{query}" if query else "")


def _shown_part(part: str) -> str:
    key, equals, _ = part.partition("=")
    if not equals:
        return "…"  # a word alone may be the secret itself
    return part if key in _OPEN_KEYS else f"{key}=…"
