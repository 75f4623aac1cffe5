"""Packages onto a board: what differs is brought, all or none; what was changed by hand is not lost."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from belay.exceptions import BelayException, NoSpaceError
from belay.files.actions import Action, SyncPlan, space_needed
from belay.files.board_paths import folders_above, join

from .places import target_folder
from .record import Recorded, checked_path, is_as_installed, read_record, record_content
from .staging import Swap, finish, stage_and_swap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from belay import Device

__all__ = ["Done", "Package", "install_packages"]

_SHOWN = 5
"""Paths in a message: enough to know what it is about."""


class Package(NamedTuple):
    """A package for a board.

    Attributes:
        name: what it is recorded as.
        version: as it says itself, or None.
        source: as it was asked for.
        requires: the names of what it needs.
        files: path below the folder of packages -> content.
    """

    name: str
    version: str | None
    source: str
    requires: tuple[str, ...]
    files: Mapping[str, bytes]


class Done(NamedTuple):
    """What was done, or would be.

    Attributes:
        plan: what was sent.
        removed: files of older versions that went, absolute, sorted.
        kept: those that stay, as they were changed by hand.
        finished: whether an install that had been cut off was finished first.
    """

    plan: SyncPlan
    removed: tuple[str, ...]
    kept: tuple[str, ...]
    finished: bool = False


def install_packages(
    device: Device,
    packages: Sequence[Package],
    *,
    target: str,
    replace: bool = False,
    dry_run: bool = False,
    progress: Callable[..., object] | None = None,
) -> Done:
    """Put packages into a folder of a board, all of them or none, and record them.

    Args:
        device: the board.
        packages: which ones.
        target: the folder, absolute; it is made if need be.
        replace: lose files that are in the way: those that nobody recorded, that were changed by hand, or
            that are of another package; and sources that would be imported before a compiled file.
        dry_run: change nothing.
        progress: as `progress_update` of `Device.sync`.

    Raises:
        BoardPathError: the target, or a path of a package, is none that a board can have.
        NoSpaceError: they do not fit; nothing was changed.
        BelayException: something is in the way, or what `Device.sync` raises.
    """
    target = target_folder(target)
    finished = False if dry_run else finish(device, target)
    before = read_record(device, target)
    contents = {
        checked_path(path, package.name): content
        for package in packages
        for path, content in package.files.items()
    }
    hashes = {path: hashlib.sha256(content).hexdigest() for path, content in contents.items()}
    plan = _compared(device, contents, target)
    below = len(target.rstrip("/")) + 1
    puts = tuple(action.path[below:] for action in plan.puts)
    if not replace:
        _refuse_lost(device, target, plan, before)
        _refuse_taken(before, packages, hashes)
    after = {
        **{name: _without(each, hashes) for name, each in before.items()},
        **{each.name: _recorded(each, hashes) for each in packages},
    }
    removals, kept = _stale(device, target, before, after)
    twins = {action.path[below:]: "" for action in plan.actions if action.reason == "stale twin"}
    for path in twins:
        removals[path] = hashlib.sha256(device.fs.read_bytes(join(target, path))).hexdigest()
    done = Done(
        plan,
        tuple(join(target, path) for path in sorted(removals)),
        tuple(join(target, path) for path in kept),
        finished,
    )
    if dry_run:
        _check_room(device, target, plan, after)
        return done
    if puts or removals or after != before:
        _check_room(device, target, plan, after)
        if progress is not None:
            progress(description="Sending files", total=plan.bytes_to_send)
        swap = Swap(puts, removals, after)
        stage_and_swap(device, target, contents, swap, progress=_steps(progress))
    return done


def _compared(device: Device, contents: Mapping[str, bytes], target: str) -> SyncPlan:
    """Return what a sync would do to have these files there."""
    with tempfile.TemporaryDirectory(prefix="belay-") as folder:
        for path, content in contents.items():
            file = Path(folder, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        return device.sync(folder, target, keep=True, ignore=[], minify=False, dry_run=True)


def _refuse_lost(device: Device, target: str, plan: SyncPlan, before: Mapping[str, Recorded]) -> None:
    """Refuse to write over what no package put there, or what was changed since."""
    known: dict[str, set[str]] = {}
    for package in before.values():
        for path, sha256 in package.files.items():
            known.setdefault(join(target, path), set()).add(sha256)
    lost = [
        action.path
        for action in plan.actions
        if action.reason in {"changed", "stale twin"}
        and not any(is_as_installed(device, action.path, sha256) for sha256 in known.get(action.path, ()))
    ]
    if lost:
        is_one = len(lost) == 1
        raise BelayException(
            f"{_paths(lost)} {'is' if is_one else 'are'} not what an install put there, and would be lost; "
            "nothing was changed",
            hint=f"`--force` replaces {'it' if is_one else 'them'}",
        )


def _refuse_taken(
    before: Mapping[str, Recorded], packages: Sequence[Package], hashes: Mapping[str, str]
) -> None:
    """Refuse to write over a file of a package that stays."""
    coming = {package.name: package for package in packages}
    for name, there in before.items():
        taken = [
            path
            for path, sha256 in there.files.items()
            if name not in coming and hashes.get(path, sha256) != sha256
        ]
        if taken:
            raise BelayException(
                f"{_paths(taken)} of the package `{name}` would be another; nothing was changed",
                hint=f"`belay mip remove {name}` makes room, `--force` replaces it",
            )


def _stale(
    device: Device, target: str, before: Mapping[str, Recorded], after: Mapping[str, Recorded]
) -> tuple[dict[str, str], list[str]]:
    """Return the files that no package has any more: those that go, and those that were changed by hand."""
    staying = {path for package in after.values() for path in package.files}
    going: dict[str, str] = {}
    kept: list[str] = []
    for package in before.values():
        for path, sha256 in package.files.items():
            there = join(target, path)
            if path in staying or not device.fs.is_file(there):
                continue
            if is_as_installed(device, there, sha256):
                going[path] = sha256
            else:
                kept.append(path)
    return going, sorted(kept)


def _without(package: Recorded, hashes: Mapping[str, str]) -> Recorded:
    """Return a package without the files that are another's from now on."""
    files = {path: sha256 for path, sha256 in package.files.items() if hashes.get(path, sha256) == sha256}
    return package._replace(files=files)


