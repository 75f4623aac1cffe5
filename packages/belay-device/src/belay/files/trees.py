"""Two pictures of a tree on a board: what shall be there, and what is there. Values, nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

__all__ = ["BoardTree", "FileFacts", "WantedTree"]


class FileFacts(NamedTuple):
    """What is known of a file's content.

    Attributes:
        size: in bytes.
        digest: of the content, as `belay.files.digests` writes it; None when nobody has read the file.
    """

    size: int
    digest: str | None = None


class WantedTree(NamedTuple):
    """What shall be on the board.

    Attributes:
        files: absolute path -> size and digest.
        folders: absolute paths of folders that shall be there although no file is in them.
    """

    files: Mapping[str, FileFacts]
    folders: Collection[str] = ()


class BoardTree(NamedTuple):
    """What is on the board, at and below a folder.

    Attributes:
        files: absolute path -> size and digest; `digest` is None for a file that was not read.
        folders: absolute paths of all folders, mount points among them.
        mounts: absolute paths of folders on which another file system is mounted.
    """

    files: Mapping[str, FileFacts]
    folders: Collection[str] = ()
    mounts: Collection[str] = ()
