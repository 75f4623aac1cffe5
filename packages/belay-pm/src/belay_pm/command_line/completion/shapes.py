"""What can stand behind the name of a command, as far as completion wants to know it.

Reads a `Syntax` as it is, and has typer read what only typer can.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from belay_pm.command_line.syntax import Syntax
    from belay_pm.command_line.table import Command

__all__ = ["PROGRAM_OPTIONS", "CommandShape", "OptionShape", "WordShape", "read_shape"]


class OptionShape(NamedTuple):
    """An option.

    Attributes:
        names: what is typed.
        metavar: how the help calls its value; "" for none.
        help: what it does.
        choices: the values that it takes, where that is known.
    """

    names: tuple[str, ...]
    metavar: str
    help: str
    choices: tuple[str, ...] = ()

    @property
    def longest(self) -> str:
        """The name that `Asked.options` has it under."""
        return max(self.names, key=len)


class WordShape(NamedTuple):
    """A word that is no option.

    Attributes:
        metavar: how the help calls it.
        is_optional: whether it may be missing.
        repeats: whether more than one of it may come.
    """

    metavar: str
    is_optional: bool
    repeats: bool


class CommandShape(NamedTuple):
    """A command.

    Attributes:
        options: those that it takes.
        words: the words that it takes, in their order.
        options_first: no option stands behind the first word.
        commands: those below it, with their help, by name.
    """

    options: tuple[OptionShape, ...]
    words: tuple[WordShape, ...] = ()
    options_first: bool = False
    commands: Mapping[str, tuple[str, CommandShape]] = {}

    def words_at(self, count: int) -> list[str]:
        """Return what the word behind this many words can be."""
        places = set(self._reachable(0))
        for _ in range(count):
            taken = [place for place in places if place < len(self.words)]
            places = {
                after
                for place in taken
                for next_place in ([place, place + 1] if self.words[place].repeats else [place + 1])
                for after in self._reachable(next_place)
            }
        return [self.words[place].metavar for place in sorted(places) if place < len(self.words)]

    def _reachable(self, place: int) -> Iterator[int]:
        """Give this place, and those behind it that need nothing in between."""
        yield place
        while place < len(self.words) and self.words[place].is_optional:
            place += 1
            yield place


_HELP = OptionShape(("-h", "--help"), "", "Show this message and exit")

PROGRAM_OPTIONS = (
    OptionShape(("-v", "--version"), "", "Show the version and stop"),
    OptionShape(("--install-completion",), "", "Install completion for the current shell"),
    OptionShape(("--show-completion",), "", "Show completion for the current shell"),
    _HELP,
)
"""What stands in front of a command; a test holds it against the help."""


def read_shape(entry: Command) -> CommandShape:
    """Return what a command of a program's table takes; its module is loaded."""
    module: Any = import_module(entry.module)  # Any: a `CommandModule` or a `TyperModule`
    if hasattr(module, "SYNTAX"):
        return _of_syntax(module.SYNTAX)
    from typer.main import get_command  # noqa: PLC0415 - what has a syntax needs no typer

    return _of_typer(get_command(module.app))


def _of_syntax(syntax: Syntax) -> CommandShape:
    options = [OptionShape(option.names, option.metavar, option.help) for option in syntax.options]
    words: tuple[WordShape, ...] = ()
    if syntax.argument is not None:
        words = tuple(_words(syntax.argument.metavar))
        if syntax.argument.several and len(words) == 1:
            words = (words[0]._replace(repeats=True),)
    return CommandShape((*options, _HELP), words, syntax.options_first)


def _of_typer(command: Any) -> CommandShape:  # Any: typer keeps its classes of commands to itself
    options: list[OptionShape] = []
    words: list[WordShape] = []
    for parameter in command.params:
        if parameter.param_type_name == "argument":
            words += _words(parameter.metavar or parameter.name.upper())
        elif not parameter.hidden:
            choices = tuple(map(str, getattr(parameter.type, "choices", ())))
            metavar = "" if parameter.is_flag or parameter.count else parameter.metavar or "VALUE"
            names = (*parameter.opts, *parameter.secondary_opts)
            options.append(OptionShape(names, metavar, parameter.help or "", choices))
    below = {
        name: (each.help or "", _of_typer(each)) for name, each in getattr(command, "commands", {}).items()
    }
    return CommandShape((*options, _HELP), tuple(words), commands=below)


def _words(metavar: str) -> Iterator[WordShape]:
    """Read how a usage line writes words: `[PORT] SCRIPT [ARGUMENT]...`."""
    for piece in metavar.split():
        name = piece.removesuffix("...")
        yield WordShape(name.strip("[]"), is_optional=name.startswith("["), repeats=piece.endswith("..."))
