"""The flash of a simulated board: memory that ends with it, or a file that one board at a time uses.

Knows files and how a littlefs begins; must not know the interpreter.
"""

from __future__ import annotations

import fcntl
import os
import re
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from belay_transport.errors import AddressError, ConnectionFailedError

__all__ = ["Flash", "open_flash", "open_memory"]

_DEFAULT_BYTES = 2 * 1024 * 1024
_BLOCK_BYTES = 4096
_SUPERBLOCK_BYTES = 32
# Source: littlefs SPEC.md, "superblock": revision, tag, "littlefs", tag, version, block size, block count.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class Flash(NamedTuple):
    """An opened flash.

    Attributes:
        descriptor: of the file that holds it; the caller closes it.
        path: where it is kept, None when it is memory only.
    """

    descriptor: int
    path: Path | None


def open_flash(name: str | None, disk: str | None, flash_bytes: int | None) -> Flash:
    """Open the flash of a board and lock it until the last copy of the descriptor is closed.

    Args:
        name: the board's name; its flash is kept in the user's data folder.
        disk: the path of a file instead; one that is not there is made.
        flash_bytes: its size; None for 2 MB, or for what a kept flash has.

    Raises:
        AddressError: the name cannot be one.
        ConnectionFailedError: the file cannot be opened, is in use, has another size or holds something else.
    """
    path = Path(disk) if disk else _kept(name) if name else None
    if path is None:
        return Flash(open_memory(flash_bytes or _DEFAULT_BYTES), None)
    descriptor = _open(path)
    try:
        _lock(descriptor, path)
        _settle_size(descriptor, path, flash_bytes)
    except BaseException:
        os.close(descriptor)
        raise
    return Flash(descriptor, path)


def open_memory(size_bytes: int) -> int:
    """Return the descriptor of a file of zeros that is in no folder."""
    if sys.platform == "linux":
        descriptor = os.memfd_create("belay-sim")
    else:
        with tempfile.TemporaryFile() as file:
            descriptor = os.dup(file.fileno())
    os.truncate(descriptor, size_bytes)
    return descriptor


def _kept(name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise AddressError(
            f"{name!r} cannot be the name of a simulated board",
            hint="a name has up to 64 letters, digits, `.`, `_`, `-`; `sim:?disk=PATH` takes any path",
        )
    if sys.platform == "darwin":
        data = Path.home() / "Library" / "Application Support"
    else:
        data = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    folder = data / "belay" / "sim"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConnectionFailedError(
            f"The folder {folder} for flashes cannot be made: {error.strerror}"
        ) from error
    return folder / f"{name}.littlefs"


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise ConnectionFailedError(f"The flash file {path} cannot be opened: {error.strerror}") from error


def _lock(descriptor: int, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise ConnectionFailedError(
            f"The flash file {path} is in use by another simulated board",
            hint="close that one, or take another name: `sim:NAME`, or `sim:` for a fresh board",
        ) from error


def _settle_size(descriptor: int, path: Path, wanted_bytes: int | None) -> None:
    """Give a new file its size; refuse one that is no flash or has another size."""
    size = os.fstat(descriptor).st_size
    if size == 0:
        os.truncate(descriptor, wanted_bytes or _DEFAULT_BYTES)
        return
    if wanted_bytes not in {None, size}:
        raise ConnectionFailedError(
            f"The flash file {path} has {size} bytes, {wanted_bytes} were asked for",
            hint="leave `flash` away to take it as it is",
        )
    if size % _BLOCK_BYTES or not (_holds_littlefs(descriptor) or _is_blank(descriptor, size)):
        raise ConnectionFailedError(
            f"The file {path} ({size} bytes) holds no littlefs, and is not empty; it was not touched",
            hint="name a littlefs image with blocks of 4096 bytes, or a file that does not exist",
        )


def _holds_littlefs(descriptor: int) -> bool:
    for block in (0, 1):
        head = os.pread(descriptor, _SUPERBLOCK_BYTES, block * _BLOCK_BYTES)
        if head[8:16] == b"littlefs":
            return True
    return False


def _is_blank(descriptor: int, size: int) -> bool:
    start = os.pread(descriptor, min(size, 64 * _BLOCK_BYTES), 0)
    return start.count(start[:1]) == len(start) and start[:1] in {b"\xff", b"\0"}
