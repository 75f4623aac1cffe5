"""Both roles and an imaginary wire, for tests in memory: time passes when nothing else happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .events import Output

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .events import Event
    from .host import HostRepl

__all__ = ["Exchange", "StuckError", "joined"]


class StuckError(AssertionError):
    """Nothing can happen any more: the host waits for ever, or longer than the test does."""


class Exchange:
    """A host's machine and a board, exchanging bytes.

    Args:
        host: the host's machine.
        board: takes what the host sends, returns what the board answers; `BoardRepl.feed`, say.
        cut: cuts each answer into the pieces that the host is fed.
        patience_s: how far the clock may go.

    Attributes:
        now_s: the time.
        events: all that the host reported.
    """

    def __init__(
        self,
        host: HostRepl,
        board: Callable[[bytes], bytes],
        *,
        cut: Callable[[bytes], Iterable[bytes]] = lambda data: (data,),
        patience_s: float = 100.0,
    ) -> None:
        self.host = host
        self.board = board
        self.cut = cut
        self.patience_s = patience_s
        self.now_s = 0.0
        self.events: list[Event] = []

    def until(self, *kinds: type) -> list[Event]:
        """Go on until an event of one of the kinds comes, and return the events since, outputs joined.

        Raises:
            StuckError: it cannot come any more.
        """
        begin = len(self.events)
        while not any(isinstance(event, kinds) for event in self.events[begin:]):
            data = self.host.take()
            if data:
                for piece in self.cut(self.board(data)):
                    self.events += self.host.feed(piece)
                continue
            due_s = self.host.due_s(self.now_s)
            if due_s is None or due_s > self.patience_s:
                raise StuckError(f"at {self.now_s} s nothing more happens behind {self.events[begin:]}")
            self.now_s = due_s
            self.events += self.host.time_passed()
        return joined(self.events[begin:])


def joined(events: Iterable[Event]) -> list[Event]:
    """Return events with outputs that stand side by side made one: where bytes are cut means nothing."""
    result: list[Event] = []
    for event in events:
        if isinstance(event, Output) and result and isinstance(result[-1], Output):
            result[-1] = Output(result[-1].data + event.data)
        else:
            result.append(event)
    return result
