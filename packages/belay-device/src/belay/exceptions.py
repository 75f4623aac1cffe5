"""Every error a user of `belay` can see: those of the link, of the board, and of the device itself.

This room knows what an error carries. It knows no board, no link and no source file.

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

from errno import ENOSPC

from belay.board_exceptions import BoardException, BoardSystemExit, board_exception
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

PyboardException = BoardException
"""The incumbent's name for an exception on the board."""


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

    def add_place(self, place: str) -> None:
        """Say of which call's argument it is: "argument 1 of `double`"."""
        self.args = (f"{self}: {place}",)


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
