"""Copying without a look at what is there already: to a board again, and within this computer."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from belay.exceptions import HostFileError, HostFileNotFoundError

if TYPE_CHECKING:
    from belay import Device

__all__ = ["copy_here", "send_again"]


def send_again(device: Device, source: str, target: str) -> None:
    """Copy a file or folder of this computer to the board, what is unchanged too; as `copying.send`.

    Raises:
        HostFileError: the source cannot be read.
        NoSpaceError: it does not fit.
    """
    host = Path(source)
    if not host.exists():
        raise HostFileNotFoundError(f"`{source}` is not there")
    if target.endswith("/") or device.fs.is_dir(target):
        target = f"{target.rstrip('/')}/{host.resolve().name}"
    if not host.is_dir():
        device.fs.put(host, target)
        return
    device.fs.mkdir(target, parents=True, exist_ok=True)
    for path in sorted(host.rglob("*")):
        place = f"{target}/{path.relative_to(host).as_posix()}"
        if path.is_dir():
            device.fs.mkdir(place, parents=True, exist_ok=True)
        else:
            device.fs.put(path, place)


def copy_here(source: str, target: str) -> None:
    """Copy a file or folder of this computer to another place on it.

    Raises:
        HostFileError: it cannot be read or written.
    """
    host, place = Path(source), Path(target)
    if place.is_dir():
        place /= host.resolve().name
    try:
        if host.is_dir():
            shutil.copytree(host, place, dirs_exist_ok=True)
        else:
            shutil.copyfile(host, place)
    except FileNotFoundError as error:
        raise HostFileNotFoundError(f"`{error.filename}` is not there") from error
    except OSError as error:
        raise HostFileError(f"copying `{source}` to `{target}` failed: {error}") from error
