"""A command's syntax as typer's command.

Knows typer and the values of `syntax`, and runs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperArgument, TyperCommand, TyperOption

if TYPE_CHECKING:
    from collections.abc import Callable

    from belay_pm.command_line.syntax import Option
    from belay_pm.command_line.table import Command, CommandModule

__all__ = ["typer_command", "without_braces"]


def typer_command(entry: Command, module: CommandModule) -> TyperCommand:
    """Return a command as typer has it."""
    syntax = module.SYNTAX
    parameters: list[Any] = [_option(option) for option in syntax.options]  # Any: as typer has them
    if syntax.argument is not None:
        parameters.append(
            TyperArgument(
                param_decls=[syntax.argument.target],
                type=str,
                nargs=-1 if syntax.argument.several else 1,
                required=syntax.argument.must_be_there,
                metavar=syntax.argument.metavar,
                help=syntax.argument.help,
            )
        )
    return TyperCommand(
        entry.name,
        callback=module.run,
        params=parameters,
        help=entry.help,
        epilog=syntax.details,
        context_settings={"allow_interspersed_args": not syntax.options_first},
        rich_markup_mode=None,
    )


def without_braces(command: Any) -> None:  # Any: a command of typer's
    """Have a command's usage show required words as they are typed: braces would read as a choice."""
    for parameter in command.params:
        if isinstance(parameter, TyperArgument):
            parameter.make_metavar = _plain(parameter.make_metavar)  # type: ignore[method-assign] # what typer 0.28 made of it


def _plain(make: Callable[..., str]) -> Callable[..., str]:
    return lambda *words, **options: make(*words, **options).strip("{}")


def _option(option: Option) -> TyperOption:
    names = [option.target, *option.names]
    if not option.metavar:
        return TyperOption(param_decls=names, is_flag=True, default=False, help=option.help)
    return TyperOption(
        param_decls=names,
        type=_parser(option),
        metavar=option.metavar,
        help=option.help,
        multiple=option.several,
    )


def _parser(option: Option) -> Callable[[str], Any]:  # Any: as parsed
    def parse(text: str) -> Any:  # Any: as parsed
        try:
            return option.parse(text)
        except ValueError as error:
            raise typer.BadParameter(str(error)) from error

    return parse
