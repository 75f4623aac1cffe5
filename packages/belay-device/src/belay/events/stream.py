"""Events in a row, for a loop: collected from the moment that the stream is made.

A plain loop waits in its thread, an `async` one in its event loop.
"""

from __future__ import annotations

import time
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from belay.arguments import check_seconds
from belay.exceptions import ConnectionLost, EventTimeout, NestedCallError
from belay_transport.deadlines import LONGEST_WAIT_S

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from belay.events.arrivals import Arrival, Event

__all__ = ["DEVICE_CLOSED", "EventStream"]

DEVICE_CLOSED = "the device was closed"
"""Why a stream may end without its reader."""


class EventStream:
    """The events of some names, each once, in the order in which they came.

    `for event in stream:` and `async for event in stream:` end when the device or the stream is closed.
    An event whose value could not come raises why; the next one may be had.

    Args:
        names: which events; none for all.
        limit: how many may wait; of those that come then `dropped` is the number.
        may_wait: whether the calling thread may wait; that of the handlers must not.

    Attributes:
        names: which events; empty for all.
        dropped: how many events there was no room for.
    """

    def __init__(self, names: tuple[str, ...], *, limit: int, may_wait: Callable[[], bool]) -> None:
        self.names = names
        self.dropped = 0
        self._limit = limit
        self._may_wait = may_wait
        self._queue: SimpleQueue[Arrival | None] = SimpleQueue()
        self._bell: Callable[[], object] | None = None
        self._closed = False
        self._ended = ""

    def next(self, *, timeout_s: float | None = None) -> Event:
        """Return the next event.

        Args:
            timeout_s: seconds to wait for it; None waits for ever, 0 not at all.

        Raises:
            EventTimeout: none came in time.
            ConnectionLost: the device or the stream was closed.
            BoardException, UnreturnableValueError: its value could not come.
            ArgumentTypeError, ArgumentValueError: `timeout_s` is no time to wait.
        """
        if timeout_s is False or timeout_s != 0:
            check_seconds("timeout_s", timeout_s)
        if not self._may_wait():
            raise NestedCallError(
                f"waiting for {self._wanted} in a handler of events, where nothing can come",
                hint="wait in another thread",
            )
        try:
            arrival = self._get(timeout_s)
        except Empty:
            raise EventTimeout(f"{self._wanted} did not come within {timeout_s:g} s") from None
        event = self._open(arrival)
        if event is None:
            raise ConnectionLost(f"{self._ended} while {self._wanted} was waited for")
        return event

    def _get(self, timeout_s: float | None) -> Arrival | None:
        if timeout_s == 0:
            return self._queue.get_nowait()
        until_s = float("inf") if timeout_s is None else time.monotonic() + timeout_s
        while (left_s := until_s - time.monotonic()) > LONGEST_WAIT_S:
            with suppress(Empty):
                return self._queue.get(timeout=LONGEST_WAIT_S)
        return self._queue.get(timeout=max(0.0, left_s))

    def close(self) -> None:
        """Collect no more; what has come can still be read. Closing twice is no error."""
        self.end("the stream was closed")

    def end(self, reason: str) -> None:
        """Close, for a reason that whoever waits is told."""
        if not self._closed:
            self._ended = reason
            self._closed = True
            self._queue.put(None)
            self._ring()

    def put(self, arrival: Arrival) -> None:
        """Collect an event; the dispatcher does this."""
        if self._closed or (self.names and arrival.event.name not in self.names):
            return
        if self._queue.qsize() >= self._limit:
            self.dropped += 1
            return
        self._queue.put(arrival)
        self._ring()

    def __iter__(self) -> EventStream:
        return self

    def __next__(self) -> Event:
        try:
            return self.next()
        except ConnectionLost:
            raise StopIteration from None

    def __aiter__(self) -> EventStream:
        return self

    async def __anext__(self) -> Event:
        """Return the next event; one `async` reader at a time."""
        import asyncio  # noqa: PLC0415 - whoever awaits has loaded it; nobody else shall

        loop = asyncio.get_running_loop()
        while True:
            with suppress(Empty):
                event = self._open(self._queue.get_nowait())
                if event is None:
                    raise StopAsyncIteration
                return event
            rung = asyncio.Event()
            self._bell = lambda rung=rung: loop.call_soon_threadsafe(rung.set)
            try:
                if self._queue.empty():  # nothing came before the bell was there
                    await rung.wait()
            finally:
                self._bell = None

    def __enter__(self) -> EventStream:
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<stream of {self._wanted}: {'closed' if self._closed else 'open'}>"

    @property
    def _wanted(self) -> str:
        listed = ", ".join(f"`{name}`" for name in self.names)
        return (
            f"the event {listed}" if len(self.names) == 1 else f"one of the events {listed or 'of all names'}"
        )

    def _open(self, arrival: Arrival | None) -> Event | None:
        if arrival is None:
            self._queue.put(None)  # for whoever else waits
            return None
        if arrival.error is not None:
            raise arrival.error
        return arrival.event

    def _ring(self) -> None:
        bell = self._bell
        if bell is not None:
            with suppress(RuntimeError):  # the loop is closed, and nobody waits
                bell()
