"""What a board's failure means where files are concerned: what was attempted, on what, and what helps.

It words errors; it sends nothing but the question how much room there is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from belay.exceptions import BoardException, FeatureUnavailableError, NoSpaceError
from belay.files.errors import SyncConflictError
from belay.values import encode

if TYPE_CHECKING:
    from belay.exceptions import BelayException
    from belay.runtime import Runtime

__all__ = ["ENOTDIR", "NO_SPACE", "explained", "mount_point", "no_space", "not_a_folder"]

NO_SPACE = 28
"""ENOSPC, on every board."""

ENOTDIR = 20
"""Where a folder was meant and a file stands; on every board."""

_MEANINGS = {
    1: ("EPERM", "not permitted"),
    2: ("ENOENT", "not there"),
    5: ("EIO", "the flash or card cannot be read or written"),
    13: ("EACCES", "not permitted"),
    16: ("EBUSY", "in use"),
    17: ("EEXIST", "there already"),
    18: ("EXDEV", "another file system"),
    19: ("ENODEV", "no file system is there"),
    20: ("ENOTDIR", "not a folder"),
    21: ("EISDIR", "a folder"),
    22: ("EINVAL", "makes no sense there"),
    28: ("ENOSPC", "no room"),
    30: ("EROFS", "a file system that cannot be written to"),
    36: ("ENAMETOOLONG", "the name is too long"),
    39: ("ENOTEMPTY", "the folder is not empty"),
}
"""Errnos of files, by name and in words: a board says some as a bare number (MicroPython's `errno` lists the
twenty most frequent), the others by name, and none in words. Source: MicroPython, `py/mperrno.h`."""

_MISSING = re.compile(r"no attribute '(\w+)'|object has no attribute (\w+)")
_ROOM = re.compile(r"\(28, (\d+), (\d+)\)")
_MOUNTED = re.compile(r"\(16, ['\"](.*)['\"]\)")
# As `_onboard/remove.py` raises it.

_MAKE_ROOM = (
    "make room: `device.fs.usage(PATH)` tells what a folder holds, `device.fs.remove(PATH)` removes it"
)
_NOT_EMPTY = "a folder that is not empty goes with `device.fs.remove(PATH, recursive=True)`"
_MAKE_FOLDER = "make the folder first: `device.fs.mkdir(PATH, parents=True)`"
_HINTS = {
    "making the folder": {
        2: "`parents=True` makes those above it too",
        17: "with `parents=True, exist_ok=True` it may be a folder that is there",
    },
    "reading": {21: "it is a folder: `device.fs.list(PATH)` tells what is in it"},
    "writing": {
        2: _MAKE_FOLDER,
        22: 'on a FAT file system no name may have one of `" * : < > ? |`, or end in a blank or a dot',
    },
    "making": {2: _MAKE_FOLDER},
    "renaming": {
        1: "a file cannot be renamed to another file system: `device.fs.copy(…)` it, then"
        " `device.fs.remove(…)`",
        17: "with `overwrite=True` it takes the place of a file, never that of a folder",
        22: "a folder cannot be moved into itself",
    },
    "removing": {
        13: _NOT_EMPTY,  # FAT's word for it
        39: _NOT_EMPTY,  # littlefs's
    },
}
"""By how the words begin that say what was attempted, and errno."""

_READ_ONLY = 30
_REMOUNT = (
    'write `import storage` and `storage.remount("/")` into `boot.py` on the board\'s USB drive, then reset'
    " it; from then on the board may write to its drive, and the computer may not"
)
# Source: Belay's manual, chapter 4.3.


def explained(error: BoardException, what: str, *, path: str, runtime: Runtime) -> BelayException:
    """Return the error to raise: the same one with more facts, or one that says what the board lacks.

    Args:
        error: what the board raised.
        what: what was attempted: "writing `/main.py`".
        path: the file that it was about.
        runtime: the board.
    """
    lacking = _MISSING.search(error.message) if error.type_name == "AttributeError" else None
    if lacking is not None and error.message.startswith("'Vfs"):
        return FeatureUnavailableError(
            f"{what} on {runtime.description} failed: the file system there cannot be written to"
        )
    if lacking is not None:
        return FeatureUnavailableError(
            f"{what} on {runtime.description} failed: this board has no `os.{lacking[1] or lacking[2]}`"
        )
    if isinstance(error, OSError):
        number = error.errno
        error.args = (f"{what} on {runtime.description} failed: {_named(error.summary, number)}",)
        error.filename = path
        if number == _READ_ONLY:
            is_circuitpython = runtime.implementation.name == "circuitpython"
            error.hint = _REMOUNT if is_circuitpython else "this file system cannot be written to"
        elif error.hint is None:
            error.hint = next(
                (hints.get(number or 0) for start, hints in _HINTS.items() if what.startswith(start)), None
            )
    return error


def not_a_folder(dst: str, runtime: Runtime) -> SyncConflictError:
    """Return the error for a sync to a folder that is a file, or stands in one."""
    return SyncConflictError(
        f"a sync to `{dst}` of {runtime.description} is not possible: that, or what it stands in, is a file"
        " there, and `dst` is always a folder; nothing was changed",
        hint="name the folder that it goes into: `dst=`, or remove the file: `device.fs.remove(PATH)`",
    )


def _named(summary: str, number: int | None) -> str:
    """Return what the board says, and what that means: its errno's name where it has none, and the words."""
    name, words = _MEANINGS.get(number or 0, ("", ""))
    if name and summary == f"OSError: {number}":
        return f"{summary} ({name}: {words})"
    return f"{summary} ({words})" if name and summary == f"OSError: [Errno {number}] {name}" else summary


def mount_point(error: BoardException) -> str | None:
    """Return where a file system is mounted, if that is why nothing was removed."""
    told = _MOUNTED.search(error.message)
    return None if told is None else told[1]


def no_space(error: BoardException, path: str, size: int, *, runtime: Runtime) -> NoSpaceError:
    """Return the error for a file that has no room.

    Args:
        error: what the board raised, before it wrote or while it did.
        path: the file.
        size: bytes of its content.
        runtime: the board, which is asked for the free bytes where the error does not tell.
    """
    told = _ROOM.search(error.message)
    free_bytes: int | None = None
    if told is not None:
        size, free_bytes = int(told[1]), int(told[2])
    else:
        try:
            space = runtime.call(
                f"_belay_fr({encode(path.rpartition('/')[0] or '/')})", helpers=("system", "space")
            )
        except BoardException:
            space = None  # an old board; the error is complete without
        if isinstance(space, tuple) and isinstance(space[1], int):
            free_bytes = space[1]
    has = "is full" if free_bytes is None else f"has {free_bytes} free"
    return NoSpaceError(
        f"writing `{path}` to {runtime.description} needs {size} bytes beside what is there,"
        f" and its file system {has}",
        path=path,
        needed_bytes=size,
        free_bytes=free_bytes,
        hint=_MAKE_ROOM,
    )
