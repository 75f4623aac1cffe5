"""A table of commands as typer's group: a command's module is loaded when the command is chosen.

Knows typer and the table, and no command.
typer keeps the class of its contexts to itself; they are `Any` here.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from belay_pm.command_line import console
from belay_pm.command_line.errors import MisuseError

if TYPE_CHECKING:
    from belay_pm.command_line.table import Command, CommandModule

__all__ = ["CommandEndedError", "CommandGroup", "ListedCommand", "WordsError"]

WordsError: type[Exception] = typer.BadParameter.__mro__[1]
"""What typer raises for words that make no sense.

Its `UsageError`, the base of the one such class that it makes public; `typer.TyperException` came with 0.28.
"""


class CommandEndedError(Exception):
    """An error, or Ctrl-C, ended a command.

    Attributes:
        error: what it was.
    """

    def __init__(self, error: BaseException) -> None:
        super().__init__(error)
        self.error = error


class ListedCommand(TyperCommand):
    """A line of the table: help and completion list it, and whoever chooses it gets the command itself.

    Args:
        entry: the line.
    """

    def __init__(self, entry: Command) -> None:
        super().__init__(entry.name, help=entry.help, short_help=entry.help, rich_markup_mode=None)
        self._entry = entry

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: Any = None,  # Any: see the module's docstring
        **extra: Any,  # Any: typer's settings of a context
    ) -> Any:  # Any: see the module's docstring
        """Load the command, and understand its words."""
        module = cast("CommandModule", import_module(self._entry.module))
        command = get_command(module.app)
        command.help = self._entry.help
        return command.make_context(info_name, args, parent, **extra)


class CommandGroup(TyperGroup):
    """A program's commands; errors leave it as `CommandEndedError`."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # Any: see the module's docstring
        """Find the command that the first word names.

        Raises:
            MisuseError: there is none.
        """
        if args[0] not in self.commands and not ctx.resilient_parsing:
            raise MisuseError(
                f"`{args[0]}` is not a command of `{ctx.command_path}`", hint=self._nearest(ctx, args[0])
            )
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: Any) -> Any:  # Any: see the module's docstring
        """Run the command that was chosen."""
        try:
            result = super().invoke(ctx)
            console.flush()
        except (typer.Exit, WordsError):
            raise
        except (Exception, KeyboardInterrupt) as error:
            # typer ends Ctrl-C, EOFError and EPIPE in a way of its own; but Ctrl-C is to be told, and an
            # OSError may be that of a program on a board, whatever its number.
            raise CommandEndedError(error) from error
        return result

    def _nearest(self, ctx: Any, name: str) -> str:  # Any: see the module's docstring
        import difflib  # noqa: PLC0415 - only an error needs it

        near = difflib.get_close_matches(name, self.commands, n=1)
        if near:
            return f"did you mean `{ctx.command_path} {near[0]}`?"
        return f"`{ctx.command_path} --help` lists what there is"
