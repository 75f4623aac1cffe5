"""mpremote's `edit`: files of the board in the editor of whoever types."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from belay_cli.console import data

from .errors import RemoteError, told
from .paths import board_path, named

if TYPE_CHECKING:
    from pathlib import Path

    from belay import Device

__all__ = ["edit"]


def edit(device: Device, words: tuple[str, ...]) -> None:
    """Have a person edit files of the board; what the editor did not save stays as it was.

    Raises:
        RemoteError: there is no editor, or it failed.
    """
    editor = os.environ.get("EDITOR", "").strip()
    if not editor:
        raise RemoteError("edit: $EDITOR not set")
    for word in words:
        data(f"edit :{named(word)}")
        with told("edit", named(word)):
            _edit(device, editor, board_path(device, word), named(word))


def _edit(device: Device, editor: str, path: str, shown: str) -> None:
    from belay_cli.actions.editing import edit_file  # noqa: PLC0415 - it loads with its command

    is_new = _is_new(device, path)
    copies: list[Path] = []

    def change(copy: Path) -> None:
        copies.append(copy)
        ended = _run(editor, copy)
        if ended != 0:
            raise RemoteError(f"edit: `{editor}` ended with {ended}; {shown} is unchanged")
        if not copy.is_file():
            raise RemoteError(f"edit: `{editor}` left no file; {shown} is unchanged")

    try:
        is_written = edit_file(device, path, change)
    except BaseException:
        for copy in copies:
            if copy.exists():
                _words(f"What you wrote is in `{copy}`; `{shown}` on the board is as it was")
        raise
    if is_new and not is_written:
        device.fs.touch(path)


def _is_new(device: Device, path: str) -> bool:
    """Tell whether the file is not there; whether it can be is known before anybody types.

    Raises:
        OSError: it is a folder, or in none.
    """
    it, above = device.fs.stat_many([path, path.rstrip("/").rpartition("/")[0] or "/"])
    if it is not None and it.is_dir:
        raise IsADirectoryError(21, "")
    if above is None:
        raise FileNotFoundError(2, "")
    if not above.is_dir or path.endswith("/"):
        raise NotADirectoryError(20, "")
    return it is None


def _run(editor: str, copy: Path) -> int:
    import shlex  # noqa: PLC0415 - only an editor needs them
    import subprocess  # noqa: PLC0415 - as above

    try:
        return subprocess.run([*shlex.split(editor), str(copy)], check=False).returncode  # noqa: S603 - the user's own editor
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise RemoteError(f"edit: `{editor}` cannot be started: {why}") from error


def _words(text: str) -> None:
    from belay_cli.console import words  # noqa: PLC0415 - as above

    words(text)
