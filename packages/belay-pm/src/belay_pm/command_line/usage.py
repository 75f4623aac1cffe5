"""What help says: of a program, of a command.

Pure text, drawn from the same tables that parse the words. Not wrapped: the tables are written narrow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay_pm.command_line.grammar import HELP

if TYPE_CHECKING:
    from collections.abc import Iterable

    from belay_pm.command_line.grammar import Argument, Grammar, Option
    from belay_pm.command_line.table import Command, Program

__all__ = ["command_help", "command_usage", "program_help"]

_VERSION_LINE = ("-v, --version", "Show the version and stop")
_HELP_LINE = ("-h, --help", HELP.help)


def program_help(program: Program) -> str:
    """Return the help of a program: its usage, what it is, its commands."""
    commands = [(command.name, command.help) for command in program.commands]
    return "\n\n".join(
        [
            f"Usage: {program.name} COMMAND ...",
            program.help,
            _section("Commands", commands) if commands else "There are no commands yet",
            _section("Options", [_VERSION_LINE, _HELP_LINE]),
            f"`{program.name} COMMAND --help` tells more about a command"
            if commands
            else "Commands come with the next versions",
        ]
    )


def command_help(program: Program, command: Command, grammar: Grammar) -> str:
    """Return the help of a command: its usage, what it does, its words and options."""
    parts = [f"Usage: {command_usage(program, command, grammar)}", command.help]
    if grammar.arguments:
        parts.append(
            _section("Arguments", [(argument.name, argument.help) for argument in grammar.arguments])
        )
    parts.append(_section("Options", [(_names(option), option.help) for option in (*grammar.options, HELP)]))
    if grammar.details:
        parts.append(grammar.details)
    return "\n\n".join(parts)


def command_usage(program: Program, command: Command, grammar: Grammar) -> str:
    """Return how a command is written: "belay exec [OPTIONS] [PORT] CODE"."""
    return " ".join(
        [
            f"{program.name} {command.name} [OPTIONS]",
            *(_placeholder(argument) for argument in grammar.arguments),
        ]
    )


def _placeholder(argument: Argument) -> str:
    name = f"{argument.name}..." if argument.repeated else argument.name
    return name if argument.required else f"[{name}]"


def _names(option: Option) -> str:
    short = f"{option.short}, " if option.short else "    "
    return f"{short}{option.name} {option.value}".rstrip()


def _section(title: str, lines: Iterable[tuple[str, str]]) -> str:
    rows = list(lines)
    width = max(len(name) for name, _ in rows)
    return "\n".join([f"{title}:", *(f"  {name:<{width}}  {text}" for name, text in rows)])
