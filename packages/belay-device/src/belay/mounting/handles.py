"""The files that a board has opened. It need not close them: few programs do, and no host keeps all open.

Knows numbers, paths and open files; what a board asks of them is for `server`.
"""

from __future__ import annotations

import errno
import io
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Handles"]

_MOST_OPEN = 64
"""A quarter of what macOS lets a process have open by itself."""

_MOST_KEPT = 4096
"""A program that opens a file each second and closes none has more than an hour between two uses of one."""


class _Kept(NamedTuple):
    """How a file is opened once more.

    Attributes:
        path: of the file, from the root of the mount.
        mode: one that leaves its content as it is.
        made: what it holds, for one that is nowhere on disk.
    """

    path: str
    mode: str
    made: bytes | None


class Handles:
    """Numbers for open files. What was not used for longest is closed, and opened again when it is used.

    Args:
        opens: opens a file by its path and mode, unbuffered: so nothing is lost when it is closed.
    """

    def __init__(self, opens: Callable[[str, str], BinaryIO]) -> None:
        self._opens = opens
        # In both, the one used last is last.
        self._kept: dict[int, _Kept] = {}
        self._open: dict[int, BinaryIO] = {}
        self._handle = 0

    def add(self, file: BinaryIO, path: str, mode: str, made: bytes | None = None) -> int:
        """Take a file, and return its number.

        Args:
            file: the file, open.
            path: with which it is opened again.
            mode: with which it was opened.
            made: what it holds, for one that is nowhere on disk.
        """
        self._handle += 1
        again = mode if "a" in mode or "r" in mode else "r+b"
        self._use(self._handle, file, _Kept(path, again, made))
        while len(self._kept) > _MOST_KEPT:
            self.remove(next(iter(self._kept)))
        return self._handle

    def file(self, handle: int) -> BinaryIO:
        """Return the file of a number.

        Raises:
            OSError: it has none, or the file is not there any more.
        """
        kept = self._kept.get(handle)
        if kept is None:
            raise OSError(errno.EBADF, "no such open file")
        file = self._open.get(handle)
        if file is None:
            file = self._opens(kept.path, kept.mode) if kept.made is None else io.BytesIO(kept.made)
        self._use(handle, file, kept)
        return file

    def remove(self, handle: int) -> None:
        """Close a file, and forget its number; one that is not there is no error."""
        self._kept.pop(handle, None)
        file = self._open.pop(handle, None)
        if file is not None:
            file.close()

    def close(self) -> None:
        """Close all, and forget all numbers."""
        for handle in list(self._kept):
            self.remove(handle)

    def _use(self, handle: int, file: BinaryIO, kept: _Kept) -> None:
        self._kept.pop(handle, None)
        self._open.pop(handle, None)
        self._kept[handle] = kept
        self._open[handle] = file
        while len(self._open) > _MOST_OPEN:
            self._open.pop(next(iter(self._open))).close()
