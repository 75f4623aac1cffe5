"""What the program on a board raised, as an exception here: of the same builtin type where there is one.

This room knows what such an exception carries and how a board's traceback text becomes one.
Host lines come from `belay.tracebacks`; the classes' public place is `belay.exceptions`.
"""

from __future__ import annotations

import builtins

from belay.tracebacks import raised
from belay_transport.errors import BelayException

__all__ = ["BoardException", "BoardSystemExit", "board_exception"]

_HOME = "belay.exceptions"
# Where users find the classes, and what an uncaught one is shown with.

_NOT_INHERITED = frozenset(
    {"SystemExit", "KeyboardInterrupt", "StopIteration", "StopAsyncIteration", "GeneratorExit"}
)
"""Python itself acts on these: on the host they would end the process, a loop or a generator."""

_MAKE_ROOM = (
    "free memory on the board; a large value travels in smaller pieces (`task.map`, a task that is a "
    "generator), or as a file: `device.fs.write_bytes`, `device.fs.read_bytes`"
)
# A value is on the board twice: as its text, and as itself.

_CUT_IT = (
    "the value contains itself, or is nested too deep: return a part of it, or keep it in a global of the "
    "board and let a task use it there"
)

_UNICODE_ERRORS = frozenset({"UnicodeDecodeError", "UnicodeEncodeError", "UnicodeTranslateError"})
"""CPython builds these from five arguments, which no traceback text has: their base stands in."""

_FILE_ERRORS: dict[int, type[OSError]] = {
    1: PermissionError,
    2: FileNotFoundError,
    13: PermissionError,
    17: FileExistsError,
    20: NotADirectoryError,
    21: IsADirectoryError,
}
"""MicroPython's errno -> what CPython raises; only those that can mean nothing but a file.

Source: MicroPython `py/mperrno.h` (the numbers are Linux's on every port).
"""


class BoardException(BelayException):
    """The program on the board raised an exception.

    An exception of a builtin type is also that builtin: `except OSError` works, with `errno`.
    `args[0]` is the traceback with host files and lines.

    Attributes:
        type_name: the exception's class on the board: "OSError", "MyError".
        message: what the board printed after the class; may be empty.
        board_text: the whole traceback as the board printed it.
    """

    __module__ = _HOME

    def __init__(
        self,
        type_name: str,
        message: str = "",
        board_text: str = "",
        traceback_text: str | None = None,
        *,
        base_name: str | None = None,
        hint: str | None = None,
    ) -> None:
        self.type_name = type_name
        self.message = message
        self.board_text = board_text
        self.base_name = base_name
        super().__init__(traceback_text or board_text or self.summary, hint=hint)

    @property
    def summary(self) -> str:
        """The traceback's last line: "OSError: [Errno 2] ENOENT"."""
        return f"{self.type_name}: {self.message}" if self.message else self.type_name

    def __str__(self) -> str:
        text = str(self.args[0]) if self.args else ""
        if "\n" not in text and self.summary in text:
            return text  # it says what was attempted as well
        return f"{self.summary}\n\n{text}" if text else self.summary

    def __reduce__(self) -> tuple[object, ...]:
        # The classes below are made at run time: a pickle rebuilds by name instead.
        facts = (
            self.type_name,
            self.message,
            self.board_text,
            self.args[0] if self.args else None,
            self.base_name,
        )
        return _build, facts, self.__dict__


class BoardSystemExit(BoardException):
    """The program on the board called `sys.exit`.

    Attributes:
        code: what was given to it: a number, a text, or None.
    """

    __module__ = _HOME

    @property
    def code(self) -> int | str | None:
        """The exit code as a number, a text, or None when there was none."""
        text = self.message
        if text in ("", "None"):
            return None
        return int(text) if text.removeprefix("-").isdecimal() else text


_classes: dict[type[Exception], type[BoardException]] = {}


def board_exception(
    text: str, *, traceback_text: str | None = None, base_name: str | None = None
) -> BoardException:
    r"""Build the exception that a board's traceback text tells of.

    Args:
        text: the traceback as the board printed it; one without frames will do.
        traceback_text: the same with host files and lines; None when there is no map.
        base_name: the nearest builtin base of a class of the user's, when the board told.

    Returns:
        A `BoardException`, also of the builtin type where the board raised one.

    Example:
        >>> error = board_exception("Traceback (most recent call last):\nOSError: [Errno 2] ENOENT\n")
        >>> isinstance(error, FileNotFoundError), error.errno
        (True, 2)
    """
    type_name, message = raised(text)
    return _build(type_name, message, text, traceback_text, base_name)


def _build(
    type_name: str, message: str, board_text: str, traceback_text: str | None, base_name: str | None
) -> BoardException:
    board_errno = _errno(message)
    error_class = _class_for(type_name, board_errno)
    if error_class is BoardException and base_name is not None:
        error_class = _class_for(base_name, board_errno)
    error = error_class(type_name, message, board_text, traceback_text, base_name=base_name)
    if isinstance(error, OSError) and board_errno is not None:
        error.errno = board_errno
        error.strerror = message.partition("] ")[2] or message
    if isinstance(error, MemoryError):
        error.hint = _MAKE_ROOM
    if type_name == "RuntimeError" and "recursion" in message and "\n  File " not in str(error.args[0]):
        error.hint = _CUT_IT  # no frame of the user's: it was the value's text that could not be made
    if isinstance(error, SyntaxError):
        error.msg = str(error)  # what Python prints for an uncaught one, instead of str()
    return error


def _class_for(type_name: str, board_errno: int | None) -> type[BoardException]:
    if type_name == "SystemExit":
        return BoardSystemExit
    if type_name in _UNICODE_ERRORS:
        type_name = "UnicodeError"
    builtin = getattr(builtins, type_name, None)
    if type_name in _NOT_INHERITED or not (isinstance(builtin, type) and issubclass(builtin, Exception)):
        return BoardException
    if builtin is OSError and board_errno is not None:
        builtin = _FILE_ERRORS.get(board_errno, OSError)
    if issubclass(BoardException, builtin) or issubclass(builtin, _groups()):
        return BoardException
    if builtin not in _classes:
        made = type(
            f"Board{builtin.__name__}",
            (BoardException, builtin),
            {"__doc__": f"The program on the board raised {builtin.__name__}.", "__module__": _HOME},
        )
        return _classes.setdefault(builtin, made)
    return _classes[builtin]


def _groups() -> tuple[type[BaseException], ...]:
    """Exception groups (3.11 on): built from a list of exceptions, which no traceback text has."""
    group = getattr(builtins, "BaseExceptionGroup", None)
    return () if group is None else (group,)


def _errno(message: str) -> int | None:
    """The number in "[Errno 2] ENOENT", "2" and "(2, 'text')", which MicroPython prints for an OSError."""
    for opening, closing in (("[Errno ", "]"), ("(", ",")):
        if message.startswith(opening):
            message = message[len(opening) :].partition(closing)[0]
    return int(message) if message.removeprefix("-").isdecimal() and message.isascii() else None