def _recorded(package: Package, hashes: Mapping[str, str]) -> Recorded:
    files = {path: hashes[path] for path in package.files}
    return Recorded(package.version or "", package.source, package.requires, files)


def _check_room(device: Device, target: str, plan: SyncPlan, after: Mapping[str, Recorded]) -> None:
    """Refuse what has no room: everything lies there beside what is there, until it is swapped in.

    Raises:
        NoSpaceError: it is more than is free.
    """
    there = [folder for folder in (*folders_above(target), target) if device.fs.is_dir(folder)]
    space = device.fs.free(there[-1] if there else "/")
    record = len(record_content(after)) + sum(len(action.path) + 4 for action in plan.puts)
    steps = [
        *(
            action._replace(replaces=0)
            for action in plan.actions
            if action.verb in {"put_file", "make_folder"}
        ),
        *(Action("put_file", join(target, "record"), record) for _ in ("the note", "the record")),
    ]
    needed, _ = space_needed([Action("make_folder", target), *steps], block_bytes=space.block_bytes)
    if needed > space.free_bytes:
        raise NoSpaceError(
            f"the packages need {needed} bytes in `{target}` of the board, and {space.free_bytes} are free; "
            "nothing was changed",
            path=target,
            needed_bytes=needed,
            free_bytes=space.free_bytes,
            hint="remove what is there: `belay mip remove`, `belay fs du` tells what is large",
        )


def _steps(progress: Callable[..., object] | None) -> Callable[[int], object] | None:
    """Return what hears how many bytes have left, for one who wants to hear how many more."""
    if progress is None:
        return None
    reached = 0

    def reach(sent: int) -> None:
        nonlocal reached
        if sent > reached:
            progress(advance=sent - reached)
            reached = sent

    return reach


def _paths(paths: Iterable[str]) -> str:
    listed = sorted(paths)
    more = f" and {len(listed) - _SHOWN} more" if len(listed) > _SHOWN else ""
    return ", ".join(f"`{path}`" for path in listed[:_SHOWN]) + more
