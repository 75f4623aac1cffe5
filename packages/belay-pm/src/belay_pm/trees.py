"""What a folder, a commit of a repository and an archive have in common: files by path.

Knows the shape only; who makes such trees lies in `sources`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["Place", "ReadsAhead", "Tree"]


class Tree(Protocol):
    """Files by path. Paths are relative, `/` between their names, `""` for the top; none leaves the tree.

    Links inside the tree are followed; a link that leaves it is as if it were not there, and `read` of it
    raises `UnsafePathError`.

    Attributes:
        label: what the tree is, for messages: a folder, an address, an address and a commit.
    """

    label: str

    def kind(self, path: str) -> Literal["file", "folder"] | None:
        """Return what lies at a path, or None."""

    def names(self, path: str) -> Sequence[str]:
        """Return what a folder has directly in it, sorted; nothing for what is no folder."""

    def files(self, path: str) -> Sequence[str]:
        """Return all files below a folder, as paths from the top of the tree, sorted.

        Raises:
            SourceError: there are more than anybody's package has.
        """

    def read(self, path: str) -> bytes:
        """Return a file's content.

        Raises:
            NotFoundError: it is not there.
            SourceError: it is larger than anything for a board, or cannot be read.
        """


@runtime_checkable
class ReadsAhead(Protocol):
    """A tree that gets many files faster than one after the other."""

    def read_ahead(self, paths: Iterable[str]) -> None:
        """Get contents of files together, at hand for `read` from then on; what is not there is left out."""


class Place(NamedTuple):
    """A path in a tree.

    Attributes:
        tree: where.
        path: what.
    """

    tree: Tree
    path: str
