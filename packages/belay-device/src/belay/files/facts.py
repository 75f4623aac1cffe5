"""What is told of files on a board: entries of folders, sizes, hashes, room. Values, and how they are read.

What a board says is checked here for its form; nothing in it is trusted as a path of the host.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from belay.exceptions import NotBelayResponseError
from belay.values import decode

if TYPE_CHECKING:
    from belay_transport.repl import Note

__all__ = ["Entry", "FileHash", "Listing", "Space", "Stat", "Usage"]

_FOLDER = 0x4000
_FIELDS = 4  # of an entry: level, name, is it a folder, size


class Entry(NamedTuple):
    """A file or a folder, as listing it tells.

    Attributes:
        path: where it is.
        is_dir: whether it is a folder.
        size_bytes: of a file; 0 for a folder, None where an old board cannot tell.
    """

    path: str
    is_dir: bool
    size_bytes: int | None

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]


class Stat(NamedTuple):
    """What a board tells of one path.

    Attributes:
        is_dir: whether it is a folder.
        size_bytes: of a file; 0 for a folder.
        modified_s: when it was written, by the board's clock: seconds since 2000 or 1970, as its port counts.
    """

    is_dir: bool
    size_bytes: int
    modified_s: int

    @classmethod
    def from_board(cls, told: object) -> Stat | None:
        """Return what `_belay_st` told; None for a path that is not there."""
        if told is None:
            return None
        if not (isinstance(told, tuple) and len(told) == len(cls._fields) and _are_ints(told)):
            raise NotBelayResponseError(f"the board told of a path: {told!r}")
        mode, size, modified_s = told
        return cls(bool(mode & _FOLDER), 0 if mode & _FOLDER else size, modified_s)


class Usage(NamedTuple):
    """What a folder holds, all levels together.

    Attributes:
        files: how many.
        folders: how many.
        size_bytes: of the files' content; on flash each takes whole blocks.
    """

    files: int
    folders: int
    size_bytes: int


class Space(NamedTuple):
    """The room of a file system.

    Attributes:
        total_bytes: all of it.
        free_bytes: what can still be written.
        block_bytes: what a file takes at a time.
    """

    total_bytes: int
    free_bytes: int
    block_bytes: int


class FileHash(NamedTuple):
    """A hash of a file's content.

    Attributes:
        algorithm: "sha256", or "crc32" on a board that has no better.
        hexdigest: 64 or 8 characters.
    """

    algorithm: str
    hexdigest: str


class Listing:
    """Takes the notes of `_onboard/walk.py`."""

    def __init__(self) -> None:
        self._notes: list[Note] = []

    def __call__(self, note: Note) -> bytes:
        """Take one."""
        self._notes.append(note)
        return b""

    def is_whole(self, count: object) -> bool:
        """Say whether as many notes have come as the board has sent."""
        return [note.number for note in self._notes] == list(range(len(self._notes))) and count == len(
            self._notes
        )

    def entries(self, folder: str) -> list[Entry]:
        """Return the entries in the order of their paths.

        Args:
            folder: in which they are; "" for the root.
        """
        above = [folder]
        found: list[Entry] = []
        for note in self._notes:
            told = decode(f"[{note.payload.decode(errors='replace').removesuffix(',')}]")
            for fact in told if isinstance(told, list) else [told]:
                level, name, is_dir, size = _entry_facts(fact, len(above))
                del above[level:]
                path = name if above[-1] == "." else f"{above[-1]}/{name}"
                found.append(Entry(path, is_dir, size))
                above.append(path)
        return sorted(found, key=lambda entry: entry.path.split("/"))


def _entry_facts(fact: object, most_level: int) -> tuple[int, str, bool, int | None]:
    if isinstance(fact, tuple) and len(fact) == _FIELDS:
        level, name, is_dir, size = fact
        if (
            isinstance(level, int)
            and 0 < level <= most_level
            and isinstance(name, str)
            and (size is None or isinstance(size, int))
        ):
            return level, name, bool(is_dir), size
    raise NotBelayResponseError(f"the board listed in a folder: {fact!r}")


def _are_ints(values: tuple[object, ...]) -> bool:
    return all(isinstance(value, int) for value in values)
