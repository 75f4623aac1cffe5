"""Read words that are plainly right, without typer: loading that was a third of a short command's time.

Whatever is not plain (help, an unknown option, a missing word, a value that makes no sense, `--`) is left to
typer, which reads by the same `Syntax` and tells what is wrong. For what is plain both say the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from belay_pm.command_line.syntax import Option, Syntax

__all__ = ["read_plain"]


def read_plain(syntax: Syntax, words: Sequence[str]) -> dict[str, Any] | None:  # Any: as parsed
    """Return a value for each parameter of the command's function, or None for words that are not plain."""
    by_name = {name: option for option in syntax.options for name in option.names}
    values = {option.target: _without(option) for option in syntax.options}
    others: list[str] = []
    rest = iter(words)
    for word in rest:
        if word.startswith("-"):
            option = by_name.get(word.partition("=")[0])
            if option is None:
                return None
            try:
                value = _value(option, word, rest)
            except ValueError:
                return None
            if option.metavar and not option.several and values[option.target] is not None:
                return None  # a second value
            values[option.target] = [*values[option.target], value] if option.several else value
        else:
            others.append(word)
            if syntax.options_first:
                others += rest
    return _with_argument(syntax, values, others)


def _without(option: Option) -> Any:  # Any: as parsed
    """Return the value of an option that is not there."""
    if option.several:
        return []
    return None if option.metavar else False


def _value(option: Option, word: str, rest: Iterator[str]) -> Any:  # Any: as parsed
    """Return the value that an option has, here or in the next word.

    Raises:
        ValueError: it has none, or one that is not plain or makes no sense.
    """
    name, equals, text = word.partition("=")
    if not option.metavar:
        if equals:
            raise ValueError(text)
        return True
    if not equals:
        text = next(rest, "-")
        if text.startswith("-"):
            raise ValueError(text)
    elif not name.startswith("--"):
        raise ValueError(word)  # `-p=x`: is the value `x`, or `=x`?
    return option.parse(text)


def _with_argument(
    syntax: Syntax, values: dict[str, Any], others: list[str]
) -> dict[str, Any] | None:  # Any: as parsed
    if syntax.argument is None:
        return None if others else values
    if syntax.argument.several:
        return {**values, syntax.argument.target: others} if others else None
    if len(others) > 1:
        return None
    return {**values, syntax.argument.target: others[0] if others else None}
