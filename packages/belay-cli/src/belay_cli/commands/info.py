"""`belay info`: print what runs on a board."""

from __future__ import annotations

from typing import Any

from belay_cli.fleet.choice import ABOUT_FLEETS, FLEET, Choice
from belay_cli.targets import ABOUT_PORT, PASSWORD, named_once
from belay_pm.command_line.syntax import Argument, Option, Syntax

__all__ = ["SYNTAX", "run"]

SYNTAX = Syntax(
    Argument("word", "PORT", "The board's address or alias"),
    options=(*FLEET, PASSWORD, Option("as_json", ("--json",), "", "Print all that is known as JSON")),
    details=f"{ABOUT_PORT}\n\n{ABOUT_FLEETS}",
)


def run(
    word: str | None,
    *,
    password: str | None,
    as_json: bool,
    **boards: Any,  # Any: the fields of `Choice`
) -> None:
    """Ask the board, and print one line, or JSON."""
    from belay_cli.boards import connected
    from belay_cli.console import data

    choice = Choice(**boards)
    if choice.is_many:
        from belay_cli.fleet.jobs import info_job
        from belay_cli.fleet.muster import muster

        choice.check(word)
        muster(choice, info_job(), password=password, as_json=as_json)
        return
    with connected(named_once(word, choice.port), password=password, startup="") as device:
        facts = device.implementation
    if as_json:
        import json

        data(json.dumps(facts._asdict()))
    else:
        data(f"{facts.name} v{'.'.join(map(str, facts.version))} - {facts.platform}")
