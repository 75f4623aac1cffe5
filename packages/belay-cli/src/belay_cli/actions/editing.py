"""A file of a board, changed by somebody on this computer; no step loses what was typed."""

from __future__ import annotations

import tempfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from belay.exceptions import HostFileNotFoundError
from belay.files.paths import writable_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from belay import Device

__all__ = ["edit_file"]


def edit_file(device: Device, path: str, change: Callable[[Path], None]) -> bool:
    """Have a copy of a file changed, and write it to the board if it is another one then.

    A file that is not there begins empty, and is made only if something was written into it.

    Args:
        device: the board.
        path: the file, absolute.
        change: changes the copy that it gets. When it, or the board behind it, raises, a copy that was
            changed stays.

    Returns:
        Whether the board has another file now.

    Raises:
        BelayException: the file cannot be read or written; there is no copy any more.
        OSError: there is no room for the copy.
    """
    path = writable_path(path)  # before somebody has typed a text that no file can have
    before = device.fs.read_bytes(path) if device.fs.exists(path) else b""
    folder = Path(tempfile.mkdtemp(prefix="belay-"))
    copy = folder / (PurePosixPath(path).name or "file")
    copy.write_bytes(before)
    try:
        change(copy)
        after = _left(copy, path)
        if after != before:
            device.fs.write_bytes(path, after)
    except BaseException:
        if not _has_work(folder, copy, before):
            _remove(folder)
        raise
    _remove(folder)
    return after != before


def _left(copy: Path, path: str) -> bytes:
    if not copy.is_file():
        raise HostFileNotFoundError(
            f"The editor left no file at `{copy}`: `{path}` on the board is as it was",
            hint="save the file under its own name; `belay fs rm` removes one of the board",
        )
    return copy.read_bytes()


def _has_work(folder: Path, copy: Path, before: bytes) -> bool:
    """Tell whether the folder of a copy holds what somebody may have typed."""
    if copy.is_file():
        return copy.read_bytes() != before
    return any(each.is_file() for each in folder.rglob("*"))  # under another name, or in a folder


def _remove(folder: Path) -> None:
    import shutil  # noqa: PLC0415 - only an editor's end needs it

    shutil.rmtree(folder, ignore_errors=True)  # an editor may have left files of its own beside the copy
