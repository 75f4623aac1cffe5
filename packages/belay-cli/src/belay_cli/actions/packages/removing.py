"""Packages off a board: their files and no others, and those only that are as they were installed."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, NamedTuple

from belay.exceptions import BelayException
from belay.files.board_paths import join

from .places import target_folder
from .record import RECORD, is_as_installed, read_record, record_content
from .staging import finish, remove_folders

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from belay import Device

    from .record import Recorded

__all__ = ["Removed", "remove_packages"]


class Removed(NamedTuple):
    """What was done, or would be.

    Attributes:
        removed: files that went, absolute.
        kept: those that were changed since they were installed, and stay.
    """

    removed: tuple[str, ...]
    kept: tuple[str, ...]


def remove_packages(
    device: Device, names: Sequence[str], *, target: str, force: bool = False, dry_run: bool = False
) -> Removed:
    """Remove packages from a folder of a board.

    A package of which a file stays is still recorded, with that file.

    Args:
        device: the board.
        names: which ones.
        target: the folder, absolute.
        force: remove also what was changed by hand, and what other packages need.
        dry_run: change nothing.

    Raises:
        BelayException: one is not there, or another needs it; nothing was removed.
    """
    target = target_folder(target)
    if not dry_run:
        finish(device, target)
    before = read_record(device, target)
    for name in names:
        _require(name, before, names, target, force=force)
    after = {name: package for name, package in before.items() if name not in names}
    staying = {path for package in after.values() for path in package.files}
    removed: list[str] = []
    kept: list[str] = []
    for name in dict.fromkeys(names):
        left: dict[str, str] = {}
        for path, sha256 in before[name].files.items():
            there = join(target, path)
            if path in staying or not device.fs.is_file(there):
                continue
            if force or is_as_installed(device, there, sha256):
                removed.append(there)
                if not dry_run:
                    device.fs.remove_only(there, "file")
            else:
                kept.append(there)
                left[path] = sha256
        if left:
            after[name] = before[name]._replace(files=left)
    if not dry_run:
        below = len(target.rstrip("/")) + 1
        remove_folders(device, target, [path[below:] for path in removed])
        _write(device, target, after)
    return Removed(tuple(sorted(removed)), tuple(sorted(kept)))


def _require(
    name: str, there: Mapping[str, Recorded], names: Sequence[str], target: str, *, force: bool
) -> None:
    if name not in there:
        near = difflib.get_close_matches(name, there, n=1)
        listed = ", ".join(f"`{each}`" for each in sorted(there)) or "none"
        raise BelayException(
            f"There is no package `{name}` in `{target}` of the board; recorded: {listed}",
            hint=f"did you mean `{near[0]}`?" if near else "`belay mip list` tells of all folders",
        )
    needing = sorted(
        each for each, package in there.items() if name in package.requires and each not in names
    )
    if needing and not force:
        raise BelayException(
            f"`{name}` is needed by {', '.join(f'`{each}`' for each in needing)}; nothing was removed",
            hint=f"remove {'that' if len(needing) == 1 else 'those'} too, or add `--force`",
        )


def _write(device: Device, target: str, packages: Mapping[str, Recorded]) -> None:
    path = join(target, RECORD)
    if packages:
        device.fs.write_bytes(path, record_content(packages))
    else:
        device.fs.remove(path, missing_ok=True)
