"""What trees have in common whose folders may have links in them: a folder of this computer, a commit.

Knows how to go through them; what lies where, and where a link leads, the tree itself knows.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Literal

from belay_pm.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["MOST_BYTES", "MOST_FILES", "MOST_FOLDERS_DEEP", "LinkedTree"]

MOST_BYTES = 16 << 20
"""Bytes of one file: as much as the largest flash of a common board has in all."""

MOST_FILES = 20_000
"""Files below one folder: ten times those of micropython-lib; a virtual environment has more."""

MOST_FOLDERS_DEEP = 64
"""Folders inside folders: what `target_paths` lets pass is far less deep."""


class LinkedTree(ABC):
    """A tree whose links inside it are followed; one that leaves it is as if it were not there.

    Args:
        label: what messages call it.
        most_files: below one folder.

    Attributes:
        label: as above.
    """

    def __init__(self, label: str, *, most_files: int = MOST_FILES) -> None:
        self.label = label
        self._most_files = most_files

    def kind(self, path: str) -> Literal["file", "folder"] | None:
        """Return what lies at a path, or None."""
        real = self._real(path)
        return None if real is None else self._kind(real)

    def names(self, path: str) -> Sequence[str]:
        """Return what a folder has directly in it, sorted; nothing for what is no folder."""
        real = self._real(path)
        if real is None or self._kind(real) != "folder":
            return []
        below = f"{path}/" if path else ""
        return [name for name in self._listed(real) if self.kind(below + name) is not None]

    def files(self, path: str) -> Sequence[str]:
        """Return all files below a folder, as paths from the top of the tree, sorted.

        A folder that a link leads back into is listed once on each way down.

        Raises:
            SourceError: there are more than a package has, they lie too deep, or a folder cannot be read.
        """
        real = self._real(path)
        if real is None or self._kind(real) != "folder":
            return []
        found: list[str] = []
        for file in self._walked(path, real, (real,)):
            found.append(file)
            if len(found) > self._most_files:
                raise SourceError(
                    f"`{self.label}` has more than {self._most_files} files below `{path or '.'}`, "
                    "which no package for a board has",
                    hint="name the folder of the package itself",
                )
        return sorted(found)

    @abstractmethod
    def _real(self, path: str) -> str | None:
        """Return where a path leads, with no link in it, or None when that is not in the tree."""

    @abstractmethod
    def _kind(self, real: str) -> Literal["file", "folder"] | None:
        """Return what lies where a path leads."""

    @abstractmethod
    def _listed(self, real: str) -> Sequence[str]:
        """Return the names in a folder, sorted, wherever they lead."""

    def _walked(self, path: str, real: str, way: tuple[str, ...]) -> Iterator[str]:
        if len(way) > MOST_FOLDERS_DEEP:
            raise SourceError(f"`{path}` in `{self.label}` is more than {MOST_FOLDERS_DEEP} folders deep")
        for name in self._listed(real):
            inner = f"{path}/{name}" if path else name
            there = self._real(inner)
            kind = None if there is None else self._kind(there)
            if kind == "file":
                yield inner
            elif kind == "folder" and there is not None and there not in way:
                yield from self._walked(inner, there, (*way, there))
