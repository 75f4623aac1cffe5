"""A path on a board with the verbs of `pathlib`: pure parts, and calls of the file system.

It is no `os.PathLike`: a function of the host must not take it for a path of the host.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from belay.files.paths import EVERY_LEVEL, board_path, matches, pattern_parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from belay.files.facts import Stat
    from belay.files.filesystem import FileSystem

__all__ = ["BoardPath"]


class BoardPath:
    """A path on a board; `device.fs.path("/lib/x.py")` makes one.

    It compares and hashes by its board and its text.
    """

    __slots__ = ("_fs", "_pure")

    def __init__(self, fs: FileSystem, path: str) -> None:
        self._fs = fs
        self._pure = PurePosixPath(path)

    # The path itself

    @property
    def name(self) -> str:
        """The last part: `x.py`."""
        return self._pure.name

    @property
    def stem(self) -> str:
        """The last part without its suffix: `x`."""
        return self._pure.stem

    @property
    def suffix(self) -> str:
        """The last suffix: `.py`."""
        return self._pure.suffix

    @property
    def parts(self) -> tuple[str, ...]:
        """All parts: `("/", "lib", "x.py")`."""
        return self._pure.parts

    @property
    def parent(self) -> BoardPath:
        """The folder that it is in."""
        return self._other(self._pure.parent)

    @property
    def parents(self) -> tuple[BoardPath, ...]:
        """The folders that it is in, the nearest first."""
        return tuple(self._other(parent) for parent in self._pure.parents)

    def is_absolute(self) -> bool:
        """Say whether it begins at the root."""
        return self._pure.is_absolute()

    def joinpath(self, *others: str | PurePosixPath | BoardPath) -> BoardPath:
        """Return the path of something in here."""
        return self._other(self._pure.joinpath(*(str(other) for other in others)))

    def with_name(self, name: str) -> BoardPath:
        """Return the path with another last part."""
        return self._other(self._pure.with_name(name))

    def with_suffix(self, suffix: str) -> BoardPath:
        """Return the path with another suffix."""
        return self._other(self._pure.with_suffix(suffix))

    def relative_to(self, other: str | PurePosixPath | BoardPath) -> PurePosixPath:
        """Return the path as it is seen from a folder above.

        Raises:
            ValueError: it is not in there.
        """
        return self._pure.relative_to(str(other))

    def match(self, pattern: str) -> bool:
        """Say whether the end of the path fits a pattern."""
        return self._pure.match(pattern)

    def __truediv__(self, other: object) -> BoardPath:
        if isinstance(other, (str, PurePosixPath, BoardPath)):
            return self.joinpath(other)
        return NotImplemented

    def __str__(self) -> str:
        return str(self._pure)

    def __repr__(self) -> str:
        return f"BoardPath({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, BoardPath) and self._fs is other._fs and self._pure == other._pure

    def __lt__(self, other: BoardPath) -> bool:
        return self._pure < other._pure

    def __hash__(self) -> int:
        return hash(self._pure)

    @property
    def __belay_path__(self) -> str:
        return str(self._pure)

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

    # Changing

    def touch(self) -> None:
        """Make an empty file if there is none."""
        self._fs.touch(self)

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
