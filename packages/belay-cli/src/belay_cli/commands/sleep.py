"""`belay sleep`: wait, as between two commands of a script."""

from __future__ import annotations

from belay_pm.command_line.errors import MisuseError
from belay_pm.command_line.syntax import Argument, Syntax

__all__ = ["SYNTAX", "run"]

SYNTAX = Syntax(
    Argument("seconds", "SECONDS", "How long, such as `0.5`", required=True),
    details="The same on every system, as a board that starts anew needs a moment; Ctrl-C ends it.",
)


_MOST_SECONDS = 2_000_000
"""As for `--timeout`: 23 days."""


def run(seconds: str) -> None:
    """Wait."""
    import time

    from belay_transport.deadlines import LONGEST_WAIT_S

    ends = time.monotonic() + _read(seconds)
    while (left_s := ends - time.monotonic()) > 0:
        time.sleep(min(left_s, LONGEST_WAIT_S))


def _read(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= _MOST_SECONDS:
        raise MisuseError(
            f"SECONDS is a number from 0 to {_MOST_SECONDS}, and it is `{text}`",
            hint="write it as in `belay sleep 0.5`",
        )
    return seconds
