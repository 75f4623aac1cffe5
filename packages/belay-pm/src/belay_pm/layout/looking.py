"""What lies somewhere, without following a link: a link may lead anywhere, and what is there is not ours."""

from __future__ import annotations

import hashlib
import os
import stat
from typing import TYPE_CHECKING, Literal, NamedTuple

from belay_pm.errors import PackageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["ABSENT", "Lying", "is_real_folder", "look", "regular_files"]


class Lying(NamedTuple):
    """What lies at a path.

    Attributes:
        kind: `blocked` when a name on the way is no folder; `other` is a link, or no ordinary file.
        sha256: of a file.
        at: the path that is the obstacle, for `blocked`.
    """

    kind: Literal["absent", "file", "folder", "other", "blocked"]
    sha256: str | None = None
    at: str | None = None


ABSENT = Lying("absent")


def look(root: Path, path: str) -> Lying:
    """Return what lies at a path below a folder.

    Raises:
        PackageError: the computer does not let us look.
    """
    names = path.split("/")
    where = root
    try:
        for number, name in enumerate(names, 1):
            where = where / name
            try:
                mode = where.lstat().st_mode
            except (FileNotFoundError, NotADirectoryError):
                return ABSENT
            if number < len(names) and not stat.S_ISDIR(mode):
                return Lying("blocked", at="/".join(names[:number]))
        if stat.S_ISDIR(mode):
            return Lying("folder")
        if not stat.S_ISREG(mode):
            return Lying("other")
        with where.open("rb") as file:
            return Lying("file", hashlib.sha256(file.read()).hexdigest())
    except OSError as error:
        raise PackageError(f"Reading `{where}` failed: {error.strerror or error}") from error


def is_real_folder(path: Path) -> bool:
    """Whether a folder lies there, and not a link to one."""
    try:
        return stat.S_ISDIR(path.lstat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False


def regular_files(root: Path, path: str) -> Iterator[str]:
    """Yield the ordinary files below a folder, as paths from the root, sorted; links are passed by."""
    folder = root / path if path else root
    if not is_real_folder(folder):
        return
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        raise PackageError(f"Reading `{folder}` failed: {error.strerror or error}") from error
    for entry in entries:
        below = f"{path}/{entry.name}" if path else entry.name
        if entry.is_dir(follow_symlinks=False):
            yield from regular_files(root, below)
        elif entry.is_file(follow_symlinks=False):
            yield below
