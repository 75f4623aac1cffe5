"""`belay info`: print what runs on a board."""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay_cli.targets import ABOUT_PORT, BOARD_OPTIONS, PORT, split_port
from belay_pm.command_line.grammar import Grammar, Option

if TYPE_CHECKING:
    from belay_pm.command_line.grammar import Given

__all__ = ["GRAMMAR", "run"]

GRAMMAR = Grammar(
    arguments=(PORT,),
    options=(*BOARD_OPTIONS, Option("--json", "Print all that is known as JSON")),
    details=ABOUT_PORT,
)


def run(given: Given) -> int:
    """Ask the board, and print one line, or JSON."""
    from belay_cli.boards import connected
    from belay_cli.console import data

    named, _ = split_port(given, others=0)
    with connected(given, named, startup="") as device:
        facts = device.implementation
    if given.flag("--json"):
        import json

        data(json.dumps(facts._asdict()))
    else:
        data(f"{facts.name} v{'.'.join(map(str, facts.version))} - {facts.platform}")
    return 0
