"""The flash of a simulated board in a file that one board at a time uses.

Knows files and how a littlefs begins; must not know the interpreter.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import sys
from pathlib import Path

from belay_transport.errors import AddressError, ConnectionFailedError

__all__ = ["identity", "kept_names", "kept_path", "open_kept"]

_BLOCK_BYTES = 4096
_SUPERBLOCK_BYTES = 32
# Source: littlefs SPEC.md, "superblock": revision, tag, "littlefs", tag, version, block size, block count.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_ENDING = ".littlefs"


def kept_path(name: str) -> Path:
    """Return where the flash of the board of that name is kept, in the user's data folder.

    Raises:
        AddressError: it cannot be a name.
        ConnectionFailedError: the folder cannot be made.
    """
    if not _NAME.fullmatch(name):
        raise AddressError(
            f"{name!r} cannot be the name of a simulated board",
            hint="a name has up to 64 letters, digits, `.`, `_`, `-`; `sim:?disk=PATH` takes any path",
        )
    folder = _folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConnectionFailedError(
            f"The folder {folder} for flashes cannot be made: {error.strerror}"
        ) from error
    return folder / f"{name}{_ENDING}"


def kept_names() -> list[str]:
    """Return the names of the boards whose flash is kept, sorted; nothing is made."""
    try:
        files = list(_folder().iterdir())
    except OSError:
        return []  # most people have none
    names = (file.name.removesuffix(_ENDING) for file in files if file.name.endswith(_ENDING))
    return sorted(name for name in names if _NAME.fullmatch(name))


def open_kept(path: Path, *, wanted_bytes: int | None, default_bytes: int) -> int:
    """Open the flash in a file, and lock it until the last copy of the descriptor is closed.

    Args:
        path: of the file; one that is not there is made.
        wanted_bytes: what its size must be; None for what it has.
        default_bytes: of a file that is made when nothing is wanted.

    Raises:
        ConnectionFailedError: it cannot be opened, is in use, has another size or holds something else.
    """
    descriptor = _open(path)
    try:
        _lock(descriptor, path)
        if os.fstat(descriptor).st_size == 0:
            os.truncate(descriptor, wanted_bytes or default_bytes)
        else:
            _check(descriptor, path, wanted_bytes)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def identity(path: Path, size_bytes: int) -> bytes:
    """Return bytes that are the same for the same file each time."""
    return hashlib.sha256(os.fsencode(path.resolve())).digest()[:size_bytes]


def _folder() -> Path:
    if sys.platform == "darwin":
        data = Path.home() / "Library" / "Application Support"
    else:
        data = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return data / "belay" / "sim"


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


def _check(descriptor: int, path: Path, wanted_bytes: int | None) -> None:
    """Refuse a file that is no flash or has another size."""
    size = os.fstat(descriptor).st_size
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
