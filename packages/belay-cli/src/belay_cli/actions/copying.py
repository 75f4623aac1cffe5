"""Copying files from a board to this computer, and on it: whole, and to here only those that differ.

Knows both sides; which words name which side is for commands to say.
A name that a board tells is never a path here: one that could lead out of the folder is refused.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from belay.exceptions import BoardPathError, HostFileError
from belay.files.paths import board_path

from .copies import Copied, Steps, is_same

if TYPE_CHECKING:
    from belay import Device

    from .copies import Update

__all__ = ["copy_on_board", "fetch"]


def fetch(
    device: Device, source: str, target: str, *, recursive: bool, dry_run: bool, update: Update
) -> Copied:
    """Copy a file or folder of the board to this computer.

    Args:
        device: the board.
        source: absolute, on the board.
        target: the path here; a folder that is there, or a path that ends with `/`, gets the source under its
            own name.
        recursive: whether the source may be a folder.
        dry_run: copy nothing.
        update: hears how far it is.

    Raises:
        OSError: the source is not there, or is a folder and `recursive` is not given.
        BoardPathError: the board tells of a name that could be a path out of the folder.
        HostFileError: the target cannot be written.
    """
    began = time.monotonic()
    source = board_path(source)  # as a walk spells what is below it
    stat = device.fs.stat(source)
    host = Path(target)
    if target.endswith(("/", os.sep)) or host.is_dir():
        host = host.joinpath(*_host_parts(source.strip("/")))
    if not stat.is_dir:
        pairs = [(source, host, stat.size_bytes)]
        folders = [host.parent] if target.endswith(("/", os.sep)) else []
    elif not recursive:
        raise BoardPathError(
            f"`{source}` is a folder of the board", hint="`-r` copies folders with all that is in them"
        )
    else:
        pairs, folders = [], [host]
        for entry in device.fs.walk(source):
            relative = entry.path[len(source.rstrip("/")) + 1 :]
            place = host.joinpath(*_host_parts(relative, whole=True))
            if entry.is_dir:
                folders.append(place)
            else:
                pairs.append((entry.path, place, entry.size_bytes or 0))
    changed = [pair for pair in pairs if not is_same(device, pair[1], pair[0])]
    if not dry_run:
        _make_folders(folders)
        update(total=sum(size for _, _, size in changed))
        for path, place, _ in changed:
            update(description=path)
            device.fs.get(path, place, progress=Steps(update))
    done = {place for _, place, _ in changed}
    return Copied(
        tuple(str(place) for _, place, _ in changed),
        tuple(str(place) for _, place, _ in pairs if place not in done),
        sum(size for _, _, size in changed),
        time.monotonic() - began,
    )


def copy_on_board(device: Device, source: str, target: str, *, recursive: bool, dry_run: bool) -> Copied:
    """Copy a file or folder of the board to another place on it; the arguments are as for `fetch`.

    Raises:
        OSError: the source is not there.
        BoardPathError: it is a folder and `recursive` is not given, or would be copied into itself.
        NoSpaceError: it does not fit.
    """
    began = time.monotonic()
    source = board_path(source)  # as a walk spells what is below it
    stat = device.fs.stat(source)
    if target.endswith("/") or device.fs.is_dir(target):
        target = f"{target.rstrip('/')}/{source.rpartition('/')[2]}"
    pairs = [(source, target, stat.size_bytes)]
    folders = []
    if not stat.is_dir and board_path(target) == source:
        raise BoardPathError(
            f"`{source}` is the same file on both sides: nothing is copied", hint="choose another target"
        )
    if stat.is_dir:
        if not recursive:
            raise BoardPathError(
                f"`{source}` is a folder of the board", hint="`-r` copies folders with all that is in them"
            )
        if f"{target}/".startswith(f"{source.rstrip('/')}/"):
            raise BoardPathError(
                f"`{source}` cannot be copied into itself: `{target}`", hint="choose a target outside of it"
            )
        top = len(source)
        below = device.fs.walk(source)
        folders = [target, *(target + entry.path[top:] for entry in below if entry.is_dir)]
        pairs = [
            (entry.path, target + entry.path[top:], entry.size_bytes or 0)
            for entry in below
            if not entry.is_dir
        ]
    if not dry_run:
        for folder in folders:
            device.fs.mkdir(folder, parents=True, exist_ok=True)
        for old, new, _ in pairs:
            device.fs.copy(old, new)
    size = sum(each for _, _, each in pairs)
    return Copied(tuple(new for _, new, _ in pairs), (), size, time.monotonic() - began)


def _host_parts(relative: str, *, whole: bool = False) -> list[str]:
    """Return the names in a path that a board told; without `whole` only the last."""
    parts = relative.split("/") if whole else [relative.rpartition("/")[2]] if relative else []
    for part in parts:
        if part in {"", ".", ".."} or any(letter in part for letter in "\\:\0"):
            raise BoardPathError(
                f"the board has a file whose name is no name here: {relative!r}",
                hint="`belay fs mv` gives it another one, `belay fs cat` prints it",
            )
    return parts


def _make_folders(folders: list[Path]) -> None:
    folder = None
    try:
        for folder in folders:
            folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise HostFileError(f"making the folder `{folder}` failed: {error.strerror}") from error
