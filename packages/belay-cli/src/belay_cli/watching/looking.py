"""What is there to be watched: a script, a folder that is synced, a project that is installed.

Reads names and dates; what is in the files is for others.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from belay.files.checking import check_sync_options
from belay.files.host_tree import host_tree
from belay_pm.command_line.errors import CommandError

from .litter import is_litter
from .sights import Place, Sight, Stamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from belay_pm.payload import Edited

__all__ = ["see_folder", "see_project", "see_script"]


def see_script(path: str) -> Sight:
    """Look at a single file.

    Raises:
        CommandError: it is gone, maybe for a moment.
    """
    stamps = _stamps([path])
    if not stamps:
        raise CommandError(f"`{path}` is gone", hint="put it back, or watch another file")
    return Sight(stamps, frozenset(_around(path, is_needed=True)))


def see_folder(source: str, *, dst: str = "/", ignore: Sequence[str], is_file: bool = False) -> Sight:
    """Look at what a sync sends: a folder, or a single file.

    Args:
        source: as for `Device.sync`.
        dst: likewise.
        ignore: likewise.
        is_file: whether it is a file, and was one before.

    Raises:
        CommandError: the file is gone.
        SyncSourceError, HostFileError, BoardPathError: as for `Device.sync`.
    """
    if is_file:
        check_sync_options(dst=dst, ignore=ignore)
        return see_script(source)
    top = Place(str(Path(source).absolute()), is_whole=True, is_needed=True)
    tree = host_tree(source, dst=dst, ignore=ignore)
    # Folders in which nothing stands are sent too; that one comes or goes is all that can happen to them.
    above = len(tree.dst.rstrip("/"))
    folders = {f"{source.rstrip('/')}{path[above:]}/": Stamp(0, 0, 0) for path in tree.folders}
    return Sight({**folders, **_stamps(map(str, tree.files.values()))}, frozenset([top]))


def see_project(folder: Path, edited: Edited, scripts: Iterable[Path]) -> Sight:
    """Look at what an install brings that people edit.

    Args:
        folder: the project's.
        edited: its files.
        scripts: what the command was given besides.
    """
    files = [path for path in edited.files if not is_litter(path.name)]
    paths = [_shown(path) for path in (*files, *scripts)]
    places = [Place(str(folder), is_needed=True)]
    places += [Place(str(path), is_whole=True) for path in edited.folders if path.is_dir()]
    for script in scripts:
        places += _around(str(script))
    return Sight(_stamps(paths), frozenset(places))


def _shown(path: Path) -> str:
    """Return a path as short as it can be from here."""
    absolute = path.absolute()
    here = Path.cwd()
    return str(absolute.relative_to(here) if absolute.is_relative_to(here) else absolute)


def _around(path: str, *, is_needed: bool = False) -> list[Place]:
    """Return where a file is replaced: its folder, and that of the file to which it is a link."""
    absolute = Path(path).absolute()
    places = [Place(str(absolute.parent), is_needed=is_needed)]
    if absolute.is_symlink():
        places.append(Place(str(Path(os.path.realpath(absolute)).parent)))
    return places


def _stamps(paths: Iterable[str]) -> dict[str, Stamp]:
    stamps = {}
    for path in paths:
        try:
            found = os.stat(path)  # noqa: PTH116 - as in the other rooms
        except OSError:
            continue  # gone since it was listed, and so it is told
        stamps[path] = Stamp(found.st_mtime_ns, found.st_size, found.st_ino)
    return stamps
