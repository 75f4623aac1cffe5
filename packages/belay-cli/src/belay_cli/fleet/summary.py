"""What came of each board: in one line, in one table, and as values for `--json`.

Knows outcomes and words, and no board.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from belay_pm.command_line.counting import counted
from belay_pm.command_line.failures import FAILED
from belay_pm.command_line.table import Failure
from belay_pm.command_line.tables import table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["INTERRUPTED", "LEFT", "Done", "Report", "facts", "short", "summary"]

_TITLES = ("BOARD", "DONE", "BYTES", "SECONDS", "FAILURE")
_NOTHING = "-"
_NOT_BEGUN = "not begun"

INTERRUPTED = Failure(FAILED, "interrupted", label="")
"""Of a board on which somebody ended the work."""

LEFT = Failure(FAILED, "left before it ended", label="")
"""Of a board whose end nobody waited for: a program that catches Ctrl-C may run there still."""


class Done(NamedTuple):
    """What was done on a board.

    Attributes:
        words: in a few words, for the table.
        size_bytes: what was sent, or would be; None where nobody counts.
        lines: data about it, for stdout.
        facts: the same for `--json`.
    """

    words: str
    size_bytes: int | None = None
    lines: str = ""
    facts: Mapping[str, object] | None = None


class Report(NamedTuple):
    """What came of a board.

    Attributes:
        seconds: how long it took, opening and leaving it as well.
        done: None when it failed.
        failure: None when it did not.
    """

    seconds: float
    done: Done | None = None
    failure: Failure | None = None


def short(report: Report) -> str:
    """Return what came of a board, for its line."""
    if report.failure is INTERRUPTED:
        return f"interrupted after {report.seconds:.2f} s"
    if report.done is None:
        return f"failed after {report.seconds:.2f} s: {_reason(report)}"
    size = "" if report.done.size_bytes is None else f", {counted(report.done.size_bytes, 'byte')}"
    return f"{report.done.words}{size}, in {report.seconds:.2f} s"


def summary(names: Sequence[str], reports: Sequence[Report | None]) -> str:
    """Return the table of all boards; those without a report were not begun."""
    return table(_TITLES, [_row(name, report) for name, report in zip(names, reports, strict=True)])


def facts(name: str, report: Report | None) -> dict[str, object]:
    """Return an object for `--json`: the board, why it failed or None, and what the command has for one.

    One without a report was not begun, and that is its failure.
    """
    if report is None:
        return {"board": name, "failure": _NOT_BEGUN}
    known = dict(report.done.facts or {}) if report.done else {}
    return {"board": name, "failure": _whole(report) if report.failure else None, **known}


def _row(name: str, report: Report | None) -> tuple[str, ...]:
    if report is None:
        return (name, _NOTHING, _NOTHING, _NOTHING, _NOT_BEGUN)
    seconds = f"{report.seconds:.2f}"
    if report.done is None:
        return (name, _NOTHING, _NOTHING, seconds, _reason(report))
    size = report.done.size_bytes
    return (name, report.done.words, _NOTHING if size is None else str(size), seconds, _NOTHING)


def _reason(report: Report) -> str:
    """Return why in one line: of a board's traceback the last, of everything else the first."""
    lines = _whole(report).splitlines()
    is_traceback = report.failure is not None and not report.failure.label
    return lines[-1 if is_traceback else 0]


def _whole(report: Report) -> str:
    if report.failure is None:
        return ""
    return report.failure.message or f"exit code {report.failure.exit_code}"
