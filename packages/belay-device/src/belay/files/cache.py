"""What was minified or compiled once, kept on the host: a folder of small files, safe to lose at any moment.

Knows keys and bytes; what they mean is for `belay.files.preparing`.
A file's name is the digest of all that its content depends on; the file begins with the digest of the
content, so that a damaged one is not used. Processes may share the folder: a file appears whole, or not
at all.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from threading import get_ident

__all__ = ["Cache", "cache_folder"]

_LIMIT_BYTES = 64 * 1024 * 1024
"""Some hundred projects of some hundred files. When it is passed, the oldest half goes."""

_PRUNE_EVERY = 256
"""Writes between two looks at the folder's size: a sync of a hundred files looks at most once."""

_MEMORY_BYTES = 4 * 1024 * 1024
"""Of results kept in this process too: then a sync of an unchanged folder opens the source files only."""

_DIGEST_BYTES = 32
_SUFFIX = ".bin"


def cache_folder() -> Path:
    """Return where Belay keeps what it can make again.

    That is `BELAY_CACHE_DIR` if it is set; else `belay` in the user's folder for such things:
    `XDG_CACHE_HOME` or `~/.cache`, `~/Library/Caches` on macOS, `%LOCALAPPDATA%` on Windows.
    """
    chosen = os.environ.get("BELAY_CACHE_DIR")
    if chosen:
        return Path(chosen)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "belay"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "belay"
    base = os.environ.get("XDG_CACHE_HOME", "")
    # The specification says to ignore a relative path.
    return (Path(base) if base.startswith("/") else Path.home() / ".cache") / "belay"


class Cache:
    """Results by what they depend on. A folder that cannot be used costs time, and is no error."""

    def __init__(self, folder: Path | None, *, limit_bytes: int = _LIMIT_BYTES, renews: bool = False) -> None:
        """Use a folder, which is made when the first result is kept.

        Args:
            folder: where; None keeps results in this process only.
            limit_bytes: how large the folder may grow, about.
            renews: whether what is used counts as new: then what was not used for longest goes first.
        """
        self._folder = folder
        self._limit_bytes = limit_bytes
        self._renews = renews
        self._memory: dict[str, bytes] = {}
        self._memory_bytes = 0
        self._writes = 0

    @staticmethod
    def key(*parts: str | bytes) -> str:
        """Return the name for a result that depends on `parts`, and on nothing else."""
        hasher = sha256()
        for part in parts:
            data = part.encode("utf-8", "surrogateescape") if isinstance(part, str) else part
            hasher.update(b"%d:" % len(data))
            hasher.update(data)
        return hasher.hexdigest()

    def get(self, key: str) -> bytes | None:
        """Return a result, or None when it is not kept, or was damaged."""
        found = self._memory.get(key)
        if found is not None or self._folder is None:
            return found
        try:
            with open(self._path(key), "rb") as file:  # noqa: PTH123 - a third faster, a hundred times per sync
                stored = file.read()
        except OSError:
            return None  # not kept, or not readable: it is made again
        data = stored[_DIGEST_BYTES:]
        if sha256(data).digest() != stored[:_DIGEST_BYTES]:
            return None
        if self._renews:
            with suppress(OSError):  # somebody else's, or gone meanwhile
                os.utime(self._path(key))
        self._remember(key, data)
        return data

    def put(self, key: str, data: bytes) -> None:
        """Keep a result; without effect where the folder cannot be written."""
        self._remember(key, data)
        if self._folder is None:
            return
        path = self._path(key)
        temporary = f"{path}.{os.getpid()}-{get_ident()}.tmp"
        stored = sha256(data).digest() + data
        try:
            try:
                _write(temporary, stored)
            except FileNotFoundError:
                os.makedirs(os.path.dirname(path), exist_ok=True)  # noqa: PTH103, PTH120 - texts, as above
                _write(temporary, stored)
            os.replace(temporary, path)  # noqa: PTH105 - as above
        except OSError:
            # A read-only or full disk: the result is made again next time.
            with suppress(OSError):
                os.unlink(temporary)  # noqa: PTH108 - as above
            return
        if self._writes % _PRUNE_EVERY == 0:
            self._prune()
        self._writes += 1

    def _path(self, key: str) -> str:
        return f"{self._folder}{os.sep}prepared{os.sep}{key[:2]}{os.sep}{key[2:]}{_SUFFIX}"

    def _remember(self, key: str, data: bytes) -> None:
        if len(data) > _MEMORY_BYTES // 8:
            return
        if self._memory_bytes + len(data) > _MEMORY_BYTES:
            self._memory.clear()
            self._memory_bytes = 0
        if key not in self._memory:
            self._memory_bytes += len(data)
        self._memory[key] = data

    def _prune(self) -> None:
        """Remove the oldest results until half of the limit is left, if it was passed."""
        found: list[tuple[float, int, Path]] = []
        for path in Path(str(self._folder), "prepared").glob("*/*"):
            with suppress(OSError):  # another process prunes as well
                status = path.stat()
                found.append((status.st_mtime, status.st_size, path))
        total = sum(size for _, size, _ in found)
        if total <= self._limit_bytes:
            return
        for _, size, path in sorted(found):
            if total <= self._limit_bytes // 2:
                break
            with suppress(OSError):  # another process was faster, or has it open (Windows)
                path.unlink()
            total -= size


def _write(path: str, data: bytes) -> None:
    with open(path, "wb", buffering=0) as file:  # noqa: PTH123 - as in `get`
        file.write(data)
