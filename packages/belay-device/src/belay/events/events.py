"""`device.events`: who is told when the board's program calls `belay_emit`.

It knows handlers and streams. What the board needs for `belay_emit` is for `belay.runtime` to send.
"""

from __future__ import annotations

import logging
import threading
import weakref
from typing import TYPE_CHECKING, Any, TypeVar, overload

from belay.arguments import check_number, check_seconds, check_text
from belay.events.arrivals import GapCounter, is_event, read_arrival
from belay.events.dispatcher import MOST_WAITING, Dispatcher
from belay.events.stream import DEVICE_CLOSED, EventStream
from belay.exceptions import ArgumentTypeError

if TYPE_CHECKING:
    from collections.abc import Callable

    from belay.events.arrivals import Arrival
    from belay_transport.repl import Note
    from belay_transport.session import Answer

    Handler = Callable[[Any], object]  # Any: whatever the board sent

__all__ = ["Events"]

H = TypeVar("H", bound="Handler")

_log = logging.getLogger("belay.events")


class Events:
    """What the board's program tells by `belay_emit(name, value)`, at any time.

    Handlers run on one thread, in the order in which the events came. They may call the device; while one
    runs, no other does.
    """

    def __init__(self) -> None:
        self._gaps = GapCounter()
        self._handlers: tuple[tuple[str, Handler], ...] = ()
        self._streams: tuple[weakref.ref[EventStream], ...] = ()
        self._changing = threading.Lock()
        self._dispatcher: Dispatcher[Note] = Dispatcher(self)
        self._settle: Callable[[Answer], object] | None = None
        self._want: Callable[[], None] | None = None

    @overload
    def on(self, name: str, handler: H, /) -> H: ...
    @overload
    def on(self, name: str, handler: None = None, /) -> Callable[[H], H]: ...
    def on(self, name: str, handler: Any = None, /) -> Any:  # Any: see the overloads
        """Call `handler` with the value of each event of that name, from now on.

        A handler that raises is logged. An event whose value could not come is logged, and no handler called.

        Args:
            name: which event.
            handler: what to call; without it, a decorator comes back.

        Returns:
            The handler.

        Example:
            >>> @device.events.on("button")
            ... def pressed(value):
            ...     print("button", value)
        """
        check_text("name", name)
        if handler is None:
            return lambda handler: self.on(name, handler)
        if not callable(handler):
            raise ArgumentTypeError(
                f"a handler of events is called, and {handler!r} ({type(handler).__name__}) cannot be"
            )
        if _is_async(handler):
            raise ArgumentTypeError(
                f"a handler of events is called in a thread of its own, and the coroutine of {handler!r}"
                " would never be awaited there",
                hint=f"in an event loop write `async for event in device.events.listen({name!r}):`",
            )
        with self._changing:
            self._handlers = (*self._handlers, (name, handler))
        self._begin()
        return handler

    def off(self, name: str, handler: Handler | None = None) -> None:
        """Call a handler no more, or none of that name; one that is not there is no error.

        Args:
            name: which event.
            handler: which handler; None for all.
        """
        check_text("name", name)
        with self._changing:
            self._handlers = tuple(
                each
                for each in self._handlers
                if each[0] != name or (handler is not None and each[1] != handler)
            )

    def wait(self, name: str, *, timeout_s: float | None = None) -> Any:  # Any: whatever the board sent
        """Return the value of the next event of that name.

        What came before the call is not meant: if the board may be quicker, make a stream first, by `listen`.

        Args:
            name: which event.
            timeout_s: seconds to wait for it; None waits for ever.

        Raises:
            EventTimeout: it did not come in time.
            ConnectionLost: the device was closed.
            BoardException, UnreturnableValueError: its value could not come.
        """
        check_seconds("timeout_s", timeout_s)
        with self.listen(name) as stream:
            return stream.next(timeout_s=timeout_s).value

    def listen(self, *names: str, limit: int = MOST_WAITING) -> EventStream:
        """Return the events that come from now on, for a loop, plain or `async`.

        Args:
            names: which events; none for all.
            limit: how many may wait to be read; what comes then is dropped.

        Example:
            >>> with device.events.listen("button") as stream:
            ...     for event in stream:
            ...         print(event.name, event.value)
        """
        for name in names:
            check_text("name", name)
        check_number("limit", limit, least=1)
        stream = EventStream(names, limit=limit, may_wait=_negation(self._dispatcher))
        with self._changing:
            alive = (each for each in self._streams if each() is not None)
            self._streams = (*alive, weakref.ref(stream))
        self._begin()
        if self._dispatcher.is_closed:
            stream.end(DEVICE_CLOSED)
        return stream

    @property
    def dropped(self) -> int:
        """How many events came and had no room, because handlers were too slow; a stream counts its own."""
        return self._dispatcher.dropped

    @property
    def lost(self) -> int:
        """How many events never came whole, as the numbers of those before and behind them show."""
        return self._gaps.lost

    def __repr__(self) -> str:
        names = ", ".join(sorted({name for name, _ in self._handlers})) or "none"
        return f"<events with handlers for: {names}; {self.dropped} dropped, {self.lost} lost>"

    # For those who know the board

    def connect(self, *, settle: Callable[[Answer], object], want: Callable[[], None]) -> None:
        """Know how to read values, and whom to tell that somebody listens."""
        self._settle, self._want = settle, want

    def begin_anew(self) -> None:
        """Know that the board counts its events from 0."""
        self._gaps.begin()

    def take(self, note: Note) -> None:
        """Take a note of the board, as the session's listener: neither raise nor wait."""
        if is_event(note):
            self._gaps.take(note.number)
            self._dispatcher.put(note)

    def receive(self, note: Note) -> None:
        """Tell those who listen; the dispatcher calls this."""
        assert self._settle is not None, "a board that sends is connected"
        arrival = read_arrival(note, self._settle)
        self._call_handlers(arrival)
        for reference in self._streams:
            stream = reference()
            if stream is not None:
                stream.put(arrival)

    def close(self) -> None:
        """Have what has come handed on, and end; closing twice is no error."""
        self._dispatcher.close()
        for reference in self._streams:
            stream = reference()
            if stream is not None:
                stream.end(DEVICE_CLOSED)

    def _begin(self) -> None:
        self._dispatcher.start()
        if self._want is not None:
            self._want()

    def _call_handlers(self, arrival: Arrival) -> None:
        (name, value), error = arrival
        for wanted, handler in self._handlers:
            if wanted != name:
                continue
            if error is not None:
                _log.warning("the event `%s` came without its value: %s", name, error)
                return
            try:
                handler(value)
            except BaseException:  # noqa: BLE001 - the other handlers must run, whatever this one did
                _log.exception("a handler of the event `%s` failed", name)


def _negation(dispatcher: Dispatcher[Note]) -> Callable[[], bool]:
    return lambda: not dispatcher.is_current


def _is_async(handler: object) -> bool:
    from inspect import isasyncgenfunction, iscoroutinefunction  # noqa: PLC0415 - 5 ms that others need not wait

    return any(
        iscoroutinefunction(each) or isasyncgenfunction(each)
        for each in (handler, getattr(handler, "__call__", None))  # noqa: B004 - an object may have an async one
    )
