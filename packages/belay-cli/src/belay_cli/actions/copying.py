"""Copying files between this computer and a board, whole, and only those that differ.

Knows both sides; which words name which side is for commands to say.
A name that a board tells is never a path here: one that could lead out of the folder is refused.
"""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from belay.exceptions import BoardPathError, HostFileError, HostFileNotFoundError
from belay.files.paths import board_path

if TYPE_CHECKING:
    from belay import Device

__all__ = ["Copied", "Update", "fetch", "host_name", "send"]


class Update(Protocol):
    """What hears how far a transfer is."""

    def __call__(self, *, description: str = ..., total: int = ..., advance: int = ...) -> object:
        """Take what has changed; `total` and `advance` are bytes."""


class Copied(NamedTuple):
    """What was copied, or would be.

    Attributes:
        copied: the new files, by their paths on the side that got them.
        unchanged: those that were there as they shall be.
        size_bytes: of the new files together.
        seconds: how long it took.
    """

    copied: tuple[str, ...]
    unchanged: tuple[str, ...]
    size_bytes: int
    seconds: float


def host_name(source: str) -> str:
    """Return under which name a file or folder of this computer goes into a folder; "" for what is in it.

    That is what `.` means at the end of a path, as for every `cp`.
    """
    return "" if os.path.basename(source.rstrip("/" + os.sep)) in {"", "."} else Path(source).resolve().name  # noqa: PTH119 - `Path` drops the dot


def send(
    device: Device,
    source: str,
    target: str,
    *,
    recursive: bool,
    dry_run: bool,
    update: Update,
    into: bool | None = None,
) -> Copied:
    """Copy a file or folder of this computer to the board.

    Args:
        device: the board.
        source: the path here.
        target: absolute, on the board; a folder that is there, or a path that ends with `/`, gets the source
            under its own name.
        recursive: whether the source may be a folder.
        dry_run: copy nothing.
        update: hears how far it is.
        into: whether the target is such a folder; None to look.

    Raises:
        HostFileError: the source cannot be read, or is a folder and `recursive` is not given.
        NoSpaceError: it does not fit.
    """
    began = time.monotonic()
    if not source:
        raise HostFileError("The path of what to copy is empty", hint="`.` is the current folder")
    host = Path(source)
    if not host.exists():
        raise HostFileNotFoundError(f"`{source}` is not there")
    if host.is_dir() and not recursive:
        raise HostFileError(f"`{source}` is a folder", hint="`-r` copies folders with all that is in them")
    if into is None:
        into = target.endswith("/") or device.fs.is_dir(target)
    name = host_name(source)
    path = (f"{target.rstrip('/')}/{name}" if into and name else target.rstrip("/")) or "/"
    if host.is_dir() or path.rpartition("/")[2] == name:
        folder = path if host.is_dir() else path.rpartition("/")[0] or "/"
        plan = device.sync(
            host,
            folder,
            keep=True,
            ignore=(),
            minify=False,
            progress_update=update,
            dry_run=dry_run,
        )
        copied = tuple(action.path for action in plan.puts)
        return Copied(copied, plan.unchanged, plan.bytes_to_send, time.monotonic() - began)
    size = host.stat().st_size
    if _is_same(device, host, path):
        return Copied((), (path,), 0, time.monotonic() - began)
    if not dry_run:
        update(description=path, total=size)
        device.fs.put(host, path, progress=_Steps(update))
    return Copied((path,), (), size, time.monotonic() - began)


def fetch(
    device: Device,
    source: str,
    target: str,
    *,
    recursive: bool,
    dry_run: bool,
    update: Update,
    into: bool | None = None,
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
        into: whether the target is such a folder; None to look.

    Raises:
        OSError: the source is not there, or is a folder and `recursive` is not given.
        BoardPathError: the board tells of a name that could be a path out of the folder.
        HostFileError: the target cannot be written.
    """
    began = time.monotonic()
    source = board_path(source)  # as a walk spells what is below it
    stat = device.fs.stat(source)
    host = Path(target)
    if into is None:
        into = target.endswith(("/", os.sep)) or host.is_dir()
    if into:
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
    changed = [pair for pair in pairs if not _is_same(device, pair[1], pair[0])]
    if not dry_run:
        _make_folders(folders)
        update(total=sum(size for _, _, size in changed))
        for path, place, _ in changed:
            update(description=path)
            device.fs.get(path, place, progress=_Steps(update))
    done = {place for _, place, _ in changed}
    return Copied(
        tuple(str(place) for _, place, _ in changed),
        tuple(str(place) for _, place, _ in pairs if place not in done),
        sum(size for _, _, size in changed),
        time.monotonic() - began,
    )


class _Steps:
    """Tell of steps, where a transfer tells the sum."""

    def __init__(self, update: Update) -> None:
        self._update = update
        self._told = 0

    def __call__(self, done: int) -> None:
        self._update(advance=done - self._told)
        self._told = done


def _is_same(device: Device, host: Path, path: str) -> bool:
    """Say whether both files are there, with the same content."""
    if not host.is_file():
        return False
    stat = device.fs.stat_many([path])[0]
    if stat is None or stat.is_dir or stat.size_bytes != host.stat().st_size:
        return False
    told = device.fs.hash(path)
    return told.algorithm == "sha256" and told.hexdigest == hashlib.sha256(host.read_bytes()).hexdigest()


def _host_parts(relative: str, *, whole: bool = False) -> list[str]:
    """Return the names in a path that a board told; without `whole` only the last."""
    parts = relative.split("/") if whole else [relative.rpartition("/")[2]] if relative else []
    for part in parts:
        if part in {"", ".", ".."} or any(letter in part for letter in "\\:\0"):
            raise BoardPathError(f"the board has a file whose name is no name here: {relative!r}")
    return parts


def _make_folders(folders: list[Path]) -> None:
    folder = None
    try:
        for folder in folders:
            folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise HostFileError(f"making the folder `{folder}` failed: {error.strerror}") from error
