"""Parts of downloads that broke off, kept in the cache so that the next run goes on where this one stopped.

A part is used once, and only when it is what was written; whether the rest is of the same file is for the
server to say, by its validator.
"""

from __future__ import annotations

from contextlib import suppress
from hashlib import sha256
from typing import TYPE_CHECKING

from belay_pm.errors import PackageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from belay_pm.store import Store

__all__ = ["keep_part", "take_part"]

_KEPT = ("etag", "last-modified")
"""The headers by which a server knows its file again."""


def keep_part(store: Store, element: str, url: str, content: bytes, headers: Mapping[str, str]) -> None:
    """Keep what has come of a download, if the server will know its file again.

    Args:
        store: the cache.
        element: what the download is for.
        url: where it came from; only its digest is written.
        content: what has come.
        headers: those that it came with, in small letters.
    """
    facts = {name: headers[name] for name in _KEPT if name in headers}
    if not content or not facts:
        return
    with suppress(OSError, PackageError):  # the download failed already, and that is what is told
        path = _path(store, element, url)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        store.note(element, _key(url), {**facts, "sha256": sha256(content).hexdigest()})


def take_part(store: Store, element: str, url: str) -> tuple[bytes, dict[str, str]] | None:
    """Take a part out of the cache, with its headers; None when there is none, or it is damaged."""
    facts = store.noted(element, _key(url))
    if facts is None:
        return None
    try:
        path = _path(store, element, url)
        content = path.read_bytes()
        path.unlink()
    except (OSError, PackageError):
        return None  # it was taken before
    is_whole = facts.get("sha256") == sha256(content).hexdigest()
    return (content, {name: facts[name] for name in _KEPT if name in facts}) if is_whole else None


def _key(url: str) -> str:
    return f"a part of {url}"


def _path(store: Store, element: str, url: str) -> Path:
    return store.folder(element) / "parts" / sha256(url.encode("utf-8", "surrogatepass")).hexdigest()[:32]
