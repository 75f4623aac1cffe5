"""What may be a path on a board, and which paths a pattern means.

Pure: it knows text. A relative path is relative to the board's current folder, and the board resolves it.
"""

from __future__ import annotations

import posixpath
from fnmatch import fnmatchcase
from pathlib import PurePath, PurePosixPath

from belay.arguments import check_text
from belay.exceptions import BoardPathError

__all__ = [
    "EVERY_LEVEL",
    "LEFTOVER_PREFIX",
    "NAME_LIMIT",
    "WRITTEN_NAME_LIMIT",
    "board_path",
    "folder_prefix",
    "matches",
    "pattern_parts",
    "writable_path",
]

LEFTOVER_PREFIX = ".belay-"
"""How the names of files begin that are being written."""

NAME_LIMIT = 255
"""Bytes of a name: littlefs is built with so many on every port, and FAT's long names are as long."""

WRITTEN_NAME_LIMIT = NAME_LIMIT - len(LEFTOVER_PREFIX)
"""Bytes of the name of a file that is written."""

EVERY_LEVEL = 999
"""More levels than any board's folders have."""


def board_path(path: object) -> str:
    """Return a path in its shortest form: `/lib/x.py`, `/`, `x.py`.

    Args:
        path: a string, a path of the board, or a `PurePosixPath`.

    Raises:
        BoardPathError: it is empty, holds a NUL or a line end, cannot be encoded, or is another system's.
    """
    if isinstance(path, PurePath) and not isinstance(path, PurePosixPath):
        raise BoardPathError(
            f"`{path}` is a path of this computer, and no path on a board",
            hint=f'give it as a string: `"{path.as_posix()}"`',
        )
    text: str
    if isinstance(path, (str, PurePosixPath)):
        text = str(path)
    else:
        text = getattr(path, "__belay_path__", "")
        if not text:
            raise BoardPathError(f"a path on a board is a string or a path object, not {type(path).__name__}")
    for bad, name in (("\0", "NUL"), ("\n", "a newline"), ("\r", "a carriage return")):
        if bad in text:
            raise BoardPathError(f"the path {text!r} holds {name}", hint="leave it out")
    if not text:
        raise BoardPathError("the path is empty", hint='the root is "/", the current folder is "."')
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise BoardPathError(
            f"the path {text!r} cannot be encoded as UTF-8: {error.reason}", hint="write it in UTF-8"
        ) from error
    short = posixpath.normpath(text)
    return short[1:] if short.startswith("//") else short


def writable_path(path: object, *, is_written: bool = True) -> str:
    """Return a path of something to write or make, in its shortest form.

    Args:
        path: as for `board_path`.
        is_written: whether bytes are written there; not for a folder, nor for a new name of a file.

    Raises:
        BoardPathError: as `board_path`, or a name in it is too long, or is one of those that mark unfinished
            files.
    """
    text = board_path(path)
    for name in text.split("/"):
        if len(name.encode()) > NAME_LIMIT:
            raise BoardPathError(
                f"`{text}` has a name of {len(name.encode())} bytes; a board has at most {NAME_LIMIT}",
                hint="give it a shorter name",
            )
        if name.startswith(LEFTOVER_PREFIX):
            raise BoardPathError(
                f"`{text}` cannot be written: names that start with `.belay-` are those of"
                " unfinished files, which are removed",
                hint="call it something else",
            )
    length = len(text.rpartition("/")[2].encode())
    if is_written and length > WRITTEN_NAME_LIMIT:
        raise BoardPathError(
            f"`{text}` has a name of {length} bytes; a file that is written may have {WRITTEN_NAME_LIMIT}:"
            f" until it is whole, it stands beside its place as `{LEFTOVER_PREFIX}…`, and a board has at most"
            f" {NAME_LIMIT}",
            hint="give it a shorter name",
        )
    return text


def folder_prefix(path: str) -> str:
    """Return what stands in front of the names in a folder, without the slash: "" for the root."""
    return "" if path == "/" else path


def pattern_parts(pattern: str) -> tuple[str, ...]:
    """Cut a relative pattern such as `**/*.py` into its parts.

    Raises:
        ArgumentTypeError: it is no text.
        BoardPathError: it is empty or absolute.
    """
    check_text("pattern", pattern)
    parts = PurePosixPath(pattern).parts
    if not parts or parts[0] == "/":
        raise BoardPathError(
            f"the pattern {pattern!r} is {'absolute' if parts else 'empty'}", hint='such as "*.py"'
        )
    return parts


def matches(names: tuple[str, ...], parts: tuple[str, ...]) -> bool:
    """Say whether the names of a path fit a pattern; `**` stands for any number of folders.

    >>> matches(("lib", "net", "http.py"), ("lib", "**", "*.py"))
    True
    """
    if not parts:
        return not names
    if parts[0] == "**":
        return any(matches(names[index:], parts[1:]) for index in range(len(names) + 1))
    return bool(names) and fnmatchcase(names[0], parts[0]) and matches(names[1:], parts[1:])
