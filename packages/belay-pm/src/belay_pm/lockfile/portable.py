"""Paths of this computer in a package become relative: a lock is read on others."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from belay_pm.packages import Package, Part
from belay_pm.requirements import PathSource, Requirement

if TYPE_CHECKING:
    from collections.abc import Callable

    from belay_pm.packages import Fetched
    from belay_pm.requirements import Entry

__all__ = ["portable"]


def portable(package: Package, folder: Path) -> Package:
    """Return the package with all absolute paths of this computer written from a folder.

    Args:
        package: as it was resolved.
        folder: of the project, absolute. What lies on another drive of Windows keeps its path: there is no
            other.
    """

    def local(text: str) -> str:
        return _relative(text, folder) if PurePath(text).is_absolute() else text

    parts = tuple(Part(_entry(part.entry, local), _fetched(part.fetched, local)) for part in package.parts)
    return replace(package, parts=parts)


def _entry(entry: Entry, local: Callable[[str], str]) -> Entry:
    if not isinstance(entry.source, PathSource):
        return entry
    return replace(entry, source=PathSource(local(entry.source.path)), text=local(entry.text))


def _fetched(fetched: Fetched, local: Callable[[str], str]) -> Fetched:
    return replace(
        fetched,
        resolved=replace(fetched.resolved, url=local(fetched.resolved.url)),
        files=tuple(replace(file, origin=local(file.origin)) for file in fetched.files),
        requires=tuple(
            Requirement(each.name, tuple(_entry(entry, local) for entry in each.entries))
            for each in fetched.requires
        ),
    )


def _relative(text: str, folder: Path) -> str:
    try:
        return Path(os.path.relpath(text, folder)).as_posix()
    except ValueError:
        return text  # another drive
