"""`belay terminal`: be at a board's own prompt."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from belay_cli.targets import ABOUT_PORT, PASSWORD, PORT, find_address, named_once, source_told
from belay_pm.command_line.errors import MisuseError
from belay_pm.command_line.syntax import Argument, Option, Syntax

if TYPE_CHECKING:
    from belay_cli.terminal.prompt import Keys
    from belay_transport.links import Link

__all__ = ["SYNTAX", "run"]

_DETAILS = f"""\
Each key goes to the board, Ctrl-C and Ctrl-D too; Ctrl-] leaves.
Whatever runs on the board goes on: a program is not interrupted by looking at it.
When the board is unplugged or starts anew, the terminal waits for it, under another port's name too.

{ABOUT_PORT}"""

SYNTAX = Syntax(
    Argument("word", "PORT", "The board's address or alias"),
    options=(
        PORT,
        PASSWORD,
        Option("capture", ("--capture",), "FILE", "Append all that the board prints to this file"),
        Option("inject_code", ("--inject-code",), "TEXT", "Ctrl-J types this; `\\n` in it is the Enter key"),
        Option("inject_file", ("--inject-file",), "FILE", "Ctrl-K runs this script on the board"),
        Option(
            "escape_non_printable",
            ("-e", "--escape-non-printable"),
            "",
            "Show what no screen can as the bytes that it is, such as `[1b]`",
        ),
        Option("no_reconnect", ("--no-reconnect",), "", "End with an error when the board goes away"),
    ),
    details=_DETAILS,
)


def run(
    word: str | None,
    *,
    port: str | None,
    password: str | None,
    capture: str | None,
    inject_code: str | None,
    inject_file: str | None,
    escape_non_printable: bool,
    no_reconnect: bool,
) -> None:
    """Connect keyboard and screen with the board."""
    named = named_once(word, port)
    _require_person()
    address = find_address(named)

    from belay.keyboards import open_keyboard
    from belay.reconnecting import Connector
    from belay_cli.boards import ended_by_signals
    from belay_cli.console import words
    from belay_cli.terminal.injecting import read_script
    from belay_cli.terminal.prompt import Keys, be_at_prompt, show_prompt
    from belay_cli.terminal.screen import Screen, Visible
    from belay_cli.terminal.staying import can_come_back, stay_at_prompt

    keys = Keys(code=inject_code, file=inject_file)
    if inject_file is not None:
        read_script(inject_file)  # for its error, while nothing is open yet
    options: dict[str, Any] = {} if password is None else {"password": password}  # Any: keywords
    connector = Connector(address, **options)
    with ended_by_signals(), Screen(capture, Visible() if escape_non_printable else None) as screen:
        with source_told(named):
            link = connector.open()
        try:
            words(_greeting(link, keys))
            with open_keyboard() as keyboard:
                if no_reconnect or not can_come_back(address):
                    show_prompt(link)
                    be_at_prompt(link, keyboard, screen.write, keys=keys, tell=words)
                else:
                    stay_at_prompt(link, connector, keyboard, screen.write, keys=keys, tell=words)
        finally:
            link.close()


def _require_person() -> None:
    if sys.stdin is None or not sys.stdin.isatty():
        raise MisuseError(
            "A terminal needs a keyboard, and stdin is none",
            hint="`belay exec` and `belay run` take code from a program",
        )


def _greeting(link: Link, keys: Keys) -> str:
    parts = [f"Connected to {link.description}", "Ctrl-] leaves"]
    if keys.code is not None:
        parts.append("Ctrl-J types your text")
    if keys.file is not None:
        parts.append(f"Ctrl-K runs `{keys.file}`")
    return "; ".join(parts)
