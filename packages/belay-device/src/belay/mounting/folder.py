"""A folder of the host's, as far as a board may see and change it. Paths in, answers or `OSError` out.

Whatever a board names, nothing outside of the folder is reached: a link that leads out is refused, unless the
person at the keyboard wants it otherwise. Only files and folders are there; devices and pipes would make us
wait.
"""

from __future__ import annotations

import errno
import os
import posixpath
import shutil
import stat
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

__all__ = ["Facts", "HostFolder"]

_MODES = {"r", "w", "x", "a"}
_EPOCH_2000_S = 946684800
"""What MicroPython's `time` counts from, on most ports. Source: MicroPython documentation, `time`."""


class Facts(NamedTuple):
    """What is told of a path.

    Attributes:
        is_dir: whether it is a folder.
        size_bytes: of a file; 0 for a folder.
        modified_s: seconds since 2000.
    """

    is_dir: bool
    size_bytes: int
    modified_s: int


class HostFolder:
    """Serves one folder.

    Args:
        folder: which.
        read_only: whether nothing may be changed.
        unsafe_links: whether links may lead out of the folder.

    Raises:
        OSError: from every method, with the `errno` that a file system has for it.
    """

    def __init__(self, folder: Path, *, read_only: bool = False, unsafe_links: bool = False) -> None:
        self._root = os.path.realpath(folder)
        self._read_only = read_only
        self._unsafe_links = unsafe_links

    @staticmethod
    def normal(path: str) -> str:
        """Return a path of the board's from the root, without `.` and `..`; these end at the root."""
        return posixpath.normpath("/" + path.lstrip("/"))

    def facts(self, path: str) -> Facts:
        """Tell what is at a path."""
        return _facts(os.stat(self._inside(path)))  # noqa: PTH116 - texts, many times per import

    def listing(self, path: str) -> list[tuple[str, Facts]]:
        """Tell what is in a folder, sorted by name; what cannot be reached is left out."""
        found = []
        for name in sorted(os.listdir(self._inside(path))):  # noqa: PTH208 - as above
            # A link that leads out or nowhere; neither a file nor a folder; a name that is no text.
            with suppress(OSError, UnicodeEncodeError):
                name.encode()
                found.append((name, self.facts(f"{path}/{name}")))
        return found

    def open(self, path: str, mode: str) -> BinaryIO:
        """Open a file, unbuffered, for bytes.

        Args:
            path: of the file.
            mode: as for `open` on the board.
        """
        kind = mode.replace("b", "").replace("t", "")
        if kind.rstrip("+") not in _MODES or len(kind) > 2:  # noqa: PLR2004 - a letter and a plus
            raise OSError(errno.EINVAL, "no such mode", mode)
        if kind != "r":
            self._require_writable()
        inside = self._inside(path)
        try:
            if not stat.S_ISREG(os.stat(inside).st_mode):  # noqa: PTH116 - as above
                raise IsADirectoryError(errno.EISDIR, "not a file", path)
        except FileNotFoundError:
            if kind.startswith("r"):
                raise
        file: BinaryIO = open(inside, f"{kind}b", buffering=0)  # type: ignore[assignment] # noqa: PTH123, SIM115 - the server closes it; a mode that is not literal says nothing
        return file

    def remove(self, path: str) -> None:
        """Remove a file, or a link; what the link leads to stays."""
        self._require_writable()
        os.unlink(self._entry(path))  # noqa: PTH108 - as above

    def rmdir(self, path: str) -> None:
        """Remove an empty folder."""
        self._require_writable()
        os.rmdir(self._entry(path))  # noqa: PTH106 - as above

    def mkdir(self, path: str) -> None:
        """Make a folder."""
        self._require_writable()
        os.mkdir(self._inside(path))  # noqa: PTH102 - as above

    def rename(self, path: str, new: str) -> None:
        """Rename a file or a folder; a file that is in the way is replaced."""
        self._require_writable()
        os.replace(self._entry(path), self._entry(new))  # noqa: PTH105 - as above

    def space(self) -> tuple[int, int]:
        """Return how many bytes the disk has, and how many are free."""
        usage = shutil.disk_usage(self._root)
        return usage.total, usage.free

    def _require_writable(self) -> None:
        if self._read_only:
            raise OSError(errno.EROFS, "mounted read-only")

    def _inside(self, path: str) -> str:
        """Return the host's path, every link followed.

        Raises:
            PermissionError: it is outside of the folder.
        """
        return self._checked(os.path.realpath(self._joined(path)), path)

    def _entry(self, path: str) -> str:
        """Return the host's path of a folder's entry, which may itself be a link.

        Raises:
            PermissionError: the folder is outside of ours, or is ours itself.
        """
        joined = self._joined(path)
        if joined == self._root:
            raise PermissionError(errno.EPERM, "the folder itself", path)
        parent, name = os.path.split(joined)
        return os.path.join(self._checked(os.path.realpath(parent), path), name)  # noqa: PTH118 - as above

    def _joined(self, path: str) -> str:
        parts = [part for part in self.normal(path).split("/") if part]
        if any("\0" in part or (os.name == "nt" and (":" in part or "\\" in part)) for part in parts):
            raise FileNotFoundError(errno.ENOENT, "no such name", path)
        return os.path.join(self._root, *parts)  # noqa: PTH118 - as above

    def _checked(self, real: str, path: str) -> str:
        if self._unsafe_links or real == self._root or real.startswith(self._root.rstrip(os.sep) + os.sep):
            return real
        raise PermissionError(errno.EPERM, "outside of the folder", path)


def _facts(status: os.stat_result) -> Facts:
    modified_s = max(0, int(status.st_mtime) - _EPOCH_2000_S)
    if stat.S_ISDIR(status.st_mode):
        return Facts(is_dir=True, size_bytes=0, modified_s=modified_s)
    if stat.S_ISREG(status.st_mode):
        return Facts(is_dir=False, size_bytes=status.st_size, modified_s=modified_s)
    raise FileNotFoundError(errno.ENOENT, "neither a file nor a folder")
