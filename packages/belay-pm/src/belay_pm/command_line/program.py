"""From the words that were typed to an exit code: a program's table, run by typer, its failures told.

Knows the shape of a program, and no command.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from typer.main import get_command

from belay_pm.command_line import console
from belay_pm.command_line.group import CommandEndedError, CommandGroup, ListedCommand, WordsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from belay_pm.command_line.table import Program

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
        SystemExit: completion was asked for, or the reader of a help has gone.
    """
    try:
        exit_code = _group(program).main(list(words), prog_name=program.name, standalone_mode=False)
    except CommandEndedError as ended:
        return _tell(program, ended.error)
    except WordsError as error:
        return _tell(program, error)
    return exit_code if isinstance(exit_code, int) else 0


def _group(program: Program) -> CommandGroup:
    """Return the program as typer has it."""
    app = typer.Typer(
        cls=CommandGroup,
        help=program.help,
        epilog=f"`{program.name} COMMAND --help` tells more about a command"
        if program.commands
        else "There are no commands yet: they come with the next versions",
        context_settings={"help_option_names": ["-h", "--help"], "obj": program},
        invoke_without_command=True,
        rich_markup_mode=None,
    )
    app.callback()(_start)
    group = get_command(app)
    assert isinstance(group, CommandGroup)
    for entry in program.commands:
        group.add_command(ListedCommand(entry))
    return group


def _show_version(context: typer.Context, wanted: bool) -> None:  # noqa: FBT001 - typer calls it so
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415 - 20 ms that only this option pays

        console.data(f"{context.obj.name} {version(context.obj.distribution)}")
        raise typer.Exit


def _start(
    context: typer.Context,
    *,
    version: Annotated[
        bool,
        typer.Option(
            "-v", "--version", callback=_show_version, is_eager=True, help="Show the version and stop"
        ),
    ] = False,
) -> None:
    del version  # its callback has done all
    if context.invoked_subcommand is None:
        console.words(context.get_help())
        raise typer.Exit(2)


def _tell(program: Program, error: BaseException) -> int:
    """Tell what went wrong, and return the exit code."""
    rules = program.failures()
    for error_class in type(error).__mro__:
        if error_class in rules:
            failure = rules[error_class](error)
            console.fail(failure)
            return failure.exit_code
    raise error
