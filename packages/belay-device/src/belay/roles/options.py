"""The options of the decorators, checked once.

This room knows what may be asked for; it runs nothing.
"""

from __future__ import annotations

from types import FunctionType
from typing import Any, NamedTuple

from belay.arguments import check_flag, check_seconds, check_text
from belay.exceptions import UnsupportedFunctionError
from belay.roles.errors import UnsupportedOptionError

__all__ = [
    "OPTION_NAMES",
    "Options",
    "check_setup",
    "check_task",
    "check_teardown",
    "check_thread",
    "plain_function",
]

_VARARGS, _VARKEYWORDS, _GENERATOR = 0x04, 0x08, 0x20
"""Bits of `co_flags`; `inspect` would cost `import belay` 6 ms.

Source: Python library reference, `inspect`, "Code Objects Bit Flags".
"""


class _Fields(NamedTuple):
    """The options, unchecked."""

    minify: bool = True
    register: bool = True
    record: bool = False
    implementation: str = ""
    timeout_s: float | None = None
    ignore_errors: bool = False
    autoinit: bool = False
    return_time: bool = False


_FLAGS = ("minify", "register", "record", "ignore_errors", "autoinit", "return_time")


class Options(_Fields):
    """How a decorated function is sent and called.

    Attributes:
        minify: shorten the source on its way.
        register: make it also an attribute of the decorator, as `device.task.<name>`.
        record: a reconnection repeats its calls.
        implementation: the only implementation that it is for; "" for all.
        timeout_s: deadline of each call; None waits for ever.
        ignore_errors: what the board raises is logged instead of raised.
        autoinit: it runs when the device object is made.
        return_time: its value, or each item, comes as `(value, local time)`.

    Raises:
        ArgumentTypeError, ArgumentValueError: `timeout_s` is no time, `implementation` no name, or what is
            either so or not neither True nor False.
    """

    __slots__ = ()

    def __new__(cls, *options: Any, **named: Any) -> Options:  # Any: `_Fields` says what they are
        """Check them."""
        made = super().__new__(cls, *options, **named)
        check_seconds("timeout_s", made.timeout_s)
        check_text("implementation", made.implementation)
        for name in _FLAGS:
            check_flag(name, getattr(made, name))
        return made


OPTION_NAMES = frozenset({*Options._fields, "trusted"})
"""Every keyword that some decorator takes."""


def plain_function(function: object) -> FunctionType:
    """Return the function as it was written, out of whatever wraps it.

    Raises:
        UnsupportedFunctionError: it is no function.
    """
    inner = function
    while (unwrapped := getattr(inner, "__wrapped__", None) or getattr(inner, "__func__", None)) is not None:
        inner = unwrapped
    if not isinstance(inner, FunctionType):
        raise UnsupportedFunctionError(
            f"only a function can run on a board, not a `{type(function).__name__}`: {repr(function)[:80]}",
            hint="decorate a plain `def`; options are keywords: `@device.task(record=True)`",
        )
    return inner


def check_task(function: FunctionType, *, record: bool) -> None:
    """Refuse what a task cannot be asked for.

    Raises:
        UnsupportedOptionError: `record` for a generator.
    """
    if record and function.__code__.co_flags & _GENERATOR:
        raise UnsupportedOptionError(
            f"task `{function.__name__}` is a generator: a reconnection cannot repeat its calls,"
            " so `record=True` does not go with it"
        )


def check_setup(function: FunctionType, *, autoinit: bool) -> None:
    """Refuse what a setup cannot be.

    Raises:
        UnsupportedFunctionError: a generator, or `autoinit` for one that has parameters.
    """
    _refuse_generator(function, "setup")
    code = function.__code__
    if autoinit and (code.co_argcount or code.co_kwonlyargcount or code.co_flags & (_VARARGS | _VARKEYWORDS)):
        names = ", ".join(f"`{name}`" for name in code.co_varnames[: _count_parameters(function)])
        raise UnsupportedFunctionError(
            f"setup `{function.__name__}` has parameters ({names}),"
            " and `autoinit=True` has no values for them"
        )


def check_teardown(function: FunctionType) -> None:
    """Refuse what a teardown cannot be.

    Raises:
        UnsupportedFunctionError: a generator, or a parameter without a default: `close()` has no values.
    """
    _refuse_generator(function, "teardown")
    code = function.__code__
    required = code.co_argcount - len(function.__defaults__ or ())
    required += code.co_kwonlyargcount - len(function.__kwdefaults__ or {})
    if required:
        raise UnsupportedFunctionError(
            f"teardown `{function.__name__}` has {required} parameter(s) without a default,"
            " and `close()` has no values for them"
        )


def check_thread(function: FunctionType) -> None:
    """Refuse what a thread cannot be.

    Raises:
        UnsupportedFunctionError: a generator, whose body would never run.
    """
    _refuse_generator(function, "thread")


def _refuse_generator(function: FunctionType, kind: str) -> None:
    if function.__code__.co_flags & _GENERATOR:
        raise UnsupportedFunctionError(
            f"{kind} `{function.__name__}` is a generator, and nothing would take its items;"
            " a task may be one"
        )


def _count_parameters(function: FunctionType) -> int:
    code = function.__code__
    stars = bool(code.co_flags & _VARARGS) + bool(code.co_flags & _VARKEYWORDS)
    return code.co_argcount + code.co_kwonlyargcount + stars
