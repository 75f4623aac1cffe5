"""mpremote's `repl`: a person at the board's prompt."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from belay.keyboards import open_keyboard
from belay.terminal import EXIT_CHAR
from belay_cli.console import data, words
from belay_cli.terminal.injecting import read_script
from belay_cli.terminal.mounted import be_mounted_at_prompt
from belay_cli.terminal.prompt import Keys, be_at_prompt, show_prompt
from belay_cli.terminal.screen import Screen, Visible

from .errors import RemoteError

if TYPE_CHECKING:
    from .board import Board
    from .grammar import Step

__all__ = ["be_there"]

_CTRL_X = "\x18"


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
        read_script(file)  # for its error, before anything is shown
    keys = Keys(exits=(EXIT_CHAR, _CTRL_X), code=code, file=file)
    visible = Visible() if step.is_set("escape-non-printable") else None
    with Screen(step.text("capture"), visible) as screen:
        data(f"Connected to MicroPython at {board.name}\nUse Ctrl-] or Ctrl-x to exit this shell")
        if code is not None:
            data(f"Use Ctrl-J to inject {code!r}")
        if file is not None:
            data(f"Use Ctrl-K to inject file {file!r}")
        sys.stdout.flush()
        with open_keyboard() as keyboard:
            if board.mount is not None:
                device, mount = board.device, board.mount
                be_mounted_at_prompt(device, mount, keyboard, screen.write, keys=keys, tell=words)
            else:
                board.leave()
                show_prompt(link)
                be_at_prompt(link, keyboard, screen.write, keys=keys, tell=words)
