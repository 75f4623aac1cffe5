"""Whether an argument is what it must be: the errors that name it, its value and its type.

This room knows types and numbers, no board and no function that takes the arguments.
"""

from __future__ import annotations

import math
import os

from belay_transport.errors import ArgumentTypeError, ArgumentValueError

__all__ = [
    "check_bytes",
    "check_flag",
    "check_function",
    "check_iterable",
    "check_number",
    "check_path",
    "check_seconds",
    "check_text",
]

_SHOWN_CHARACTERS = 60  # of a value in a message

MOST_SECONDS = 2_000_000
"""`poll` waits no longer than 2**31 ms, Windows for a lock 2**32; who means "for ever" says None."""


def check_text(name: str, value: object, *, optional: bool = False, hint: str | None = None) -> None:
    """Refuse what is no str.

    Args:
        name: what the caller calls the argument.
        value: what was given.
        optional: whether None will do.
        hint: what to write instead.

    Raises:
        ArgumentTypeError: it is something else.
    """
    if not (isinstance(value, str) or (optional and value is None)):
        raise ArgumentTypeError(
            f"`{name}` must be a str{' or None' * optional}, not {_shown(value)}", hint=hint
        )


def check_bytes(name: str, value: object) -> None:
    """Refuse what is no bytes-like object: `bytes(5)` would be five zeros; arguments as for `check_text`.

    Raises:
        ArgumentTypeError: it is something else.
    """
    if not isinstance(value, (bytes, bytearray, memoryview)):
        raise ArgumentTypeError(f"`{name}` must be bytes, not {_shown(value)}")


def check_iterable(name: str, value: object, *, hint: str | None = None) -> None:
    """Refuse what has no items; arguments as for `check_text`.

    Raises:
        ArgumentTypeError: it cannot be iterated.
    """
    try:
        iter(value)  # type: ignore[call-overload] # whether it can is the question
    except TypeError as error:
        raise ArgumentTypeError(f"`{name}` must be iterable, not {_shown(value)}", hint=hint) from error


def check_path(name: str, value: object) -> None:
    """Refuse what can be no path of this computer; arguments as for `check_text`.

    Raises:
        ArgumentTypeError: it is neither a str nor a path object.
        ArgumentValueError: it is empty, or holds a NUL.
    """
    path = os.fspath(value) if isinstance(value, os.PathLike) else value
    if not isinstance(path, str):
        raise ArgumentTypeError(f"`{name}` must be a path, not {_shown(value)}")
    if not path:
        raise ArgumentValueError(f"`{name}` is empty", hint="the current folder is `.`")
    if "\0" in path:
        raise ArgumentValueError(f"`{name}` is {path!r}, and a path holds no NUL")


def check_number(name: str, value: object, *, least: int | None = None, most: int | None = None) -> None:
    """Refuse what is no int, less than `least` or more than `most`; arguments as for `check_text`.

    Raises:
        ArgumentTypeError: it is no int.
        ArgumentValueError: it is too small, or too large.
    """
    if not isinstance(value, int) or isinstance(value, bool):
        raise ArgumentTypeError(f"`{name}` must be an int, not {_shown(value)}")
    if least is not None and value < least:
        raise ArgumentValueError(f"`{name}` must be {least} or more, not {value}")
    if most is not None and value > most:
        raise ArgumentValueError(f"`{name}` must be at most {most}, not {value}")


def check_flag(name: str, value: object) -> None:
    """Refuse what is neither True nor False; arguments as for `check_text`.

    Raises:
        ArgumentTypeError: it is something else.
    """
    if not (isinstance(value, int) and value in {0, 1}):
        raise ArgumentTypeError(f"`{name}` must be True or False, not {_shown(value)}")


def check_function(name: str, value: object, *, hint: str | None = None) -> None:
    """Refuse what is neither callable nor None; arguments as for `check_text`.

    Raises:
        ArgumentTypeError: it is something else.
    """
    if value is not None and not callable(value):
        raise ArgumentTypeError(f"`{name}` must be a function or None, not {_shown(value)}", hint=hint)


def check_seconds(name: str, value: object, *, optional: bool = True) -> None:
    """Refuse what is no time to wait, in seconds; arguments as for `check_text`.

    Raises:
        ArgumentTypeError: it is no number.
        ArgumentValueError: it is not more than 0, not finite, or more than a system can wait for.
    """
    if optional and value is None:
        return
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise ArgumentTypeError(
            f"`{name}` must be a number of seconds{' or None' * optional}, not {_shown(value)}"
        )
    if value > MOST_SECONDS and math.isfinite(value):
        raise ArgumentValueError(
            f"`{name}` must be at most {MOST_SECONDS} seconds, which are 23 days, not {value!r}",
            hint="None waits for ever" if optional else None,
        )
    if not (value > 0 and math.isfinite(value)):
        raise ArgumentValueError(
            f"`{name}` must be more than 0 seconds, and finite, not {value!r}",
            hint="None waits for ever" if optional else None,
        )


def _shown(value: object) -> str:
    text = repr(value)
    if len(text) > _SHOWN_CHARACTERS:
        text = f"{text[: _SHOWN_CHARACTERS - 1]}…"
    return f"{text} ({type(value).__name__})"
