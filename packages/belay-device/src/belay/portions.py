"""Texts that go to the board together: as many as it can compile at once.

It does not know what they are, nor how much that is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["portions"]


def portions(texts: Iterable[str], most: int) -> Iterator[list[str]]:
    """Put texts together, in their order, in as few portions as `most` letters in each allow.

    One that is longer by itself is a portion of its own.

    >>> list(portions(["a", "bc", "def"], 3))
    [['a', 'bc'], ['def']]
    """
    portion: list[str] = []
    size = 0
    for text in texts:
        if portion and size + len(text) > most:
            yield portion
            portion, size = [], 0
        portion.append(text)
        size += len(text)
    if portion:
        yield portion
