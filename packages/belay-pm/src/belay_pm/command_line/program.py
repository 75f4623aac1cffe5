"""From the words that were typed to an exit code: choose the command, run it, tell what failed.

Knows the shape of a program, and no command: a command's module is loaded when the command is chosen.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

from belay_pm.command_line import console, usage
from belay_pm.command_line.errors import MisuseError
from belay_pm.command_line.grammar import HELP, parse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from belay_pm.command_line.table import Command, CommandModule, Failure, Program

__all__ = ["run_program"]


def run_program(program: Program, words: Sequence[str]) -> int:
    """Do what the words say.

    Args:
        program: which one.
        words: what was typed behind its name.

    Returns:
        The exit code: 0 done, 1 failed, 2 misuse, or what the command says.

    Raises:
        Exception: what the program's table of failures does not know: a defect, whose traceback is wanted.
    """
    try:
        exit_code = _run(program, words)
        console.flush()
    except (Exception, KeyboardInterrupt) as error:
        failure = _failure(program, error)
        if failure is None:
            raise
        console.fail(failure)
        exit_code = failure.exit_code
    return exit_code


def _run(program: Program, words: Sequence[str]) -> int:
    if not words:
        console.words(usage.program_help(program))
        return 2
    first = words[0]
    if first in ("-h", "--help"):
        console.data(usage.program_help(program))
        return 0
    if first in ("-v", "--version"):
        from importlib.metadata import version  # noqa: PLC0415 - 20 ms that only this option pays

        console.data(f"{program.name} {version(program.distribution)}")
        return 0
    command = _choose(program, first)
    module = cast("CommandModule", import_module(command.module))
    try:
        given = parse(module.GRAMMAR, words[1:])
    except MisuseError as error:
        error.hint = error.hint or f"write it as in `{usage.command_usage(program, command, module.GRAMMAR)}`"
        raise
    if given.flag(HELP.name):
        console.data(usage.command_help(program, command, module.GRAMMAR))
        return 0
    return module.run(given)


def _choose(program: Program, name: str) -> Command:
    for command in program.commands:
        if command.name == name:
            return command
    kind = "an option" if name.startswith("-") else "a command"
    raise MisuseError(f"`{name}` is not {kind} of `{program.name}`", hint=_nearest(program, name))


def _nearest(program: Program, name: str) -> str:
    import difflib  # noqa: PLC0415 - only an error needs it

    near = difflib.get_close_matches(name, [command.name for command in program.commands], n=1)
    if near:
        return f"did you mean `{program.name} {near[0]}`?"
    return f"`{program.name} --help` lists what there is"


def _failure(program: Program, error: BaseException) -> Failure | None:
    rules = program.failures()
    for error_class in type(error).__mro__:
        if error_class in rules:
            return rules[error_class](error)
    return None
