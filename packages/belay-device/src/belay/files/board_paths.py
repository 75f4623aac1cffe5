"""Paths on a board: absolute, with "/" between the names; which names a board can have, and which are ours.

Pure text. Knows no board, and no file of the host's.
"""

from __future__ import annotations

import os
from pathlib import PurePath

from belay.exceptions import BoardPathError

__all__ = [
    "absolute_path",
    "check_name",
    "fat_key",
    "folders_above",
    "is_below",
    "is_leftover",
    "is_ours",
    "join",
    "leftover_path",
    "name_of",
    "parent_of",
    "sort_key",
]

_OURS = ".belay"
_HALF = ".belay-"

_NAME_LIMIT = 255 - len(_HALF)
"""Bytes of a name. littlefs is built with 255 on every port, and FAT's long names are as long in UTF-16; but
while a file is written, it stands beside its place under a longer name."""

_NOT_ON_FAT = frozenset('"*:<>?|\\') | {chr(code) for code in (*range(32), 127)}
"""Source: Microsoft, "File Allocation Table Specification", long directory entries."""


def absolute_path(text: str | os.PathLike[str], *, what: str = "path") -> str:
    """Return an absolute path on the board without needless parts; "/" for the root.

    Args:
        text: the path as the caller wrote it.
        what: what the message calls it.

    Raises:
        BoardPathError: it does not begin with "/", has `..` in it, or has a NUL or a line end.

    Example:
        >>> absolute_path("/lib//sensors/./bme280.py")
        '/lib/sensors/bme280.py'
    """
    written = text.as_posix() if isinstance(text, PurePath) else os.fspath(text)
    if not written.startswith("/"):
        raise BoardPathError(
            f"{what} is `{written}`: a path on a board begins with `/`", hint=f"write `/{written}`"
        )
    names: list[str] = []
    for name in written.split("/"):
        if name == "..":
            raise BoardPathError(
                f"{what} is `{written}`: `..` is not resolved", hint="write the folder itself"
            )
        if name not in {"", "."}:
            check_name(name, written)
            names.append(name)
    return "/" + "/".join(names)


def check_name(name: str, path: str, *, is_fat: bool = False) -> None:
    """Refuse a name that no board can have, or no FAT file system.

    Args:
        name: one part of a path.
        path: the whole of it, for the message.
        is_fat: whether the board's file system is FAT, which allows less.

    Raises:
        BoardPathError: the board cannot have it.
    """
    try:
        length = len(name.encode())
    except UnicodeEncodeError as error:
        raise BoardPathError(
            f"{path!a}: its name is not Unicode, and a board has no other names", hint="rename it"
        ) from error
    if length > _NAME_LIMIT:
        raise BoardPathError(
            f"`{path}`: a name of {length} bytes; what is synced may have at most {_NAME_LIMIT}",
            hint="give it a shorter name, or leave it out: `ignore=`",
        )
    for bad, what in (("\0", "a NUL"), ("\n", "a newline"), ("\r", "a carriage return")):
        if bad in name:
            raise BoardPathError(f"{path!a}: a name with {what}", hint="rename it")
    refused = sorted(_NOT_ON_FAT.intersection(name)) if is_fat else []
    if refused:
        raise BoardPathError(f"`{path}`: FAT, the board's file system, allows no {refused[0]!r} in a name")
    if is_fat and name[-1] in " .":
        raise BoardPathError(
            f"`{path}`: FAT, the board's file system, drops a blank or dot at the end of a name"
        )


def join(folder: str, relative: str) -> str:
    """Return the path of something in a folder; both without needless parts."""
    return f"{folder.rstrip('/')}/{relative}"


def parent_of(path: str) -> str:
    """Return the folder that something stands in; the root's is the root."""
    return path.rpartition("/")[0] or "/"


def name_of(path: str) -> str:
    """Return the last name of a path; "" for the root."""
    return path.rpartition("/")[2]


def folders_above(path: str) -> list[str]:
    """Return the folders that something stands in, outermost first, without the root."""
    names = path.split("/")[1:-1]
    return ["/" + "/".join(names[: count + 1]) for count in range(len(names))]


def is_below(path: str, folder: str) -> bool:
    """Whether `path` stands in `folder`, however deep; nothing is below itself."""
    return path.startswith(folder.rstrip("/") + "/") and path != folder


def sort_key(path: str) -> list[str]:
    """Return what sorts paths as a walk meets them that takes the names of each folder in order.

    So a board needs to hold the names of one folder at a time, where sorting whole paths would need all.
    """
    return path.split("/")


def fat_key(path: str) -> str:
    """Return what is equal for two paths that FAT takes for one.

    FAT compares upper case, character by character: "ß" and "ss" differ there, as they do here.
    """
    return "".join(upper if len(upper := character.upper()) == 1 else character for character in path)


def is_ours(path: str) -> bool:
    """Whether a name in `path` begins with `.belay`: Belay's own, which is never sent or removed."""
    return any(name.startswith(_OURS) for name in path.split("/"))


def is_leftover(path: str) -> bool:
    """Whether `path` is a file that an interrupted transfer may leave behind; a sync removes it."""
    return name_of(path).startswith(_HALF)


def leftover_path(path: str) -> str:
    """Return where the new content of `path` stands until it is whole: beside it.

    Example:
        >>> leftover_path("/lib/a.py")
        '/lib/.belay-a.py'
    """
    return join(parent_of(path), _HALF + name_of(path))
