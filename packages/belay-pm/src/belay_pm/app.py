"""The `belay-pm` command: what it is called, what it can do, how its failures are told."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from belay_pm.command_line.completion.answering import answer
from belay_pm.command_line.memory import let_collector_sleep
from belay_pm.command_line.table import Program
from belay_pm.commands import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from belay_pm.command_line.completion.candidates import Sources
    from belay_pm.command_line.table import Failure

__all__ = ["PROGRAM", "main", "run"]


def _failures() -> Mapping[type[BaseException], Callable[[BaseException], Failure | None]]:
    from belay_pm.command_line.failures import MISUSE, RULES, told  # noqa: PLC0415 - only a failure needs it
    from belay_pm.errors import ArgumentError, PackageError  # noqa: PLC0415 - as above

    return {**RULES, ArgumentError: told(MISUSE), PackageError: told()}


def _sources() -> Sources:
    from belay_pm.completing import SOURCES  # noqa: PLC0415 - only a shell that completes needs it

    return SOURCES


PROGRAM = Program(
    name="belay-pm",
    distribution="belay-pm",
    help="Manage the packages of a MicroPython project",
    commands=COMMANDS,
    failures=_failures,
    sources=_sources,
)


def run(words: Sequence[str]) -> int:
    """Do what the words behind `belay-pm` say, and return the exit code."""
    from belay_pm.command_line.program import run_program  # noqa: PLC0415 - reading the table needs no typer

    return run_program(PROGRAM, words)


def main() -> None:
    """Run the command that was typed, and end the process with its exit code."""
    let_collector_sleep()
    if answer(PROGRAM):
        return
    sys.exit(run(sys.argv[1:]))
