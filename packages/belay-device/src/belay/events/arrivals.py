"""What came from a board's `belay_emit`: its name, its value or what was wrong with it, what was lost before.

The texts are those of `_onboard/events.py`. This room knows neither threads nor handlers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from belay.exceptions import BelayException, NotBelayResponseError
from belay.values import decode
from belay_transport.repl import Reply
from belay_transport.session import Answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from belay_transport.repl import Note

__all__ = ["Arrival", "Event", "GapCounter", "is_event", "read_arrival"]

_KINDS = ("mv", "mq", "me")

_NUMBERS = 1 << 24
# As many as the board has; then they begin anew.


class Event(NamedTuple):
    """What the board's program told.

    Attributes:
        name: which event it is.
        value: what came with it; None if nothing.
    """

    name: str
    value: object


class Arrival(NamedTuple):
    """An event as it came.

    Attributes:
        event: its name and value.
        error: why the value could not come, or None.
    """

    event: Event
    error: BelayException | None


def is_event(note: Note) -> bool:
    """Return whether a note of the board is an event."""
    return note.kind.startswith(_KINDS)


def read_arrival(note: Note, settle: Callable[[Answer], object]) -> Arrival:
    """Read a note.

    Args:
        note: an event's.
        settle: returns the value that an answer of the board holds, or raises.

    Raises:
        NotBelayResponseError: it is not what `belay_emit` sends.
    """
    kind, text = note.kind[1:], note.payload.decode(errors="replace")
    if kind.startswith("q"):
        kind, text = kind[1:], str(decode(text))
    length, _, rest = text.partition(":")
    if not (length.isdecimal() and len(length) < 6 and int(length) <= len(rest)):  # noqa: PLR2004 - digits enough for a name
        raise NotBelayResponseError(f"the board sent an event without a name: {text[:80]!r}")
    name, text = rest[: int(length)], rest[int(length) :]
    answer = Answer([Reply(note.number, kind, text.encode())], "", started=True)
    try:
        return Arrival(Event(name, settle(answer)), None)
    except BelayException as error:
        return Arrival(Event(name, None), error)


class GapCounter:
    """Counts the events that never came, by the numbers of those that did.

    Attributes:
        lost: how many.
    """

    def __init__(self) -> None:
        self.lost = 0
        self._next: int | None = None

    def begin(self) -> None:
        """Know that the board counts from 0."""
        self._next = 0

    def take(self, number: int) -> None:
        """Take the number of an event that has come."""
        ahead = 0 if self._next is None else (number - self._next) % _NUMBERS
        if ahead < _NUMBERS // 2:
            self.lost += ahead
            self._next = (number + 1) % _NUMBERS
        else:
            # Two threads of the board have overtaken each other.
            self.lost = max(0, self.lost - 1)
