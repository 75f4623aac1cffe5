"""What a reconnection repeats, in order."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple, Protocol

from belay.exceptions import BoardException, MaxHistoryLengthError, UnreturnableValueError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["MAX_LENGTH", "Entry", "History", "Recorder", "recorded"]

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


class Recorder(Protocol):
    """What has a history."""

    def record(self, what: str, *, ignore_errors: bool = False) -> None:
        """Have a reconnection repeat an expression."""
        ...


@contextmanager
def recorded(board: Recorder, expression: str, *, ignore_errors: bool = False) -> Iterator[None]:
    """Record what is evaluated in the block.

    What it did until it raised is there as well: it is repeated too, and may raise again.

    Args:
        board: where it is evaluated.
        expression: what.
        ignore_errors: whether an exception of the board's is no failure, although there is none now.
    """
    try:
        yield
    except UnreturnableValueError:  # it ran
        board.record(expression, ignore_errors=ignore_errors)
        raise
    except BoardException:
        board.record(expression, ignore_errors=True)
        raise
    board.record(expression, ignore_errors=ignore_errors)
