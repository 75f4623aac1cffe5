"""What is to be written: a file's path, size and content."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Progress = Callable[[int], object]

__all__ = ["Upload"]


class Upload(NamedTuple):
    """A file to write.

    Attributes:
        path: where on the board; without NUL and newline.
        size: bytes of content.
        read: returns the content in pieces, anew each time.
        append: whether it goes behind what is there.
    """

    path: str
    size: int
    read: Callable[[], Iterable[bytes]]
    append: bool = False
