"""An option that takes one value, given several times: refused, where typer drops all values but the last.

Knows typer's commands. typer keeps the classes of its contexts and parsers to itself; they are `Any` here.
"""

from __future__ import annotations

from typing import Any

from typer.core import TyperOption

from belay_pm.command_line.errors import MisuseError

__all__ = ["refuse_repeats"]

_SECRETS = frozenset({"password"})
"""Options whose values are not for a screen."""


def refuse_repeats(command: Any) -> None:  # Any: a command of typer's
    """Have a command refuse an option that takes one value and is there several times."""
    singles = [
        each
        for each in command.params
        if isinstance(each, TyperOption) and not (each.multiple or each.is_flag or each.count)
    ]
    make_parser = command.make_parser

    def make_collecting(context: Any) -> Any:  # Any: see the module's docstring
        for option in singles:
            option.multiple = True  # typer reads it when it makes the parser, which keeps all values then
        try:
            parser = make_parser(context)
        finally:
            for option in singles:
                option.multiple = False
        parse = parser.parse_args

        def parse_args(args: list[str]) -> Any:  # Any: as above
            values, *others = parse(args=args)
            for option in singles:
                name = str(option.name)
                if values.get(name):
                    values[name] = _only(option, values[name], refuses=not context.resilient_parsing)
            return values, *others

        parser.parse_args = parse_args
        return parser

    command.make_parser = make_collecting


def _only(option: TyperOption, given: list[str], *, refuses: bool) -> str:
    if refuses and given[1:]:
        raise _twice(option, given)
    return given[-1]


def _twice(option: TyperOption, given: list[str]) -> MisuseError:
    name = max(option.opts, key=len)
    times, but = ("twice", "one of them") if len(given) == 2 else (f"{len(given)} times", "all but one")  # noqa: PLR2004 - twice
    values = "" if option.name in _SECRETS else f": {' and '.join(f'`{value}`' for value in given)}"
    return MisuseError(
        f"`{name}` is given {times}, and the command takes one{values}", hint=f"leave {but} out"
    )
