"""Files of packages come all or none: staged beside their places, verified, noted, and only then swapped in.

The note is what decides: before it is there, nothing has changed; from then on the next one who comes
finishes what a lost link left. It is a file of the board's, and trusted no more than the record.
"""

from __future__ import annotations

import contextlib
import errno
from typing import TYPE_CHECKING, NamedTuple

from belay.exceptions import BelayException, NoSpaceError
from belay.files.board_paths import folders_above, join, parent_of
from belay.files.upload import Upload

from .record import (
    RECORD,
    Recorded,
    checked_digests,
    checked_path,
    is_as_installed,
    parsed,
    read_limited,
    record_content,
    records,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from belay import Device

__all__ = ["STAGED", "Swap", "finish", "remove_folders", "stage_and_swap"]

STAGED = ".belay_staged"
_NOTE = "note"


class Swap(NamedTuple):
    """What is to happen in a folder of packages.

    Attributes:
        puts: path of each file that comes; it is staged by its number.
        removals: path of what goes -> its SHA-256; what is another by then stays.
        packages: what is there then.
    """

    puts: tuple[str, ...]
    removals: Mapping[str, str]
    packages: Mapping[str, Recorded]


def stage_and_swap(
    device: Device,
    target: str,
    contents: Mapping[str, bytes],
    swap: Swap,
    *,
    progress: Callable[[int], object] | None = None,
) -> None:
    """Bring files to a folder of packages.

    Args:
        device: the board.
        target: the folder; it is made if need be.
        contents: by path.
        swap: what happens.
        progress: gets the number of bytes that have left.

    Raises:
        NoSpaceError: it does not fit; nothing was changed.
        BelayException: what else writing raises; nothing was changed, or the next one finishes it.
    """
    staged = join(target, STAGED)
    note = record_content(swap.packages, puts=swap.puts, removals=dict(swap.removals))
    device.fs.mkdir(target, parents=True, exist_ok=True)
    device.fs.remove(staged, recursive=True, missing_ok=True)
    uploads = [Upload(staged, verb="make_folder")]
    uploads += [_upload(join(staged, str(number)), contents[path]) for number, path in enumerate(swap.puts)]
    uploads.append(_upload(join(staged, _NOTE), note))
    try:
        device.fs.transfer.put(uploads, progress=progress, asks_room=False)
    except BelayException:
        with contextlib.suppress(BelayException):  # the first error is the one to tell
            device.fs.remove(staged, recursive=True, missing_ok=True)
        raise
    _swap(device, target, swap)


def finish(device: Device, target: str) -> bool:
    """Finish what was cut off; return whether there was something.

    Raises:
        BelayException: the note of it cannot be understood.
    """
    path = join(join(target, STAGED), _NOTE)
    content = read_limited(device, path)
    if content is None:
        return False
    told = parsed(content, path)
    puts = told.get("puts")
    swap = Swap(
        tuple(checked_path(each, path) for each in (puts if isinstance(puts, list) else [None])),
        checked_digests(told.get("removals"), path),
        records(told, path),
    )
    _swap(device, target, swap)
    return True


def remove_folders(device: Device, target: str, removed: Iterable[str]) -> None:
    """Remove the folders below a folder of packages that have become empty."""
    folders = {folder for path in removed for folder in folders_above(f"/{path}")}
    for folder in sorted(folders, key=len, reverse=True):
        with contextlib.suppress(OSError):  # something is in it, or it is gone already
            device.fs.remove_only(target.rstrip("/") + folder, "folder")


def _swap(device: Device, target: str, swap: Swap) -> None:
    staged = join(target, STAGED)
    waiting = {entry.name for entry in device.fs.list(staged)}
    # Where upper and lower case are one, a rename that is cut off leaves two names for the same clusters.
    is_fat = device.fs.exists(join(target, STAGED.upper()))
    for folder in dict.fromkeys(parent_of(join(target, path)) for path in swap.puts):
        device.fs.mkdir(folder, parents=True, exist_ok=True)
    for number, path in enumerate(swap.puts):
        if str(number) in waiting:
            _take_place(device, join(staged, str(number)), join(target, path), is_fat=is_fat)
    for path, sha256 in swap.removals.items():
        there = join(target, path)
        if device.fs.is_file(there) and is_as_installed(device, there, sha256):
            device.fs.remove(there)
    remove_folders(device, target, swap.removals)
    device.fs.write_bytes(join(target, RECORD), record_content(swap.packages))
    device.fs.remove(join(staged, _NOTE))  # first: without it, nothing is to be finished
    device.fs.remove(staged, recursive=True)


def _take_place(device: Device, staged: str, path: str, *, is_fat: bool) -> None:
    """Give a staged file its place."""
    if is_fat:
        try:
            _move(device, staged, path)
        except NoSpaceError:  # to rename it is the lesser evil
            device.fs.rename(staged, path, overwrite=True)
        return
    try:
        device.fs.rename(staged, path, overwrite=True)
    except OSError as error:
        if error.errno not in {errno.EPERM, errno.EXDEV}:  # another file system is mounted there
            raise
        _move(device, staged, path)


def _move(device: Device, staged: str, path: str) -> None:
    device.fs.copy(staged, path)
    device.fs.remove(staged)


def _upload(path: str, content: bytes) -> Upload:
    return Upload(path, len(content), lambda: [content])
