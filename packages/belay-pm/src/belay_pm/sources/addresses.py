"""What an address of the web tells: its host, and whether it is this computer."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from belay_pm.errors import SourceError
from belay_pm.masking import shown

if TYPE_CHECKING:
    from urllib.parse import SplitResult

__all__ = ["element_of", "host_of", "is_private_way", "joined", "split"]

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
    except ValueError:
        # Python's own text may have the user and the password.
        raise SourceError(f"`{shown(url)}` is no address: its host or port cannot be understood") from None
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
    except ValueError:
        raise SourceError(f"`{shown(url)}` has a link that cannot be understood: `{shown(link)}`") from None
    split(target)
    return target
