"""What a reconnection repeats, in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from belay.exceptions import MaxHistoryLengthError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["MAX_LENGTH", "Entry", "History"]

MAX_LENGTH = 1000
"""Entries that a reconnection repeats at most. Source: Belay's manual, `Device.MAX_CMD_HISTORY_LEN`."""


class Entry(NamedTuple):
    """One thing to repeat.

    Attributes:
        what: a board expression, or a function of the host that calls the board (a file sync).
        ignore_errors: whether an exception of the board's is no failure.
    """

    what: str | Callable[[], object]
    ignore_errors: bool = False


class History:
    """Entries to repeat. Past the limit it only counts: a part of a state is no state.

    Args:
        limit: how many entries are kept.
    """

    def __init__(self, limit: int = MAX_LENGTH) -> None:
        self._limit = limit
        self._entries: list[Entry] = []
        self._count = 0

    def add(self, what: str | Callable[[], object], *, ignore_errors: bool = False) -> None:
        """Append what has just been done."""
        self._count += 1
        if self._count <= self._limit:
            self._entries.append(Entry(what, ignore_errors))
        else:
            self._entries.clear()

    def entries(self) -> list[Entry]:
        """Return what to repeat.

        Raises:
            MaxHistoryLengthError: there was too much to keep.
        """
        if self._count > self._limit:
            raise MaxHistoryLengthError(
                f"{self._count} calls were recorded, and at most {self._limit} can be repeated",
                hint="give calls that set nothing up `record=False`",
            )
        return list(self._entries)
