"""A program's table as typer's commands: help, completion, and words that are not plainly right.

Knows typer and the table, and no command; a command's module is loaded when the command is chosen.
typer keeps the class of its contexts to itself; they are `Any` here.
"""

from __future__ import annotations

from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer
from typer import _completion_shared as typer_scripts  # what it writes for `--install-completion`
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from belay_pm.command_line import console
from belay_pm.command_line.completion.scripts import SCRIPTS
from belay_pm.command_line.errors import CommandError, MisuseError
from belay_pm.command_line.failures import MISUSE
from belay_pm.command_line.once import refuse_repeats
from belay_pm.command_line.translating import typer_command, without_braces
from belay_pm.near import near_miss

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from belay_pm.command_line.table import Command, CommandModule, Program, TyperModule

__all__ = ["CommandGroup", "ListedCommand", "command_group", "run_words"]

_WordsError: type[Exception] = typer.BadParameter.__mro__[1]
"""What typer raises for words that make no sense.

Its `UsageError`, the base of the one such class that it makes public; `typer.TyperException` came with 0.28.
"""


class _EndedError(Exception):
    """Carries an error, or Ctrl-C, past typer, which ends Ctrl-C, EOFError and EPIPE in a way of its own.

    But Ctrl-C is to be told, and an OSError may be that of a program on a board, whatever its number.
    """

    def __init__(self, error: BaseException) -> None:
        super().__init__(error)
        self.error = error


def run_words(program: Program, words: Sequence[str]) -> int:
    """Do what the words say.

    Args:
        program: which one.
        words: what was typed behind its name.

    Returns:
        The exit code that the command chose, else 0; 2 for a group of commands without one, whose help is
        printed.

    Raises:
        MisuseError: the words make no sense; the hint is how they are written.
        Exception: whatever ended the command.
        KeyboardInterrupt: Ctrl-C did.
        SystemExit: completion was asked for.
    """
    try:
        exit_code = _group(program).main(list(words), prog_name=program.name, standalone_mode=False)
    except _WordsError as error:
        raise _misuse(error) from error
    except _EndedError as carried:
        ended = carried
    else:
        return exit_code if isinstance(exit_code, int) else 0
    raise ended.error  # out here, so that its own cause and context stay


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
        command = self._loaded()
        try:
            with _printing():
                return command.make_context(info_name, args, parent, **extra)
        except _WordsError as error:
            wrong: Any = error  # Any: typer keeps the class to itself
            if wrong.ctx is None:  # of an option without its value
                wrong.ctx = command.context_class(command, parent, info_name)
            raise

    def _loaded(self) -> Any:  # Any: a command or a group of typer's
        module = import_module(self._entry.module)
        command: Any  # Any: as above
        if hasattr(module, "SYNTAX"):
            command = typer_command(self._entry, cast("CommandModule", module))
        else:
            command = get_command(cast("TyperModule", module).app)
            command.help = self._entry.help
        members = getattr(command, "commands", {}).values()
        for each in members:
            line, _, more = (each.help or "").partition("\n")  # the first of a docstring is whole in a list
            each.short_help = line.removesuffix(".")
            each.help = each.short_help + (f"\n{more}" if more else "")
        for each in (command, *members):
            each.epilog = console.spoken(each.epilog or "")
            refuse_repeats(each)
            without_braces(each)
        return command


class CommandGroup(TyperGroup):
    """Commands; a mistyped one is told with the one that is spelt most like it.

    Errors leave it as `_EndedError`.
    """

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

    def _nearest(self, ctx: Any, name: str) -> str:  # Any: see the module's docstring
        near = near_miss(name, self.commands)
        if near is not None:
            return f"did you mean `{ctx.command_path} {near}`?"
        return f"`{ctx.command_path} --help` lists what there is"

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: Any = None,  # Any: see the module's docstring
        **extra: Any,  # Any: typer's settings of a context
    ) -> Any:  # Any: see the module's docstring
        """Understand the words in front of a command, which may ask for help."""
        with _errors_carried(), _printing():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: Any) -> Any:  # Any: see the module's docstring
        """Run the command that was chosen."""
        with _errors_carried():
            result = super().invoke(ctx)
            console.flush()
        return result


@contextmanager
def _errors_carried() -> Iterator[None]:
    try:
        yield
    except (typer.Exit, _WordsError, _EndedError):
        raise
    except typer.Abort as error:
        raise _EndedError(KeyboardInterrupt()) from error  # Ctrl-C at a question of typer's
    except (Exception, KeyboardInterrupt) as error:
        raise _EndedError(error) from error


@contextmanager
def _printing() -> Iterator[None]:
    """In the block typer prints what it was asked for itself: help, version, completion."""
    try:
        with console.writing():
            try:
                yield
            except OSError as error:
                if error.filename is None:
                    raise
                # Completion is written into files of the shell's.
                raise CommandError(f"Writing `{error.filename}` failed: {error.strerror}") from error
    except typer.Exit:
        console.require_stdout()  # without one, typer printed nothing
        raise


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
    # typer's own scripts lose what is quoted or behind a colon; where each belongs it knows well.
    typer_scripts._completion_scripts.update(SCRIPTS)  # noqa: SLF001 - it has no public place for them
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
    _require_command(context)


def command_group() -> typer.Typer:
    """Return a group for the commands of a command such as `belay fs`; it refuses words as a program does."""
    app = typer.Typer(
        cls=CommandGroup, invoke_without_command=True, rich_markup_mode=None, add_completion=False
    )
    app.callback()(_require_command)
    return app


def _require_command(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        console.words(context.get_help())
        raise typer.Exit(MISUSE)


def _misuse(error: Any) -> MisuseError:  # Any: a `_WordsError`, whose class typer keeps to itself
    """Return what typer says of words that make no sense, and how they are written."""
    hint = None
    if error.ctx is not None:
        usage = " ".join([error.ctx.command_path, *error.ctx.command.collect_usage_pieces(error.ctx)])
        hint = f"write it as in `{usage}`"
        if getattr(error, "possibilities", True) in ([], None):  # an option that resembles none may be none
            hint += ", with `--` in front of a word that begins with a dash"
    return MisuseError(error.format_message().rstrip("."), hint=hint)
