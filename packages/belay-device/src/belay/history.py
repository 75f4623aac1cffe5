"""What a reconnection repeats, in order."""

from __future__ import annotations

from belay.exceptions import MaxHistoryLengthError

__all__ = ["History"]

MAX_LENGTH = 1000
"""Entries that a reconnection repeats at most. Source: Belay's manual, `Device.MAX_CMD_HISTORY_LEN`."""


class History:
    """Board expressions to repeat. Past `MAX_LENGTH` it only counts: a part of a state is no state."""

    def __init__(self) -> None:
        self._expressions: list[str] = []
        self._count = 0

    def add(self, expression: str) -> None:
        """Append an expression."""
        self._count += 1
        if self._count <= MAX_LENGTH:
            self._expressions.append(expression)
        else:
            self._expressions.clear()

    def expressions(self) -> list[str]:
        """Return the expressions.

        Raises:
            MaxHistoryLengthError: there were too many to keep.
        """
        if self._count > MAX_LENGTH:
            raise MaxHistoryLengthError(
                f"{self._count} calls were recorded, and at most {MAX_LENGTH} can be repeated",
                hint="give calls that set nothing up `record=False`",
            )
        return list(self._expressions)
