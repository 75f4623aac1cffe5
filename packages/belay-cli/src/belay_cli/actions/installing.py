"""A project on a board: its files, what it had of the project before and has no more, and a note of both.

The note is a file of ours on the board. It names what earlier installs put there, so that nothing else is
ever removed.
"""

from __future__ import annotations

import json
import tempfile
from contextlib import contextmanager
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

from belay.exceptions import BoardException

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from belay import Device
    from belay.files.actions import SyncPlan

__all__ = ["NOTE", "File", "Installed", "Layout", "install_files", "install_layout", "laid_out"]

_MAIN = "/main.py"
"""Stays when an install brings none: it is what the board does, and no file of the project needs it."""

NOTE = "/.belay_installed"
"""Where the note is; a sync leaves alone what begins so."""


class File(NamedTuple):
    """A file for a board.

    Attributes:
        content: what it holds, before it is minified or compiled.
        opt: mpy-cross's level of optimisation; None for the common one.
    """

    content: bytes
    opt: int | None = None


class Layout(NamedTuple):
    """The files of a project as a sync takes them; any number of boards may get them.

    Attributes:
        folder: what a board's root is to have.
        opt: mpy-cross's level of optimisation for a path on the board.
    """

    folder: str
    opt: Callable[[str], int]


class Installed(NamedTuple):
    """What was done, or would be.

    Attributes:
        plan: what was sent.
        removed: files of earlier installs that went, absolute, sorted.
    """

    plan: SyncPlan
    removed: tuple[str, ...]


def install_files(
    device: Device,
    files: Mapping[str, File],
    *,
    minify: bool = True,
    mpy: bool = False,
    mpy_cross_binary: str | None = None,
    opt: int = 0,
    dry_run: bool = False,
    progress: Callable[..., object] | None = None,
) -> Installed:
    """Put the files of a project onto a board, and remove those of earlier installs that it has no more.

    Whatever else is on the board stays.

    Args:
        device: the board.
        files: path from the board's root, without a slash in front -> what is there.
        minify: shorten Python that is not compiled.
        mpy: compile Python, but for `boot.py` and `main.py`.
        mpy_cross_binary: the compiler; None finds one.
        opt: mpy-cross's level of optimisation for files that have none of their own.
        dry_run: change nothing.
        progress: as `progress_update` of `Device.sync`.

    Raises:
        BelayException: what `Device.sync` raises.
    """
    with laid_out(files, opt=opt) as layout:
        return install_layout(
            device,
            layout,
            minify=minify,
            mpy=mpy,
            mpy_cross_binary=mpy_cross_binary,
            dry_run=dry_run,
            progress=progress,
        )


@contextmanager
def laid_out(files: Mapping[str, File], *, opt: int = 0) -> Iterator[Layout]:
    """Write the files of a project into a folder that is there in the block.

    Args:
        files: as for `install_files`.
        opt: as for `install_files`.
    """
    levels = {f"/{target}": file.opt for target, file in files.items() if file.opt is not None}
    with tempfile.TemporaryDirectory(prefix="belay-") as folder:
        for target, file in files.items():
            path = Path(folder, target)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file.content)
        yield Layout(folder, lambda path: levels.get(path, opt))


def install_layout(
    device: Device,
    layout: Layout,
    *,
    minify: bool = True,
    mpy: bool = False,
    mpy_cross_binary: str | None = None,
    dry_run: bool = False,
    progress: Callable[..., object] | None = None,
) -> Installed:
    """Do what `install_files` does, with files that are laid out already."""
    compiles = mpy or mpy_cross_binary is not None
    options: dict[str, Any] = {"opt": layout.opt} if compiles else {}  # Any: keywords
    sync = partial(
        device.sync,
        layout.folder,
        "/",
        keep=True,
        ignore=[],
        minify=minify,
        mpy=mpy,
        mpy_cross_binary=mpy_cross_binary,
        progress_update=progress,
        **options,
    )
    before = _noted(device)
    plan = sync(dry_run=True)
    after = {action.path for action in plan.puts} | set(plan.unchanged)
    stale = tuple(sorted(before - after - {_MAIN}))
    if dry_run:
        return Installed(plan, stale)
    if not after <= before:
        _note(device, before | after)  # first: what is cut off in the middle is known nevertheless
    if plan.actions:
        plan = sync()
    for old in stale:
        device.fs.remove(old, missing_ok=True)
    if stale:
        _remove_empty(device, stale)
        _note(device, after | (before & {_MAIN}))
    return Installed(plan, stale)


def _noted(device: Device) -> set[str]:
    """Return what earlier installs put there; nothing where there is no note, or one that makes no sense."""
    try:
        told = json.loads(device.fs.path(NOTE).read_bytes())
    except (FileNotFoundError, ValueError):
        return set()
    paths = told if isinstance(told, list) else []
    return {path for path in paths if isinstance(path, str) and _is_plain(path)}


def _is_plain(path: str) -> bool:
    return path.startswith("/") and ".." not in path.split("/") and path != NOTE


def _note(device: Device, paths: Iterable[str]) -> None:
    device.fs.path(NOTE).write_bytes(json.dumps(sorted(paths)).encode())


def _remove_empty(device: Device, removed: Sequence[str]) -> None:
    """Remove the folders that have become empty."""
    folders = {str(parent) for path in removed for parent in PurePosixPath(path).parents}
    for folder in sorted(folders - {"/", "/lib"}, key=len, reverse=True):
        there = device.fs.path(folder)
        try:
            if not list(there.iterdir()):
                there.rmdir()
        except BoardException:
            continue  # it is gone already
