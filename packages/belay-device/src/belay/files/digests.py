r"""The hashes that both sides agree on: of a file's content, and of a whole tree.

A digest is 16 lower-case hexadecimal digits: the first of SHA-256 where the board has `hashlib.sha256`, else
those of the check that its wrapper has, zeros in front: CRC-32, or the small sum of a board without
`binascii`. The host computes whichever the board can.

The text of a tree, in UTF-8, is hashed as a file would be. It has one line for each file,

    PATH \0 SIZE \0 DIGEST \n       the size in decimal digits

and one for each folder in which nothing at all stands,

    PATH / \n                       just "/\n" for the root

in the order in which a walk meets them that takes the names of each folder sorted by code points, files and
folders alike: a board then holds the names of one folder at a time. Paths are absolute.
Which files and folders count, `belay.files.scope` says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from belay.files.board_paths import sort_key
from belay_transport.repl import running_check

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from belay.files.trees import FileFacts

__all__ = ["Algorithm", "content_digest", "file_line", "folder_line", "stream_digest", "tree_text"]

Algorithm = Literal["sha256", "crc32", "sum"]

DIGITS = 16
"""Of a digest: 64 bits, of which half the number of contents that one of them could share is 4 billion."""


def content_digest(data: bytes, algorithm: Algorithm = "sha256") -> str:
    """Return the digest of a file's content."""
    return stream_digest([data], algorithm)


def stream_digest(pieces: Iterable[bytes], algorithm: Algorithm = "sha256") -> str:
    """Return the digest of a content that comes in pieces."""
    if algorithm == "sha256":
        from hashlib import sha256  # noqa: PLC0415 - takes milliseconds to load

        hasher = sha256()
        for piece in pieces:
            hasher.update(piece)
        return hasher.hexdigest()[:DIGITS]
    checksum = 0
    for piece in pieces:
        checksum = running_check(piece, checksum, is_sum=algorithm == "sum")
    return f"{checksum:0{DIGITS}x}"


def file_line(path: str, facts: FileFacts) -> str:
    """Return the line of a file in the text of a tree."""
    return f"{path}\0{facts.size}\0{facts.digest}\n"


def folder_line(path: str) -> str:
    """Return the line of an empty folder in the text of a tree."""
    return path.rstrip("/") + "/\n"


def tree_text(files: Mapping[str, FileFacts], empty_folders: Iterable[str] = ()) -> str:
    """Return the text of a tree, which the digest of the tree is of."""
    lines = {path: file_line(path, facts) for path, facts in files.items()}
    lines.update((path, folder_line(path)) for path in empty_folders)
    return "".join(lines[path] for path in sorted(lines, key=sort_key))
