"""The ROM partition of a simulated board: memory, and a file beside the flash's where that is kept.

Knows bytes and one path; what they mean is for the board's `vfs.rom_ioctl` and `VfsRom`.
"""

from __future__ import annotations

import mmap
import os

__all__ = ["Rom"]

_BLANK = b"\xff"
_EIO = 5


class Rom:
    """A ROM partition.

    Attributes:
        memory: its content, blank where nothing was written; None for a board without.
    """

    def __init__(self, path: str | None, size_bytes: int) -> None:
        self.memory: mmap.mmap | None = None
        self._path = path
        if not size_bytes:
            return
        self.memory = mmap.mmap(-1, size_bytes)
        self.memory[:] = _BLANK * size_bytes
        if path and os.path.exists(path):  # noqa: PTH110 - `pathlib` loads slowly
            with open(path, "rb") as image:  # noqa: PTH123 - `pathlib` loads slowly
                content = image.read(size_bytes)
            self.memory[: len(content)] = content

    def erase(self) -> None:
        """Be blank, also where it is kept."""
        if self.memory is None:
            return
        self.memory[:] = _BLANK * len(self.memory)
        if self._path and os.path.exists(self._path):  # noqa: PTH110 - as above
            os.remove(self._path)  # noqa: PTH107 - as above

    def save(self) -> int:
        """Keep the content, whole or not at all; return 0, or the number of the system's error."""
        if self.memory and self._path:
            try:
                with open(f"{self._path}.new", "wb") as copy:  # noqa: PTH123 - `pathlib` loads slowly
                    copy.write(self.memory)
                os.replace(f"{self._path}.new", self._path)  # noqa: PTH105 - `pathlib` loads slowly
            except OSError as error:
                return error.errno or _EIO
        return 0
