"""`belay info`: print what runs on a board."""

from __future__ import annotations

from belay_cli.targets import ABOUT_PORT, PASSWORD, PORT, named_once
from belay_pm.command_line.syntax import Argument, Option, Syntax

__all__ = ["SYNTAX", "run"]

SYNTAX = Syntax(
    Argument("word", "PORT", "The board's address or alias"),
    options=(PORT, PASSWORD, Option("as_json", ("--json",), "", "Print all that is known as JSON")),
    details=ABOUT_PORT,
)


def run(word: str | None, *, port: str | None, password: str | None, as_json: bool) -> None:
    """Ask the board, and print one line, or JSON."""
    from belay_cli.boards import connected
    from belay_cli.console import data

    with connected(named_once(word, port), password=password, startup="") as device:
        facts = device.implementation
    if as_json:
        import json

        data(json.dumps(facts._asdict()))
    else:
        data(f"{facts.name} v{'.'.join(map(str, facts.version))} - {facts.platform}")
