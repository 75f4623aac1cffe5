"""What a call inside a batch returns: the place where its value will be.

This room knows one call's state. Who fills it is `belay.roles.batch`.
"""

from __future__ import annotations

from typing import Generic, NoReturn, TypeVar, cast

from belay.roles.errors import BatchError, NotSentError
from belay.roles.expressions import shorten

__all__ = ["Handle"]

R_co = TypeVar("R_co", covariant=True)


class Handle(Generic[R_co]):
    """What a call inside a batch returns: the place where its value will be.

    Attributes:
        code: the call as the board sees it.
    """

    __slots__ = ("_error", "_value", "code")

    def __init__(self, code: str) -> None:
        self.code = code
        self._value: R_co | None = None
        self._error: BaseException | None = NotSentError(
            f"`{shorten(code)}` has no value yet: its batch has not been sent",
            hint="read `.value` after the `with` block",
        )

    @property
    def value(self) -> R_co:
        """What the call returned.

        Raises:
            NotSentError: the batch has not been sent yet.
            NotRunError: something before it failed.
            BoardException: it raised on the board.
            UnreturnableValueError: it ran, and its value cannot come back.
        """
        if self._error is not None:
            raise self._error
        return cast("R_co", self._value)

    @property
    def error(self) -> BaseException | None:
        """What `value` would raise, or None."""
        return self._error

    def settle(self, value: object, error: BaseException | None) -> None:
        """Put in what became of the call; the batch does this."""
        self._value = cast("R_co", value)
        self._error = error

    def __bool__(self) -> NoReturn:
        # `if read_pin(3):` inside a batch would always be true.
        raise BatchError(
            f"a handle is neither true nor false: `{shorten(self.code)}` stands in a batch",
            hint="test `.value` after the `with` block",
        )

    def __repr__(self) -> str:
        if isinstance(self._error, NotSentError):
            return f"<handle of {shorten(self.code)}: not sent>"
        state = repr(self._value) if self._error is None else type(self._error).__name__
        return f"<handle of {shorten(self.code)}: {state}>"
