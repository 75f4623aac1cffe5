"""A tree of files, drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from belay.files.facts import Entry

__all__ = ["drawn", "size_for_people"]


def drawn(entries: Iterable[Entry], root: str, size: Callable[[int], str]) -> Iterator[str]:
    """Yield a line for each entry.

    Args:
        entries: all that are below.
        root: the path of the folder.
        size: makes what stands before the name of a file.
    """
    below: dict[str, list[Entry]] = {}
    for entry in entries:
        below.setdefault(entry.path.rpartition("/")[0] or "/", []).append(entry)

    def lines(folder: str, before: str) -> Iterator[str]:
        inside = sorted(below.get(folder, ()), key=lambda entry: entry.name)
        for number, entry in enumerate(inside, 1):
            is_last = number == len(inside)
            shown = "" if entry.is_dir else size(entry.size_bytes or 0)
            yield f"{before}{'└── ' if is_last else '├── '}{shown}{entry.name}"
            if entry.is_dir:
                yield from lines(entry.path, before + ("    " if is_last else "│   "))

    return lines(root, "")


def size_for_people(size_bytes: int) -> str:
    """Return a size in at most six letters: `12`, `1.5K`, `1.0M`."""
    if size_bytes < 1 << 10:
        return str(size_bytes)
    if size_bytes < 1 << 20:
        return f"{size_bytes / (1 << 10):.1f}K"
    return f"{size_bytes / (1 << 20):.1f}M"
