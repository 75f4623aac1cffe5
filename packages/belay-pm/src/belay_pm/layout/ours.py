"""Which files below the folder of the packages are ours, and what of them has to change.

What is ours: what the record of the last time says, and what the lock that lies there says. A project of the
incumbent has neither; in its default folder, the folders of its packages are taken for ours.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from belay_pm.layout.looking import ABSENT, is_real_folder, look, regular_files
from belay_pm.layout.places import OWN_FOLDER
from belay_pm.layout.planning import plan

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from belay_pm.layout.looking import Lying
    from belay_pm.layout.places import Places
    from belay_pm.layout.planning import Plan
    from belay_pm.layout.wanted import Wanted

__all__ = ["known_files", "planned_changes"]


def known_files(
    places: Places,
    record: Mapping[str, str] | None,
    locked: Mapping[str, Wanted] | None,
    adopt: Collection[str] | None,
) -> tuple[dict[str, set[str]], tuple[str, ...]]:
    """Return path -> the contents that we know it with, and what of the incumbent's folder stays.

    Args:
        places: where.
        record: see `read_record`.
        locked: what the lock that lies there says, or None when there is none.
        adopt: names of the packages of a project that may be one of the incumbent, or None.
    """
    ours: dict[str, set[str]] = {}
    stray: tuple[str, ...] = ()
    known: list[Mapping[str, str]] = [
        record or {},
        {path: each.file.sha256 for path, each in (locked or {}).items()},
    ]
    if record is None and locked is None and adopt is not None:
        adopted, stray = _adoptable(places, adopt)
        known.append(adopted)
    for files in known:
        for path, digest in files.items():
            ours.setdefault(path, set()).add(digest)
    return ours, stray


def planned_changes(places: Places, wanted: Mapping[str, str], ours: Mapping[str, Collection[str]]) -> Plan:
    """Return what has to change, so that what is wanted lies there and nothing else of ours.

    Args:
        places: where.
        wanted: path -> SHA-256.
        ours: see `known_files`.
    """
    lying = {path: look(places.dependencies, path) for path in {*wanted, *ours}}
    _forget_spellings(places, wanted, ours, lying)
    below = {path: _all_below(places, path) for path in wanted if lying[path].kind == "folder"}
    return plan(wanted, ours, lying, below=below)


def _adoptable(places: Places, names: Collection[str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return what lies in a folder of the incumbent: the files of its packages, and all others.

    The incumbent has a folder for each group, and in it one for each package, named as in `pyproject.toml`.

    Args:
        places: where; there is neither a lock nor a record.
        names: of the packages that the project asks for.

    Returns:
        Path -> SHA-256 of the files of packages, and the paths of the others, sorted.
    """
    files: dict[str, str] = {}
    stray = []
    for path in regular_files(places.dependencies, ""):
        parts = path.split("/")
        if parts[0] == OWN_FOLDER or "__pycache__" in parts:
            continue
        digest = look(places.dependencies, path).sha256
        if len(parts) > 2 and parts[1] in names and digest is not None:  # noqa: PLR2004 - group, package, file
            files[path] = digest
        else:
            stray.append(path)
    return files, tuple(stray)


def _forget_spellings(
    places: Places, wanted: Iterable[str], ours: Iterable[str], lying: dict[str, Lying]
) -> None:
    """Take a file for absent where it is really one of ours that goes, spelt otherwise.

    On a computer whose names have no case, `X.py` is found under `x.py`, too.
    """
    going = {path.casefold(): path for path in {*ours}.difference(wanted)}
    for path in wanted:
        other = going.get(path.casefold())
        if other is None or lying[path].kind != "file" or lying[other].kind != "file":
            continue
        if (places.dependencies / path).samefile(places.dependencies / other):
            lying[path] = ABSENT


def _all_below(places: Places, path: str) -> list[str]:
    found = []
    for folder, folders, files in os.walk(places.dependencies / path):
        if folder.endswith("__pycache__"):
            continue  # goes with the files of ours
        inside = [
            *files,
            *(each for each in folders if not is_real_folder(places.dependencies / folder / each)),
        ]
        found += [os.path.relpath(os.path.join(folder, each), places.dependencies) for each in inside]  # noqa: PTH118
    return [each.replace(os.sep, "/") for each in found]
