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

__all__ = ["ENOTDIR", "NO_SPACE", "explained", "no_space", "not_a_folder"]

NO_SPACE = 28
"""ENOSPC, on every board."""

ENOTDIR = 20
"""Where a folder was meant and a file stands; on every board."""

_NAMES = {
    18: "EXDEV: another file system",
    20: "ENOTDIR: not a folder",
    21: "EISDIR: a folder",
    30: "EROFS: a file system that cannot be written to",
    36: "ENAMETOOLONG: the name is too long",
    39: "ENOTEMPTY: the folder is not empty",
}
"""Errnos that MicroPython has no name for (its `errno` lists the twenty most frequent), as the board says
them: a bare number. Source: MicroPython, `py/mperrno.h`."""

_MISSING = re.compile(r"no attribute '(\w+)'|object has no attribute (\w+)")
_ROOM = re.compile(r"\(28, (\d+), (\d+)\)")

_MAKE_ROOM = (
    "make room: `device.fs.usage(PATH)` tells what a folder holds, `device.fs.remove(PATH)` removes it"
)
_NOT_EMPTY = "a folder that is not empty goes with `device.fs.remove(PATH, recursive=True)`"
_HINTS = {
    "renaming": {
        1: "a file cannot be renamed to another file system: `device.fs.copy(…)` it, then"
        " `device.fs.remove(…)`",
        22: "a folder cannot be moved into itself",
    },
    "removing": {
        13: _NOT_EMPTY,  # FAT's word for it
        39: _NOT_EMPTY,  # littlefs's
    },
}
"""By what was attempted and errno."""

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
            error.hint = _HINTS.get(what.partition(" ")[0], {}).get(number or 0)
    return error


def not_a_folder(dst: str, runtime: Runtime) -> SyncConflictError:
    """Return the error for a sync to a folder that is a file, or stands in one."""
    return SyncConflictError(
        f"a sync to `{dst}` of {runtime.description} is not possible: that, or what it stands in, is a file"
        " there, and `dst` is always a folder; nothing was changed",
        hint="name the folder that it goes into: `dst=`, or remove the file: `device.fs.remove(PATH)`",
    )


def _named(summary: str, number: int | None) -> str:
    """Return what the board says, with the name of an errno that it has only as a number."""
    name = _NAMES.get(number or 0)
    return f"{summary} ({name})" if name is not None and summary == f"OSError: {number}" else summary


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
