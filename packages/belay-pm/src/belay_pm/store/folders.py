"""Folders that are ours: written whole or not at all, measured and removed without following a link."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING
from uuid import uuid4

from belay_pm.errors import UnsafePathError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["folders", "made", "remove", "size_bytes", "write_whole"]

_REPARSE_POINT = 0x400  # what Windows calls its links and junctions: stat.FILE_ATTRIBUTE_REPARSE_POINT


def made(folder: Path) -> Path:
    """Return the folder, made with its parents if it was not there.

    Raises:
        UnsafePathError: it is a link, and what was written there would lie elsewhere.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if _is_link(folder.lstat()):
        raise UnsafePathError(
            f"`{folder}` in the cache is a link to another place, and nothing is written there",
            hint=f"remove the link `{folder}`",
        )
    return folder


def write_whole(path: Path, content: bytes, *, scratch: Path) -> None:
    """Write a file so that nobody ever sees a part of it.

    Args:
        path: its folder is made when needed; a file or link that is there is replaced.
        content: all of it.
        scratch: a folder on the same disk for what is being written.
    """
    made(path.parent)
    temporary = made(scratch) / uuid4().hex
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def folders(folder: Path) -> Iterator[Path]:
    """Return the folders in a folder, links left out, sorted; nothing for a folder that is not there."""
    try:
        with os.scandir(folder) as entries:
            names = [
                entry.name
                for entry in entries
                if entry.is_dir(follow_symlinks=False) and not _is_link(entry.stat(follow_symlinks=False))
            ]
    except (FileNotFoundError, NotADirectoryError):
        return
    for name in sorted(names):
        yield folder / name


def size_bytes(path: Path) -> int:
    """Return how many bytes the files below a folder have; what vanishes meanwhile counts nothing."""
    total = 0
    try:
        with os.scandir(path) as entries:
            for entry in entries:
                status = entry.stat(follow_symlinks=False)
                if stat.S_ISDIR(status.st_mode) and not _is_link(status):
                    total += size_bytes(path / entry.name)
                else:
                    total += status.st_size
    except (FileNotFoundError, NotADirectoryError):
        pass  # another process clears, or it was never made
    return total


def remove(path: Path) -> None:
    """Remove a file, or a folder with all in it; a link goes, and what it points at stays."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return
    if _is_link(status) or not stat.S_ISDIR(status.st_mode):
        _unlink(path, status)
        return
    with os.scandir(path) as entries:
        names = [entry.name for entry in entries]
    for name in names:
        remove(path / name)
    path.rmdir()


def _unlink(path: Path, status: os.stat_result) -> None:
    try:
        if _is_link(status) and stat.S_ISDIR(status.st_mode):
            path.rmdir()  # a junction of Windows
        else:
            path.unlink(missing_ok=True)
    except PermissionError:
        # git writes its objects read-only, and Windows does not remove what is.
        path.chmod(stat.S_IWRITE | stat.S_IREAD)
        path.unlink(missing_ok=True)


def _is_link(status: os.stat_result) -> bool:
    return stat.S_ISLNK(status.st_mode) or bool(getattr(status, "st_file_attributes", 0) & _REPARSE_POINT)
