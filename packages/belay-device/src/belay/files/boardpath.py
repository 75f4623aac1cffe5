"""A path on a board with the verbs of `pathlib`: what `belay.files.path_algebra` has, and calls of the board.

It is no `os.PathLike`: a function of the host must not take it for a path of the host.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from belay.files.path_algebra import PathAlgebra
from belay.files.paths import EVERY_LEVEL, board_path, matches, pattern_parts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO, TextIO

    from belay.files.facts import Stat
    from belay.files.filesystem import FileSystem

__all__ = ["BoardPath"]


class BoardPath(PathAlgebra):
    """A path on a board; `device.fs.path("/lib/x.py")` makes one.

    It compares and hashes by its board and its text.
    """

    __slots__ = ()

    def __init__(self, fs: FileSystem, path: str) -> None:
        self._fs = fs
        self._pure = PurePosixPath(path)

    # What is there

    def exists(self) -> bool:
        """Say whether there is a file or a folder."""
        return self._fs.exists(self)

    def is_file(self) -> bool:
        """Say whether there is a file."""
        return self._fs.is_file(self)

    def is_dir(self) -> bool:
        """Say whether there is a folder."""
        return self._fs.is_dir(self)

    def stat(self) -> Stat:
        """Return what the board tells of it; see `FileSystem.stat`."""
        return self._fs.stat(self)

    def samefile(self, other: str | PurePosixPath | BoardPath) -> bool:
        """Say whether both are one file or folder; a board has no links, so the paths tell.

        Raises:
            FileNotFoundError: one of them is not there.
        """
        others = self._other(board_path(other))
        self.stat()
        others.stat()
        return self.absolute() == others.absolute()

    def absolute(self) -> BoardPath:
        """Return it from the root; for a relative path the board is asked for its current folder."""
        return self if self.is_absolute() else self._fs.current_folder() / self

    def resolve(self) -> BoardPath:
        """Return it from the root without `..`; a board has no links to follow."""
        return self._other(board_path(str(self.absolute())))

    def walk(self, *, top_down: bool = True) -> Iterator[tuple[BoardPath, list[str], list[str]]]:
        """Return each folder, from this one on, with the names of the folders and of the files in it.

        The tree is listed once, at the start: changing the lists changes nothing.
        """
        found: dict[str, tuple[list[str], list[str]]] = {str(self): ([], [])}
        for entry in self._fs.walk(self):
            path = PurePosixPath(entry.path)
            found[str(path.parent)][0 if entry.is_dir else 1].append(path.name)
            if entry.is_dir:
                found[str(path)] = ([], [])
        folders = [(self._other(folder), names, files) for folder, (names, files) in found.items()]
        return iter(folders if top_down else folders[::-1])

    def iterdir(self) -> Iterator[BoardPath]:
        """Return what is in the folder, in the order of the names."""
        return iter([self._other(entry.path) for entry in self._fs.list(self)])

    def glob(self, pattern: str) -> Iterator[BoardPath]:
        """Return what is in the folder and fits a pattern, such as `*.py` or `**/*.py`.

        `**` stands for any number of folders; upper and lower case differ.
        """
        return self._fitting(pattern_parts(pattern))

    def rglob(self, pattern: str) -> Iterator[BoardPath]:
        """Return what is in the folder or in one below, and fits a pattern."""
        return self._fitting(("**", *pattern_parts(pattern)))

    # Reading and writing

    def read_bytes(self) -> bytes:
        """Return the content of the file."""
        return self._fs.read_bytes(self)

    def read_text(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        """Return the content of the text file."""
        return self._fs.read_text(self, encoding=encoding, errors=errors)

    def write_bytes(self, data: bytes | bytearray | memoryview) -> int:
        """Write the file; return how many bytes."""
        self._fs.write_bytes(self, data)
        return len(data)

    def write_text(self, text: str, encoding: str = "utf-8") -> int:
        """Write the text file; return how many characters."""
        self._fs.write_text(self, text, encoding=encoding)
        return len(text)

    def open(self, mode: str = "r", *, encoding: str = "utf-8", errors: str = "strict") -> BinaryIO | TextIO:
        """Open the file, for reading (`r`), writing (`w`, `x`) or behind what is there (`a`); `b` for bytes.

        The content is held here. What is read comes at once, whole; what is written goes at `close` or at the
        end of a `with` block, whole, or not at all if the block raised. Line ends are left as they are.
        Writing what is opened to read raises `io.UnsupportedOperation`, and so does the other way round.

        Raises:
            ArgumentValueError: another mode; reading and writing at once is none.
            FileNotFoundError, FileExistsError: as the mode says.
        """
        from belay.files.opened import open_file  # noqa: PLC0415 - few programs open files

        return open_file(self._fs, self, mode, encoding=encoding, errors=errors)

    # Changing

    def touch(self, *, exist_ok: bool = True) -> None:
        """Make an empty file if there is none.

        Raises:
            FileExistsError: there is one, and that is not `exist_ok`.
        """
        self._fs.touch(self, exist_ok=exist_ok)

    def mkdir(self, *, parents: bool = False, exist_ok: bool = False) -> None:
        """Make the folder; see `FileSystem.mkdir`."""
        self._fs.mkdir(self, parents=parents, exist_ok=exist_ok)

    def unlink(self, *, missing_ok: bool = False) -> None:
        """Remove the file."""
        self._fs.remove_only(self, "file", missing_ok=missing_ok)

    def rmdir(self) -> None:
        """Remove the folder, which must be empty."""
        self._fs.remove_only(self, "folder")

    def rename(self, target: str | PurePosixPath | BoardPath) -> BoardPath:
        """Rename it to a path that is free; return the new one."""
        self._fs.rename(self, target)
        return self._other(board_path(target))

    def replace(self, target: str | PurePosixPath | BoardPath) -> BoardPath:
        """Rename it, in place of a file that may be there; return the new path."""
        self._fs.rename(self, target, overwrite=True)
        return self._other(board_path(target))

    def _other(self, path: PurePosixPath | str) -> BoardPath:
        return BoardPath(self._fs, str(path))

    def _fitting(self, parts: tuple[str, ...]) -> Iterator[BoardPath]:
        levels = EVERY_LEVEL if "**" in parts else len(parts)
        above = len(self.parts)
        paths = [self._other(entry.path) for entry in self._fs.entries(self, levels=levels)]
        return iter([path for path in paths if matches(path.parts[above:], parts)])
