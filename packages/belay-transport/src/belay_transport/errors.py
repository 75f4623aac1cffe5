"""The root of every error a user of `belay` can see, and the errors of the wire.

An error states facts: what was attempted, on what, what happened, with numbers.
What to type next is its `hint`, kept apart so that each front end shows it in its own way; in Python's own
tracebacks it is a note, from Python 3.11 on.

    BelayException
    ├── AddressError              what was typed names no board
    ├── DeviceNotFoundError       no board fits
    ├── InsufficientSpecifierError   several boards fit
    ├── AuthenticationError       the board refused the password
    ├── ConnectionFailedError     a link could not be opened
    │   └── ConnectionLost        an open link broke
    ├── ProtocolError             the board answered something that the REPL protocol does not allow
    ├── CallTimeout               the caller's own deadline passed; the session is usable
    ├── CallInterrupted           another thread ended the call; the session is usable
    ├── ArgumentTypeError         an argument of another type than can be used; also a TypeError
    ├── ArgumentValueError        an argument that cannot be used; also a ValueError
    └── NestedCallError           a call from inside the output handler of another; also a RuntimeError
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "AddressError",
    "ArgumentTypeError",
    "ArgumentValueError",
    "AuthenticationError",
    "BelayException",
    "CallInterrupted",
    "CallTimeout",
    "ConnectionFailedError",
    "ConnectionLost",
    "DeviceNotFoundError",
    "InsufficientSpecifierError",
    "NestedCallError",
    "ProtocolError",
]


class BelayException(Exception):  # noqa: N818 - the public name since the first Belay
    """Root of all errors of Belay."""

    _hint: str | None = None
    __notes__: list[str]  # Python's own name for lines that a traceback shows below the message

    def __init__(self, *args: object, hint: str | None = None) -> None:
        super().__init__(*args)
        if hint is not None:
            self.hint = hint

    @property
    def hint(self) -> str | None:
        """What to type or do next, or None; no part of the message."""
        return self._hint

    @hint.setter
    def hint(self, hint: str | None) -> None:
        notes = [note for note in getattr(self, "__notes__", []) if note != f"hint: {self._hint}"]
        self._hint = hint
        self.__notes__ = notes if hint is None else [*notes, f"hint: {hint}"]


class AddressError(BelayException, ValueError):
    """What was typed is not the address of a board."""


class DeviceNotFoundError(BelayException):
    """No board fits; the message lists what was looked at."""


class InsufficientSpecifierError(BelayException):
    """Several boards fit; the message lists them and shows how to choose."""


class AuthenticationError(BelayException):
    """The board refused the password."""


class ConnectionFailedError(BelayException):
    """A link to the board could not be opened."""


class ConnectionLost(ConnectionFailedError):  # noqa: N818 - the public name since the first Belay
    """An open link to the board broke; the message says why."""


class ProtocolError(BelayException):
    """The board answered something else than the REPL protocol allows, or nothing, in time."""


class CallTimeout(BelayException, TimeoutError):  # noqa: N818 - reads as what happened
    """The deadline that the caller set passed; the board's program was interrupted, the session is usable.

    Attributes:
        replies: the framed replies that had come by then: those of the calls that ended in time.
    """

    replies: Sequence[object] = ()


class CallInterrupted(BelayException):
    """Another thread ended the call; the board's program was interrupted, the session is usable."""


class ArgumentTypeError(BelayException, TypeError):
    """An argument has another type than can be used; nothing was sent."""


class ArgumentValueError(BelayException, ValueError):
    """An argument has the right type and cannot be used; nothing was sent."""


class NestedCallError(BelayException, RuntimeError):
    """A call to the board was made from inside the output handler of another call."""
