"""What is watched, as it was at a moment, and what has changed between two such moments.

Pure: whoever looks makes the values. Events of the operating system decide nothing, they are a reason to
look: editors save in many ways (in place, in two steps, beside and renamed), and what counts is the result.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

__all__ = ["Place", "Sight", "Stamp", "changed", "told"]


class Stamp(NamedTuple):
    """What tells that a file is another one, or holds something else, without reading it.

    Attributes:
        modified_ns: when it was written, as the file system says.
        size_bytes: how long it is.
        number: the file system's own name for it; a file that was renamed over another has another one.
    """

    modified_ns: int
    size_bytes: int
    number: int


class Place(NamedTuple):
    """A folder in which something may happen.

    Attributes:
        path: absolute.
        is_whole: whether what is below it counts too.
        is_needed: whether there is nothing to watch without it.
    """

    path: str
    is_whole: bool = False
    is_needed: bool = False


class Sight(NamedTuple):
    """What concerns us, at a moment.

    Attributes:
        files: path as the user knows it -> how it was; those that are not there are left out.
        places: where to listen for what happens next.
    """

    files: Mapping[str, Stamp]
    places: frozenset[Place]


def changed(before: Sight, after: Sight) -> frozenset[str]:
    """Return the files that are new, gone, or not what they were."""
    return frozenset(path for path, _ in before.files.items() ^ after.files.items())


def told(paths: Collection[str], sight: Sight) -> str:
    """Say in a sentence what has happened to files.

    Args:
        paths: at least one.
        sight: how things are now.
    """
    first, *others = sorted(paths)
    if others:
        return f"`{first}` and {len(others)} more changed"
    return f"`{first}` changed" if first in sight.files else f"`{first}` is gone"
