"""mpremote's `repl`: a person at the board's prompt."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from belay.keyboards import open_keyboard
from belay.terminal import EXIT_CHAR
from belay_cli.console import data, words
from belay_cli.terminal.injecting import typed_text
from belay_cli.terminal.mounted import be_mounted_at_prompt
from belay_cli.terminal.prompt import Keys, be_at_prompt, show_prompt
from belay_cli.terminal.screen import Screen, Visible

from .errors import RemoteError

if TYPE_CHECKING:
    from .board import Board
    from .grammar import Step

__all__ = ["be_there"]

_CTRL_X = "\x18"

_LEFT_ALONE = "\r\n\t\b\x1b"
"""What `-e` shows as it is: Escape too, with which the board moves the cursor while a line is edited."""


def be_there(board: Board, step: Step) -> None:
    """Connect keyboard and screen with the board, until Ctrl-] or Ctrl-x.

    Raises:
        RemoteError: stdin is no keyboard.
        ConnectionLost: the board is gone.
    """
    link = board.link
    if sys.stdin is None or not sys.stdin.isatty():
        raise RemoteError("repl: stdin is not a terminal")
    code, file = step.text("inject-code"), step.text("inject-file")
    if file is not None:
        board.require_text(file)  # for its error, before anything is shown
    keys = Keys(exits=(EXIT_CHAR, _CTRL_X), code=code, file=file, announces_file=True)
    visible = Visible(left_alone=_LEFT_ALONE) if step.is_set("escape-non-printable") else None
    with Screen(step.text("capture"), visible) as screen:
        for line in _greeting(board.name, step):
            data(line)
        sys.stdout.flush()
        with open_keyboard() as keyboard:
            if board.mount is not None:
                device, mount = board.device, board.mount
                again = f"Remount local directory {board.mounted_folder}/ at {mount.at}"
                be_mounted_at_prompt(
                    device, mount, keyboard, screen.write, keys=keys, tell=words, again=again
                )
            else:
                board.leave()
                show_prompt(link)
                be_at_prompt(link, keyboard, screen.write, keys=keys, tell=words)


def _greeting(name: str, step: Step) -> list[str]:
    """Return what mpremote says first."""
    lines = [f"Connected to MicroPython at {name}", "Use Ctrl-] or Ctrl-x to exit this shell"]
    code, file, capture = step.text("inject-code"), step.text("inject-file"), step.text("capture")
    if step.is_set("escape-non-printable"):
        lines.append("Escaping non-printable bytes/characters by printing their hex code")
    if capture is not None:
        lines.append(f'Capturing session to file "{capture}"')
    if code is not None:
        lines.append(f"Use Ctrl-J to inject {typed_text(code)!r}")
    if file is not None:
        lines.append(f'Use Ctrl-K to inject file "{file}"')
    return lines
