"""`belay-pm run`: run a program that finds the packages of the project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay_pm.command_line.syntax import Argument, Syntax

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["SYNTAX", "run"]

_DETAILS = """\
`MICROPYPATH` has the current folder, the modules of the interpreter, and the packages of all groups, so
`belay-pm run micropython main.py` imports what `main.py` would import on a board.
Everything behind PROGRAM belongs to it, options too; its exit code is ours.
"""

SYNTAX = Syntax(
    Argument("words", "PROGRAM [ARGUMENT]...", "A program on the `PATH`, or a path", several=True),
    details=_DETAILS,
    options_first=True,
)


def run(words: Sequence[str]) -> None:
    """Run it, and end with its exit code."""
    from belay_pm.command_line.errors import ProgramEndedError
    from belay_pm.commands.getting import project_here
    from belay_pm.running import run_program
    from belay_pm.store import Store

    exit_code = run_program(project_here(), Store(), words)
    if exit_code:
        raise ProgramEndedError(exit_code)
