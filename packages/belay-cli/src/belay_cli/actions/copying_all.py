"""Copying file by file: to a board, what is there already or in what is mounted, and within this computer."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from belay.exceptions import HostFileError, HostFileNotFoundError

from .copies import is_same

if TYPE_CHECKING:
    from belay import Device

__all__ = ["copy_here", "send_each"]


def send_each(device: Device, source: str, target: str, *, again: bool) -> list[str]:
    """Copy a file or folder of this computer to the board, each file by itself.

    A sync, which is faster, neither sends what is there already nor reaches into what is mounted.

    Args:
        device: the board.
        source: the path here.
        target: the new path on the board, absolute.
        again: copy what is there already, too.

    Returns:
        What was there already and was not copied.

    Raises:
        HostFileError: the source cannot be read.
        NoSpaceError: it does not fit.
    """
    host = Path(source)
    if not host.exists():
        raise HostFileNotFoundError(f"`{source}` is not there")
    if not host.is_dir():
        return _put(device, host, target, again=again)
    below = sorted(
        host.rglob("*")
    )  # before the first is copied: the target may be in what is mounted of the source
    if target != "/":
        device.fs.mkdir(target, parents=True, exist_ok=True)
    unchanged = []
    for path in below:
        place = f"{target.rstrip('/')}/{path.relative_to(host).as_posix()}"
        if path.is_dir():
            device.fs.mkdir(place, parents=True, exist_ok=True)
        else:
            unchanged += _put(device, path, place, again=again)
    return unchanged


def _put(device: Device, host: Path, path: str, *, again: bool) -> list[str]:
    if not again and is_same(device, host, path):
        return [path]
    device.fs.put(host, path)
    return []


def copy_here(source: str, target: str) -> None:
    """Copy a file or folder of this computer to a new path on it.

    Raises:
        HostFileError: it cannot be read or written.
    """
    host, place = Path(source), Path(target)
    try:
        if host.is_dir():
            shutil.copytree(host, place, dirs_exist_ok=True)
        else:
            shutil.copyfile(host, place)
    except shutil.SameFileError as error:
        raise HostFileError(f"`{source}` is `{target}`: it is one file") from error
    except OSError as error:
        what = f"copying `{source}` to `{target}` failed: {error.strerror or error}"
        raise HostFileError(what, errno=error.errno, filename=str(error.filename or "")) from error
