"""Calls as board code: the one line that calls a function, starts a thread, or assigns globals.

This room writes text; it sends nothing. Values are written by `belay.values`.
"""

from __future__ import annotations

from keyword import iskeyword
from typing import TYPE_CHECKING

from belay.exceptions import BoardException, UnsendableValueError
from belay.values import BUILTINS, encode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["assignments", "call_text", "exception_text", "shorten", "thread_text"]

_SHOWN_CHARACTERS = 60  # of a call in a message: enough to know it by, short enough for one line

_BOARD_EXCEPTIONS = frozenset(
    {
        "ArithmeticError",
        "AssertionError",
        "AttributeError",
        "BaseException",
        "EOFError",
        "Exception",
        "GeneratorExit",
        "ImportError",
        "IndentationError",
        "IndexError",
        "KeyError",
        "KeyboardInterrupt",
        "LookupError",
        "MemoryError",
        "NameError",
        "NotImplementedError",
        "OSError",
        "OverflowError",
        "RuntimeError",
        "StopIteration",
        "SyntaxError",
        "SystemExit",
        "TypeError",
        "UnicodeError",
        "ValueError",
        "ZeroDivisionError",
    }
)
"""Exceptions that every MicroPython has. Source: MicroPython `py/modbuiltins.c`."""


def call_text(
    name: str,
    args: Sequence[object],
    kwargs: Mapping[str, object],
    *,
    board: object = None,
    label: str = "",
) -> str:
    """Write the call of a board function.

    Args:
        name: the function, or the expression for it.
        args: positional arguments.
        kwargs: keyword arguments.
        board: where it will run; None: wherever.
        label: what messages call the function; "" for its name.

    Raises:
        UnsendableValueError: an argument cannot travel; it says which.
    """
    values, words = _encoded(args, kwargs, label or name, board=board)
    for key, word in words.items():
        values.append(f"{key}={word}" if _is_plain(key) else f"**{{{encode(key)}: {word}}}")
    return f"{name}({','.join(values)})"


def thread_text(
    name: str, args: Sequence[object], kwargs: Mapping[str, object], *, board: object = None
) -> str:
    """Write what starts a board function in a thread of the board; its value is None.

    Raises:
        UnsendableValueError: an argument cannot travel; it says which.
    """
    values, words = _encoded(args, kwargs, name, board=board)
    arguments = f"{name},({','.join(values)}{',' * (len(values) == 1)})"
    if words:
        arguments += f",{{{','.join(f'{encode(key)}: {word}' for key, word in words.items())}}}"
    # Some boards return the thread's number, some None.
    return f"({BUILTINS}.__import__('_thread').start_new_thread({arguments}),None)[1]"


def assignments(values: Mapping[str, str]) -> str:
    """Write one line that assigns board expressions to globals."""
    return ";".join(f"{name}={expression}" for name, expression in values.items())


def exception_text(error: BaseException, *, board: object = None) -> str:
    """Write the board expression for an exception, as the nearest class that every board has.

    Raises:
        UnsendableValueError: one of its arguments cannot travel.
    """
    name = next(base.__name__ for base in type(error).__mro__ if _is_on_boards(base))
    if isinstance(error, BoardException):  # back as what it was; `args` holds its traceback
        name = error.type_name if error.type_name in _BOARD_EXCEPTIONS else name
        return call_text(name, [error.message] if error.message else [], {})
    return call_text(name, error.args, {}, board=board)


def shorten(code: str) -> str:
    """Return code as a message shows it."""
    return code if len(code) <= _SHOWN_CHARACTERS else f"{code[: _SHOWN_CHARACTERS - 1]}…"


def _encoded(
    args: Sequence[object], kwargs: Mapping[str, object], name: str, *, board: object
) -> tuple[list[str], dict[str, str]]:
    """Return board expressions for arguments; one that cannot travel is named."""
    values: list[str] = []
    words: dict[str, str] = {}
    try:
        for value in args:
            values.append(encode(value, board=board))  # noqa: PERF401 - how many are done tells which one failed
        for key, value in kwargs.items():
            words[key] = encode(value, board=board)
    except UnsendableValueError as error:
        argument = [*range(1, len(args) + 1), *kwargs][len(values) + len(words)]
        error.add_place(f"argument {argument} of `{name}`")
        raise
    return values, words


def _is_plain(name: str) -> bool:
    # Anything else (`f(**{"a b": 1})`) would be read as code.
    return name.isidentifier() and not iskeyword(name)


def _is_on_boards(base: type) -> bool:
    return base.__module__ == "builtins" and base.__name__ in _BOARD_EXCEPTIONS
