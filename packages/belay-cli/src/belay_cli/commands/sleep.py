"""`belay sleep`: wait, in scripts that must run where a shell has no such command."""

from __future__ import annotations

from belay_pm.command_line.errors import MisuseError
from belay_pm.command_line.syntax import Argument, Syntax

__all__ = ["SYNTAX", "run"]

_MOST_SECONDS = 2_000_000
"""23 days: more than any script means, and less than what systems can wait for."""

SYNTAX = Syntax(
    Argument("seconds", "SECONDS", "How long, such as `0.5`"),
    details="No board is needed. Ctrl-C ends it.",
)


def run(seconds: str | None) -> None:
    """Wait."""
    import time

    if seconds is None:
        raise MisuseError("`SECONDS` is missing", hint="write it as in `belay sleep 0.5`")
    try:
        wanted = float(seconds)
    except ValueError:
        wanted = -1.0
    if not 0 <= wanted <= _MOST_SECONDS:
        raise MisuseError(
            f"`{seconds}` is no number of seconds from 0 to {_MOST_SECONDS}",
            hint="write it as in `belay sleep 0.5`",
        )
    time.sleep(wanted)
