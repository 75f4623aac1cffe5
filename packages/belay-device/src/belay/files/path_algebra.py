"""The parts of a path on a board, and what can be told from its text: names, folders above, patterns.

Pure: it asks no board. `belay.files.boardpath` adds the verbs.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from belay.arguments import check_text
from belay.files.paths import matches

if TYPE_CHECKING:
    from belay.files.boardpath import BoardPath
    from belay.files.filesystem import FileSystem

__all__ = ["PathAlgebra"]


class PathAlgebra:
    """What `pathlib.PurePosixPath` has, for paths on a board; `_other` makes more of them."""

    __slots__ = ("_fs", "_pure")

    _fs: FileSystem
    _pure: PurePosixPath

    def _other(self, path: PurePosixPath | str) -> BoardPath:
        raise NotImplementedError

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
    def suffixes(self) -> list[str]:
        """All suffixes: `[".tar", ".gz"]`."""
        return self._pure.suffixes

    @property
    def root(self) -> str:
        """The root, `/`; "" for a relative path."""
        return self._pure.root

    @property
    def anchor(self) -> str:
        """The root as well: a board has no drives."""
        return self._pure.anchor

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

    def is_relative_to(self, other: str | PurePosixPath | BoardPath) -> bool:
        """Say whether it is `other`, or stands in there."""
        return self._pure.is_relative_to(str(other))

    def as_posix(self) -> str:
        """Return it as text."""
        return str(self)

    def joinpath(self, *others: str | PurePosixPath | PathAlgebra) -> BoardPath:
        """Return the path of something in here."""
        return self._other(self._pure.joinpath(*(str(other) for other in others)))

    def with_name(self, name: str) -> BoardPath:
        """Return the path with another last part."""
        check_text("name", name)
        return self._other(self._pure.with_name(name))

    def with_stem(self, stem: str) -> BoardPath:
        """Return the path with another last part, but the same suffix."""
        check_text("stem", stem)
        return self._other(self._pure.with_stem(stem))

    def with_suffix(self, suffix: str) -> BoardPath:
        """Return the path with another suffix."""
        check_text("suffix", suffix)
        return self._other(self._pure.with_suffix(suffix))

    def relative_to(self, other: str | PurePosixPath | BoardPath) -> PurePosixPath:
        """Return the path as it is seen from a folder above.

        Raises:
            ValueError: it is not in there.
        """
        return self._pure.relative_to(str(other))

    def match(self, pattern: str) -> bool:
        """Say whether the end of the path fits a pattern."""
        check_text("pattern", pattern)
        return self._pure.match(pattern)

    def full_match(self, pattern: str) -> bool:
        """Say whether the whole path fits a pattern; `**` stands for any number of folders."""
        check_text("pattern", pattern)
        return matches(self.parts, PurePosixPath(pattern).parts)

    def __truediv__(self, other: object) -> BoardPath:
        if isinstance(other, (str, PurePosixPath, PathAlgebra)):
            return self.joinpath(other)
        return NotImplemented

    def __rtruediv__(self, other: object) -> BoardPath:
        if isinstance(other, (str, PurePosixPath)):
            return self._other(PurePosixPath(other, str(self)))
        return NotImplemented

    def __str__(self) -> str:
        return str(self._pure)

    def __repr__(self) -> str:
        return f"BoardPath({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PathAlgebra) and self._fs is other._fs and self._pure == other._pure

    def __lt__(self, other: BoardPath) -> bool:
        return self._pure < other._pure

    def __le__(self, other: BoardPath) -> bool:
        return self._pure <= other._pure

    def __gt__(self, other: BoardPath) -> bool:
        return self._pure > other._pure

    def __ge__(self, other: BoardPath) -> bool:
        return self._pure >= other._pure

    def __hash__(self) -> int:
        return hash(self._pure)

    @property
    def __belay_path__(self) -> str:
        return str(self._pure)
