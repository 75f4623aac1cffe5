"""Every error a user of `belay` can see: those of the link, re-exported, and those of the device.

This room knows what an error carries and how a traceback text becomes an exception.
It knows no board, no link and no source file; host lines come from `belay.tracebacks`.

    BelayException
    ├── (the link's errors: see belay_transport.errors)
    ├── ProtocolError = PyboardError
    │   └── NotBelayResponseError     a reply that is not framed as ours
    ├── BoardException = PyboardException   the board's program raised
    │   ├── BoardSystemExit           it called sys.exit
    │   └── BoardOSError, BoardKeyError, …   it raised that builtin, and this is one too
    ├── StaleProxyError               the board has lost what a proxy stands for; a ConnectionLost
    ├── ProxyUseError                 a proxy was asked for what it cannot do
    ├── UnsendableValueError          a value that cannot go to the board
    ├── UnreturnableValueError        a value that cannot come back
    ├── NoSpaceError                  a file that the board has no room for
    ├── BoardPathError                what cannot be a path on a board
    ├── HostFileError                 a file of the host that cannot be read or written
    │   └── HostFileNotFoundError     one that is not there
    ├── RomError                      an image that a ROM partition cannot take
    │   └── RomIncompleteError        one of which only a part is there
    ├── TransferError                 bytes were lost or changed on their way, again and again
    ├── UnsupportedFunctionError      a function whose source cannot run on a board
    ├── FeatureUnavailableError       this board cannot do that
    ├── TimeNotSyncedError            nothing is known of the board's clock yet
    ├── NoMatchingExecuterError       no overload fits this board
    ├── SpecialFunctionNameError      a reserved name
    ├── MaxHistoryLengthError         too much recorded to replay
    ├── UnknownDeviceClassError       `Device["name"]` of a name that no subclass has
    └── InternalError                 a defect of ours
"""

from __future__ import annotations

import builtins
from errno import ENOSPC

from belay.tracebacks import raised
from belay_transport.errors import (
    AddressError,
    ArgumentTypeError,
    ArgumentValueError,
    AuthenticationError,
    BelayException,
    CallInterrupted,
    CallTimeout,
    ConnectionFailedError,
    ConnectionLost,
    DeviceNotFoundError,
    InsufficientSpecifierError,
    NestedCallError,
    ProtocolError,
)

__all__ = [
    "AddressError",
    "ArgumentTypeError",
    "ArgumentValueError",
    "AuthenticationError",
    "BelayException",
    "BoardException",
    "BoardPathError",
    "BoardSystemExit",
    "CallInterrupted",
    "CallTimeout",
    "ConnectionFailedError",
    "ConnectionLost",
    "DeviceNotFoundError",
    "EventTimeout",
    "FeatureUnavailableError",
    "HostFileError",
    "HostFileNotFoundError",
    "InsufficientSpecifierError",
    "InternalError",
    "MaxHistoryLengthError",
    "NestedCallError",
    "NoMatchingExecuterError",
    "NoSpaceError",
    "NotBelayResponseError",
    "ProtocolError",
    "ProxyUseError",
    "PyboardError",
    "PyboardException",
    "RomError",
    "RomIncompleteError",
    "SpecialFunctionNameError",
    "StaleProxyError",
    "TimeNotSyncedError",
    "TransferError",
    "UnknownDeviceClassError",
    "UnreturnableValueError",
    "UnsendableValueError",
    "UnsupportedFunctionError",
    "board_exception",
]

PyboardError = ProtocolError
"""The incumbent's name for trouble on the link."""

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


class FeatureUnavailableError(BelayException):
    """The board's implementation lacks the feature that was asked for."""


class SpecialFunctionNameError(BelayException):
    """The name is reserved: dunder names, and names that start with `_belay` or `__belay`."""


class MaxHistoryLengthError(BelayException):
    """More calls were recorded than a reconnection may replay."""


class TimeNotSyncedError(BelayException, ValueError):
    """The offset of the board's clock was asked for before anything was known of it."""


class UnknownDeviceClassError(BelayException, KeyError):
    """No subclass of the device class has that name; the message lists those that are."""

    __str__ = BaseException.__str__  # a KeyError would show the message as `repr` does


class InternalError(BelayException):
    """Belay contradicted itself; please report it with the message."""


class NotBelayResponseError(ProtocolError):
    """The board answered, but not with a reply that Belay framed."""


