"""What is in a folder of a board and which file systems it has, in the order that the board tells it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from belay.exceptions import BoardException, NotBelayResponseError

if TYPE_CHECKING:
    from belay import Device

__all__ = ["FileSystemFacts", "Told", "list_as_told", "list_file_systems"]

_OS = "__import__('os')"
_FOLDER = 0x4000
_OBJECT = re.compile(r"<(\w+) object at [0-9a-f]+>")
"""How a board prints a file system that is written in Python, as that of a mount is."""


class Told(NamedTuple):
    """An entry of a folder.

    Attributes:
        name: without a path.
        is_dir: whether it is a folder.
        size_bytes: 0 where the board does not say.
    """

    name: str
    is_dir: bool
    size_bytes: int


class FileSystemFacts(NamedTuple):
    """A file system of a board.

    Attributes:
        name: what the board calls its kind.
        size_bytes: as a whole.
        free_bytes: of them.
        path: where it is mounted.
    """

    name: str
    size_bytes: int
    free_bytes: int
    path: str


def list_as_told(device: Device, path: str) -> list[Told]:
    """Return what is in a folder.

    Raises:
        OSError: it is not there, or is a file.
    """
    told = device(f"[tuple(e) for e in {_OS}.ilistdir({path!r})]", record=False)
    try:
        return [Told(entry[0], bool(entry[1] & _FOLDER), entry[3] if entry[3:] else 0) for entry in told]
    except (TypeError, IndexError) as error:
        raise NotBelayResponseError(f"the board told of `{path}`: {told!r}") from error


def list_file_systems(device: Device) -> list[FileSystemFacts]:
    """Return the file systems that have a size."""
    try:
        told = device("[(str(v),p) for v,p in __import__('vfs').mount()]", record=False)
    except BoardException:  # before MicroPython 1.23 nothing tells what is mounted
        told = [("/", "/")]
    found = []
    for name, path in told:
        block, fragment, count, free = device(f"{_OS}.statvfs({path!r})[:4]", record=False)
        size = fragment or block
        if count:
            kind = _OBJECT.sub(r"<\1>", name)
            found.append(FileSystemFacts(kind, size * count, size * free, path))
    return found
