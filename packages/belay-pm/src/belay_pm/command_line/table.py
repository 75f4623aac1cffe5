"""What a program with commands is: values only, so that listing the commands loads none of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import typer

    from belay_pm.command_line.completion.candidates import Sources
    from belay_pm.command_line.syntax import Syntax

__all__ = ["Command", "CommandModule", "Failure", "Program", "TyperModule"]


class Command(NamedTuple):
    """A line of a program's table.

    Attributes:
        name: what is typed.
        module: the name of its module, a `CommandModule` or `TyperModule`, loaded when the command is chosen.
        help: what it does, one sentence without a full stop, at most 60 columns.
    """

    name: str
    module: str
    help: str


class CommandModule(Protocol):
    """What the module of a command has.

    Attributes:
        SYNTAX: the words that it takes.
        run: does it; its parameters are the targets of the syntax.
    """

    SYNTAX: Syntax
    run: Callable[..., None]


class TyperModule(Protocol):
    """What the module of a group of commands has instead, or of a command that only typer can read.

    Attributes:
        app: typer's; its help line is the table's.
    """

    app: typer.Typer


class Failure(NamedTuple):
    """How a failure ends a program.

    Attributes:
        exit_code: 1 failed, 2 misuse, 128 and the signal's number when a signal ended it.
        message: what happened; "" for nothing to say.
        hint: what to type or do next, or None.
        label: what stands before the message, or "" for nothing: a board's traceback says itself what it is.
    """

    exit_code: int
    message: str = ""
    hint: str | None = None
    label: str = "error"


class Program(NamedTuple):
    """A program with commands.

    Attributes:
        name: what is typed: "belay".
        distribution: what was installed: "belay-cli".
        help: what it is, one sentence without a full stop.
        commands: what it can do, in the order of the help.
        failures: error class -> how it is told, None for a defect; the first class that fits, in the order of
            its bases.
        sources: what a word can be, for shells that complete.
    """

    name: str
    distribution: str
    help: str
    commands: tuple[Command, ...]
    failures: Callable[[], Mapping[type[BaseException], Callable[[BaseException], Failure | None]]]
    sources: Callable[[], Sources] = dict
