"""From the words that were typed to an exit code: a program's table, its command run, its failures told.

Knows the shape of a program, and no command. Words that are plainly right need no typer, and do not load it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from belay_pm.command_line import console
from belay_pm.command_line.plain import read_plain

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from belay_pm.command_line.table import Program

__all__ = ["run_program", "tell_failure"]


def run_program(program: Program, words: Sequence[str]) -> int:
    """Do what the words say.

    Args:
        program: which one.
        words: what was typed behind its name.

    Returns:
        The exit code: 0 done, 1 failed, 2 misuse, or what the command says.

    Raises:
        Exception: what the program's table of failures does not know: a defect, whose traceback is wanted.
        SystemExit: completion was asked for.
    """
    console.speak_as(program.name)
    try:
        chosen = _plainly_chosen(program, words)
        if chosen is None:
            from belay_pm.command_line.group import run_words  # noqa: PLC0415 - see the module's docstring

            return run_words(program, words)
        chosen()
        console.flush()
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - what no rule fits is raised again
        return tell_failure(program, error)
    return 0


def _plainly_chosen(program: Program, words: Sequence[str]) -> Callable[[], None] | None:
    """Return the command with its words, or None when they are for typer to read."""
    if not words:
        return None
    for entry in program.commands:
        if entry.name == words[0]:
            break
    else:
        return None
    module = import_module(entry.module)
    syntax = getattr(module, "SYNTAX", None)
    values = None if syntax is None else read_plain(syntax, words[1:])
    return None if values is None else lambda: module.run(**values)


def tell_failure(program: Program, error: BaseException) -> int:
    """Tell what went wrong, and return the exit code; what the program's table does not know is raised."""
    from belay_pm.command_line.failures import failure_for  # noqa: PLC0415 - only a failure needs it

    failure = failure_for(program.failures(), error)
    if failure is None:
        raise error
    console.fail(failure)
    return failure.exit_code
