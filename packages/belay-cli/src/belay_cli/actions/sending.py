"""Copying files of this computer to a board, whole, only those that differ, in the form that is asked for.

What a file becomes on the way is made by what makes it for a sync and an install.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from belay.device import use_preparation
from belay.exceptions import HostFileError, HostFileNotFoundError
from belay.files.host_tree import HostTree, host_tree
from belay.files.paths import writable_path
from belay.files.preparation import Preparation

from .copies import Copied, Steps, is_same
from .copy_words import as_copy

if TYPE_CHECKING:
    from belay import Device

    from .copies import Update

__all__ = ["EXACT", "Form", "host_name", "send"]

_PATTERN_SIGNS = frozenset("*?")
"""`keep` of a sync takes no path that has one."""


class Form(NamedTuple):
    """What becomes of `.py` files; all others are sent byte for byte.

    Attributes:
        minify: shorten those that are not compiled.
        mpy: compile them, but for `boot.py` and `main.py` where a board looks for them.
        mpy_cross_binary: the compiler; None finds one.
        opt: its level of optimisation.
    """

    minify: bool = False
    mpy: bool = False
    mpy_cross_binary: str | None = None
    opt: int = 0

    @property
    def compiles(self) -> bool:
        """Whether there will be `.mpy` files."""
        return self.mpy or self.mpy_cross_binary is not None


EXACT = Form()
"""Byte for byte: what copying is."""


def host_name(source: str) -> str:
    """Return under which name a file or folder of this computer goes into a folder; "" for what is in it.

    That is what `.` means at the end of a path, as for every `cp`.
    """
    last = os.path.basename(source.rstrip("/" + os.sep))  # noqa: PTH119 - `Path` drops the dot
    if last in {"", "."}:
        return ""
    return last if last != ".." else Path(source).resolve().name  # a link has its own name


@as_copy()
def send(
    device: Device,
    source: str,
    target: str,
    *,
    recursive: bool,
    dry_run: bool,
    update: Update,
    form: Form = EXACT,
    into: bool | None = None,
) -> Copied:
    """Copy a file or folder of this computer to the board.

    Args:
        device: the board.
        source: the path here.
        target: absolute, on the board; a folder that is there, or a path that ends with `/`, gets the source
            under its own name. A file that is compiled may be called `.py` or `.mpy`.
        recursive: whether the source may be a folder.
        dry_run: copy nothing.
        update: hears how far it is.
        form: what becomes of `.py` files.
        into: whether the target is such a folder; None to look.

    Raises:
        HostFileError: the source cannot be read, or is a folder and `recursive` is not given.
        CompilerError: there is no compiler, or it refused a file.
        NoSpaceError: it does not fit.
    """
    began = time.monotonic()
    if not source:
        raise HostFileError("The path of what to copy is empty", hint="`.` is the current folder")
    host = Path(source)
    if not host.exists():
        raise HostFileNotFoundError(
            f"`{source}` is not there", hint=f"if it is on the board, write `:{source.lstrip('/')}`"
        )
    if host.is_dir() and not recursive:
        raise HostFileError(f"`{source}` is a folder", hint="`-r` copies folders with all that is in them")
    if into is None:
        into = target.endswith("/") or device.fs.is_dir(target)
    name = host_name(source)
    path = (f"{target.rstrip('/')}/{name}" if into and name else target.rstrip("/")) or "/"
    is_renamed = not host.is_dir() and path.rpartition("/")[2] != name
    if is_renamed and (form == EXACT or host.suffix != ".py"):
        return _put(device, host, path, began, dry_run=dry_run, update=update)
    folder = path if host.is_dir() else path.rpartition("/")[0] or "/"
    if is_renamed:
        source_path = f"{path[:-4]}.py" if form.compiles and path.endswith(".mpy") else path
        tree = HostTree({writable_path(source_path): host}, (), folder, is_single_file=True)
    else:
        tree = host_tree(host, dst=folder, ignore=())
    use_preparation(device, _Found(tree))
    options: dict[str, Any] = {"opt": form.opt} if form.compiles else {}  # Any: keywords
    plan = device.sync(
        host,
        folder,
        keep=True if form.compiles else _keep_both(tree),
        ignore=(),
        minify=form.minify,
        mpy=form.mpy,
        mpy_cross_binary=form.mpy_cross_binary,
        progress_update=update,
        dry_run=dry_run,
        **options,
    )
    return Copied(
        tuple(action.path for action in plan.puts),
        plan.unchanged,
        plan.bytes_to_send,
        time.monotonic() - began,
        tuple(action.path for action in plan.actions if action.verb.startswith("remove")),
    )


class _Found(Preparation):
    """Has the files of this computer found already."""

    def __init__(self, tree: HostTree) -> None:
        super().__init__()
        self._tree = tree

    def tree(self, *_: object, **_options: object) -> HostTree:
        return self._tree


def _keep_both(tree: HostTree) -> bool | list[str]:
    """Return the `keep` with which an `x.py` that comes takes no `x.mpy` away, nor the other way round.

    A sync does that even where everything stays, unless a path is named.
    """
    twins = [_twin(path) for path in tree.files if path.endswith((".py", ".mpy"))]
    if not twins or _PATTERN_SIGNS.intersection(tree.dst):
        return True
    return [tree.dst, *(path for path in twins if not _PATTERN_SIGNS.intersection(path))]


def _twin(path: str) -> str:
    return path[:-4] + ".py" if path.endswith(".mpy") else path[:-3] + ".mpy"


def _put(device: Device, host: Path, path: str, began: float, *, dry_run: bool, update: Update) -> Copied:
    """Send a file byte for byte under another name."""
    size = host.stat().st_size
    if is_same(device, host, path):
        return Copied((), (path,), 0, time.monotonic() - began)
    if not dry_run:
        update(description=path, total=size)
        device.fs.put(host, path, progress=Steps(update))
    return Copied((path,), (), size, time.monotonic() - began)