class NoMatchingExecuterError(BelayException):
    """None of the overloads of a method fits the board's implementation."""


class TransferError(BelayException):
    """Bulk data did not cross whole: the wire damaged them again and again, or their source changed."""


class NoSpaceError(BelayException, OSError):
    """The board has no room for a file; the one that is there is as it was, and nothing half-written stays.

    Attributes:
        path: the file.
        needed_bytes: what it needs, in whole blocks, beside the older one.
        free_bytes: what is free; None where the board cannot tell.
    """

    def __init__(
        self,
        *args: object,
        path: str = "",
        needed_bytes: int = 0,
        free_bytes: int | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(*args, hint=hint)
        self.errno = ENOSPC
        self.filename = path
        self.path = path
        self.needed_bytes = needed_bytes
        self.free_bytes = free_bytes

    def __str__(self) -> str:
        # OSError's own would be its number and the path.
        return str(self.args[0]) if self.args else ""


class RomError(BelayException):
    """An image cannot go into a ROM partition of the board; that is as it was."""


class RomIncompleteError(RomError):
    """Writing an image ended before its time: the ROM partition counts as empty until it is written again.

    The beginning of an image is written last: without it, the board takes the partition for empty.

    Attributes:
        partition: its number.
        written_bytes: of the image, that are there.
        size_bytes: of the image.
    """

    def __init__(
        self,
        *args: object,
        partition: int = 0,
        written_bytes: int = 0,
        size_bytes: int = 0,
        hint: str | None = None,
    ) -> None:
        super().__init__(*args, hint=hint)
        self.partition = partition
        self.written_bytes = written_bytes
        self.size_bytes = size_bytes


class BoardPathError(BelayException, ValueError):
    """What was given cannot be the path of a file on a board; nothing was sent."""


class HostFileError(BelayException, OSError):
    """A file of the host cannot be read or written; `errno` and `filename` say more."""

    def __init__(
        self, *args: object, errno: int | None = None, filename: str = "", hint: str | None = None
    ) -> None:
        super().__init__(*args, hint=hint)
        self.errno = errno
        self.filename = filename

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""


class HostFileNotFoundError(HostFileError, FileNotFoundError):
    """A file or a folder of the host is not there."""


class EventTimeout(BelayException, TimeoutError):  # noqa: N818 - as `CallTimeout`
    """No event came in the time that the caller gave; the device is usable."""


class UnsupportedFunctionError(BelayException, ValueError):
    """The function cannot run on a board: it has no source, or its kind or place does not fit."""


class StaleProxyError(ConnectionLost, ReferenceError):
    """The board has started anew since the proxy was made, and what it stood for is gone."""


class ProxyUseError(BelayException, TypeError):
    """A proxy cannot be made of this, or cannot do that."""


class UnsendableValueError(BelayException, ValueError):
    """A value cannot be sent to the board; nothing was sent.

    Attributes:
        type_name: the host type that cannot travel, such as "numpy.int64".
        path: where in the argument it stands, such as "[2]['x']"; "" for the argument itself.
    """

    def __init__(self, *args: object, type_name: str = "", path: str = "", hint: str | None = None) -> None:
        super().__init__(*args, hint=hint)
        self.type_name = type_name
        self.path = path


class UnreturnableValueError(BelayException, ValueError):
    """A value cannot come back from the board; the call itself ran.

    Attributes:
        type_name: the board's type, such as "Pin"; "" when the board's text does not tell.
        board_text: what the board printed for the value, whole.
    """

    def __init__(
        self, *args: object, type_name: str = "", board_text: str = "", hint: str | None = None
    ) -> None:
        super().__init__(*args, hint=hint)
        self.type_name = type_name
        self.board_text = board_text


class BoardException(BelayException):
    """The program on the board raised an exception.

    An exception of a builtin type is also that builtin: `except OSError` works, with `errno`.
    `args[0]` is the traceback with host files and lines.

    Attributes:
        type_name: the exception's class on the board: "OSError", "MyError".
        message: what the board printed after the class; may be empty.
        board_text: the whole traceback as the board printed it.
    """

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


PyboardException = BoardException
"""The incumbent's name for an exception on the board."""


class BoardSystemExit(BoardException):
    """The program on the board called `sys.exit`.

    Attributes:
        code: what was given to it: a number, a text, or None.
    """

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
            {"__doc__": f"The program on the board raised {builtin.__name__}.", "__module__": __name__},
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
