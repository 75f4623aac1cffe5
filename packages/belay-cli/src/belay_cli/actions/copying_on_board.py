"""Copying files of a board to another place on it, and only those that differ."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from belay.exceptions import BoardPathError
from belay.files.paths import board_path

from .copies import Copied

if TYPE_CHECKING:
    from collections.abc import Iterable

    from belay import Device

__all__ = ["copy_on_board"]


def copy_on_board(
    device: Device,
    source: str,
    target: str,
    *,
    recursive: bool,
    dry_run: bool,
    into: bool | None = None,
    again: bool = False,
) -> Copied:
    """Copy a file or folder of the board to another place on it.

    Args:
        device: the board.
        source: absolute.
        target: absolute; a folder that is there, or a path that ends with `/`, gets the source under its own
            name.
        recursive: whether the source may be a folder.
        dry_run: copy nothing.
        into: whether the target is such a folder; None to look.
        again: copy what is there already, too.

    Raises:
        OSError: the source is not there.
        BoardPathError: it is a folder and `recursive` is not given, or would be copied into itself.
        NoSpaceError: it does not fit.
    """
    began = time.monotonic()
    source = board_path(source)  # as a walk spells what is below it
    stat = device.fs.stat(source)
    if into is None:
        into = target.endswith("/") or device.fs.is_dir(target)
    if into:
        target = f"{target.rstrip('/')}/{source.rpartition('/')[2]}"
    pairs = [(source, target, stat.size_bytes)]
    folders = []
    if stat.is_dir:
        if not recursive:
            raise BoardPathError(
                f"`{source}` is a folder of the board", hint="`-r` copies folders with all that is in them"
            )
        if f"{target}/".startswith(f"{source.rstrip('/')}/"):
            raise BoardPathError(
                f"`{source}` cannot be copied into itself: `{target}`", hint="choose a target outside of it"
            )
        top, below = source.rstrip("/"), device.fs.walk(source)
        place = target.rstrip("/")
        folders = [target, *(place + entry.path[len(top) :] for entry in below if entry.is_dir)]
        pairs = [
            (entry.path, place + entry.path[len(top) :], entry.size_bytes or 0)
            for entry in below
            if not entry.is_dir
        ]
    unchanged = set() if again else _unchanged(device, pairs)
    changed = [pair for pair in pairs if pair[1] not in unchanged]
    if not dry_run:
        for folder in folders:
            device.fs.mkdir(folder, parents=True, exist_ok=True)
        for old, new, _ in changed:
            device.fs.copy(old, new)
    return Copied(
        tuple(new for _, new, _ in changed),
        tuple(new for _, new, _ in pairs if new in unchanged),
        sum(size for _, _, size in changed),
        time.monotonic() - began,
    )


def _unchanged(device: Device, pairs: Iterable[tuple[str, str, int]]) -> set[str]:
    """Return those of the new paths where the same content is already."""
    pairs = list(pairs)
    there = device.fs.stat_many([new for _, new, _ in pairs])
    return {
        new
        for (old, new, size), stat in zip(pairs, there, strict=True)
        if stat is not None
        and not stat.is_dir
        and stat.size_bytes == size
        and (old == new or _is_same(device, old, new))
    }


def _is_same(device: Device, old: str, new: str) -> bool:
    told = device.fs.hash(old)
    return told.algorithm == "sha256" and told == device.fs.hash(new)
