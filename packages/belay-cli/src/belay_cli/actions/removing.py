"""Removing files and folders of a board: what would go, as a value, and its removal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay.exceptions import BoardPathError
from belay.files.paths import board_path

if TYPE_CHECKING:
    from collections.abc import Iterable

    from belay import Device

__all__ = ["remove"]


def remove(
    device: Device,
    paths: Iterable[str],
    *,
    recursive: bool = False,
    missing_ok: bool = False,
    everything: bool = False,
    dry_run: bool = False,
) -> list[str]:
    """Remove what these paths name.

    Args:
        device: the board.
        paths: absolute, on the board; `/.` is the root too.
        recursive: folders with all that is in them, too.
        missing_ok: whether a path may name nothing.
        everything: whether the root may be emptied, which takes `recursive`, too.
        dry_run: remove nothing.

    Returns:
        What was removed: a path each, folders without what is in them; or all that would be, in its order.

    Raises:
        BoardPathError: the root, without `everything` and `recursive`; nothing was removed.
        OSError: a path is not there, or is a folder that is not empty.
    """
    paths = [board_path(path) for path in paths]
    targets: list[str] = []
    for path in paths if recursive else ():
        device.fs.refuse_mounted(path)
    for path in paths:
        if path != "/":
            targets.append(path)
            continue
        if not (everything and recursive):
            raise BoardPathError(
                "Removing `/` would remove every file of the board",
                hint="`-r --everything` says that it shall",
            )
        targets += [entry.path for entry in device.fs.list("/")]
    removed: list[str] = []
    for path in targets:
        if missing_ok and not device.fs.exists(path):
            continue
        if not dry_run:
            device.fs.remove(path, recursive=recursive)
        elif device.fs.stat(path).is_dir:
            inner = [entry.path for entry in device.fs.walk(path)]
            if inner and not recursive:
                raise BoardPathError(
                    f"`{path}` is a folder that is not empty",
                    hint="`-r` removes folders with all that is in them",
                )
            removed += reversed(inner)
        removed.append(path)
    return removed
