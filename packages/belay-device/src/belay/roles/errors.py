"""Errors that only decorated functions and batches raise.

A `BatchError` is a batch used in a way that it cannot serve. Two of them are what a handle says:
`NotSentError` before its batch was sent, `NotRunError` when something before its call failed.
"""

from __future__ import annotations

from belay.exceptions import BelayException, FeatureUnavailableError

__all__ = ["BatchError", "NotRunError", "NotSentError", "UnsupportedOptionError", "note"]


class UnsupportedOptionError(FeatureUnavailableError, NotImplementedError):
    """An option of a decorator, or a use of what it made, does not go with this function."""


class BatchError(BelayException):
    """A batch was used in a way that it cannot serve."""


class NotSentError(BatchError):
    """The value of a handle was asked for before its batch was sent."""


class NotRunError(BatchError):
    """The call did not run; the message says what went wrong before it."""


def note(error: BaseException, text: str) -> None:
    """Add a line that says where an error came from; Python 3.11 and later print it below the error."""
    if hasattr(error, "add_note"):
        error.add_note(text)
        return
    # 3.10 keeps the words where 3.11 does.
    notes = [*getattr(error, "__notes__", ()), text]
    error.__notes__ = notes
