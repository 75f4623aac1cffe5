"""`belay rtc`: the calendar clock of a board."""

from __future__ import annotations

from belay_cli.targets import ABOUT_PORT, PASSWORD, PORT, named_once
from belay_pm.command_line.syntax import Argument, Option, Syntax

__all__ = ["SYNTAX", "run"]

SYNTAX = Syntax(
    Argument("word", "PORT", "The board's address or alias"),
    options=(
        PORT,
        PASSWORD,
        Option("sets", ("-s", "--set"), "", "Set the clock to the local time of this computer"),
        Option("utc", ("--utc",), "", "With `--set`: to UTC instead"),
        Option("as_json", ("--json",), "", "Print the time as a JSON text"),
    ),
    details=f"""\
Prints what the board's clock says, after it was set if it was; a board knows no time zone.

{ABOUT_PORT}""",
)


def run(
    word: str | None, *, port: str | None, password: str | None, sets: bool, utc: bool, as_json: bool
) -> None:
    """Set the clock if that is asked for, and print it."""
    from datetime import datetime, timezone

    from belay_cli.actions.clock import read_clock, set_clock
    from belay_cli.boards import connected
    from belay_cli.console import data
    from belay_pm.command_line.errors import MisuseError

    if utc and not sets:
        raise MisuseError(
            "`--utc` is given without `--set`", hint="`belay rtc --set --utc` sets the clock to UTC"
        )
    with connected(named_once(word, port), password=password, startup="") as device:
        if sets:
            now = datetime.now(timezone.utc)
            set_clock(device, now if utc else now.astimezone())
        told = read_clock(device).isoformat(" ")
    data(f'"{told}"' if as_json else told)
