"""`belay sleep`: wait, as between two commands of a script."""

from __future__ import annotations

from belay_pm.command_line.errors import MisuseError
from belay_pm.command_line.syntax import Argument, Syntax

__all__ = ["SYNTAX", "run"]

SYNTAX = Syntax(
    Argument("seconds", "SECONDS", "How long, such as `0.5`"),
    details="The same on every system, as a board that starts anew needs a moment; Ctrl-C ends it.",
)


_MOST_SECONDS = 2_000_000
"""As for `--timeout`: 23 days."""


def run(seconds: str | None) -> None:
    """Wait."""
    import time

    from belay_transport.deadlines import LONGEST_WAIT_S

    ends = time.monotonic() + _read(seconds)
    while (left_s := ends - time.monotonic()) > 0:
        time.sleep(min(left_s, LONGEST_WAIT_S))


def _read(text: str | None) -> float:
    try:
        seconds = float(text or "")
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= _MOST_SECONDS:
        said = "nothing is given" if text is None else f"it is `{text}`"
        raise MisuseError(
            f"SECONDS is a number from 0 to {_MOST_SECONDS}, and {said}",
            hint="write it as in `belay sleep 0.5`",
        )
    return seconds
