"""What a test gives a simulated board, checked before it goes to the launcher: the errors that name it.

This room knows types and ranges, no board.
"""

from __future__ import annotations

import operator

from belay_transport.errors import ArgumentTypeError, ArgumentValueError

__all__ = ["to_bytes", "to_identifier", "to_level", "to_number", "to_seconds"]


def to_number(name: str, value: object, *, least: int | None = None) -> int:
    """Return a whole number.

    Args:
        name: what the caller calls the argument.
        value: what was given.
        least: the smallest that will do; None for any.

    Raises:
        ArgumentTypeError: it is no whole number.
        ArgumentValueError: it is too small.
    """
    try:
        number = operator.index(value)  # type: ignore[arg-type] # whether it can is the question
    except TypeError as error:
        raise ArgumentTypeError(f"`{name}` must be an int, not {_shown(value)}") from error
    if least is not None and number < least:
        raise ArgumentValueError(f"`{name}` must be {least} or more, not {number}")
    return number


def to_level(value: object) -> int:
    """Return a pin's level.

    Raises:
        ArgumentTypeError: it is no number.
        ArgumentValueError: it is neither 0 nor 1.
    """
    level = to_number("level", value)
    if level not in {0, 1}:
        raise ArgumentValueError(f"a pin is 0 or 1, not {level}")
    return level


def to_bytes(name: str, value: object) -> bytes:
    """Return bytes; a number is none, although `bytes` would make zeros of it.

    Raises:
        ArgumentTypeError: it is something else.
    """
    try:
        if not isinstance(value, int | str):
            return bytes(value)  # type: ignore[call-overload, no-any-return] # whether it can is the question
    except (TypeError, ValueError) as error:
        raise ArgumentTypeError(f"`{name}` must be bytes, not {_shown(value)}") from error
    raise ArgumentTypeError(f"`{name}` must be bytes, not {_shown(value)}")


def to_identifier(name: str, value: object) -> int | str:
    """Return the number or the name of a pin or a bus.

    Raises:
        ArgumentTypeError: it is neither.
    """
    return value if isinstance(value, str) else _to_place(name, value)


def to_seconds(name: str, value: object) -> float:
    """Return a time to wait.

    Raises:
        ArgumentTypeError: it is no number.
        ArgumentValueError: it is less than 0, or more than a year.
    """
    if not isinstance(value, int | float):
        raise ArgumentTypeError(f"`{name}` must be a number of seconds, not {_shown(value)}")
    if not 0 <= value <= _LONGEST_S:
        raise ArgumentValueError(f"`{name}` must be 0 to {_LONGEST_S} seconds, not {value!r}")
    return value


_LONGEST_S = 366 * 24 * 3600
_SHOWN_CHARACTERS = 60  # of a value in a message


def _to_place(name: str, value: object) -> int:
    try:
        return operator.index(value)  # type: ignore[arg-type] # whether it can is the question
    except TypeError as error:
        raise ArgumentTypeError(f"`{name}` must be a number or a name, not {_shown(value)}") from error


def _shown(value: object) -> str:
    text = repr(value)
    if len(text) > _SHOWN_CHARACTERS:
        text = f"{text[: _SHOWN_CHARACTERS - 1]}…"
    return f"{text} ({type(value).__name__})"
