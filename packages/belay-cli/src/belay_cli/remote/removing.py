"""mpremote's `rm` and `rmdir`: what may go, and what is said of it."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from belay_cli.console import data

from .errors import RemoteError
from .paths import board_path, named

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from belay import Device
    from belay.files.facts import Entry

    from .board import Board
    from .grammar import Step

__all__ = ["remove", "remove_folder"]

_HERE = (".", "./")


def remove_folder(device: Device, word: str) -> None:
    """Remove an empty folder.

    Raises:
        OSError: it is not there, is a file, or is not empty.
    """
    from belay_cli.actions.removing import remove as removing  # noqa: PLC0415 - only this needs it

    path = board_path(device, word)
    if not device.fs.stat(path).is_dir:
        raise NotADirectoryError(20, "")
    if path == "/":
        raise PermissionError(1, "")
    removing(device, [path.rstrip("/")])


def remove(board: Board, step: Step, word: str) -> None:
    """Remove a file, or with `-r` a folder and all that is in it; no word means what is in the current one.

    Raises:
        RemoteError: with `-r`, it is the root, or holds files of this computer.
        OSError: it is not there, or is a folder that is not empty.
    """
    from belay_cli.actions.removing import remove as removing  # noqa: PLC0415 - as above

    device, name = board.device, named(word)
    path = posixpath.normpath(board_path(device, word))
    recursive = step.is_set("recursive")
    if recursive:
        _refuse_mounted(board, path)
        if path == "/" and name and name not in _HERE:
            raise RemoteError(f"rm -r: cannot remove :{name} Operation not permitted")
    elif not name or path == "/":
        raise PermissionError(1, "")
    is_folder = device.fs.stat(path).is_dir
    lines: list[str] = []
    if recursive and step.is_set("verbose"):
        entries = device.fs.walk(path) if is_folder else ()
        lines = _removed(entries, path.rstrip("/"), name, is_folder=is_folder, is_root=path == "/")
    inside = path == "/" or not name
    targets = [entry.path for entry in device.fs.list(path)] if inside else [path]
    removing(device, targets, recursive=recursive)
    for line in lines:
        data(line)


def _refuse_mounted(board: Board, path: str) -> None:
    from belay.exceptions import BoardPathError  # noqa: PLC0415 - as above

    try:
        board.device.fs.refuse_mounted(path)
    except BoardPathError as error:
        assert board.mount is not None
        raise RemoteError(f"rm -r not permitted on {board.mount.at} directory") from error


def _removed(entries: Sequence[Entry], top: str, name: str, *, is_folder: bool, is_root: bool) -> list[str]:
    """Return what is said of each that goes, folders behind what is in them."""
    below: dict[str, list[Entry]] = {}
    for entry in entries:
        below.setdefault(entry.path.rpartition("/")[0], []).append(entry)
    start = (name or ".").rstrip("/")

    def lines(folder: str) -> Iterator[str]:
        for entry in below.get(folder, ()):
            if entry.is_dir:
                yield from lines(entry.path)
            kind = "removed directory" if entry.is_dir else "removed"
            yield f"{kind}: '{start}{entry.path[len(top) :]}'"

    last = []
    if not is_folder:
        last = [f"removed: '{name}'"]
    elif name:
        last = [f"skipped: '{name}' (vfs mountpoint)" if is_root else f"removed directory: '{name}'"]
    return [*lines(top), *last]
