"""The thread that hands events on, in the order in which they came.

It knows a queue and whom to tell, not what an event is.
"""

from __future__ import annotations

import logging
import threading
import weakref
from queue import SimpleQueue
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["MOST_WAITING", "Dispatcher"]

T = TypeVar("T")
T_contra = TypeVar("T_contra", contravariant=True)

_log = logging.getLogger("belay.events")

MOST_WAITING = 1000
"""Items that may wait: a second of a board that sends one each millisecond. What comes then is dropped."""

CLOSING_S = 2.0
"""What closing waits for handlers at most: whoever closes is on the way out."""


class Receiver(Protocol[T_contra]):
    """Whom to tell."""

    def receive(self, item: T_contra, /) -> None:
        """Take an item."""
        ...


class Dispatcher(Generic[T]):
    """Hands items to a receiver, one after the other, on a thread of its own.

    The thread begins when it is first needed. It keeps nobody alive: once the receiver is gone, it ends.

    Args:
        receiver: whom to tell; what it raises is logged.

    Attributes:
        dropped: how many items there was no room for.
        is_closed: whether nothing that comes now is handed on.
    """

    def __init__(self, receiver: Receiver[T]) -> None:
        self.dropped = 0
        # Ctrl-C may interrupt whoever puts, anywhere: this queue has no lock that could stay locked.
        self._queue: SimpleQueue[T | None] = SimpleQueue()
        self._receiver = weakref.ref(receiver)
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self.is_closed = False
        weakref.finalize(receiver, self._queue.put, None).atexit = False

    @property
    def is_current(self) -> bool:
        """Whether the calling thread is the dispatcher's."""
        return self._thread is threading.current_thread()

    def start(self) -> None:
        """Begin to hand on; a second start is no error."""
        with self._starting:
            if self._thread is None and not self.is_closed:
                self._thread = threading.Thread(
                    target=_run, args=(self._queue, self._receiver), name="belay events", daemon=True
                )
                self._thread.start()

    def put(self, item: T) -> None:
        """Have an item handed on; never waits. Before the start nobody wants it."""
        if self._thread is None or self.is_closed:
            return
        if self._queue.qsize() >= MOST_WAITING:
            self.dropped += 1
        else:
            self._queue.put(item)

    def close(self) -> None:
        """End the thread once what has come is handed on; wait for that, unless this is that thread."""
        self.is_closed = True
        self._queue.put(None)
        if self._thread is not None and not self.is_current:
            self._thread.join(CLOSING_S)


def _run(queue: SimpleQueue[T | None], receiver: Callable[[], Receiver[T] | None]) -> None:
    while (item := queue.get()) is not None:
        alive = receiver()
        if alive is None:
            return
        try:
            alive.receive(item)
        except Exception:  # noqa: BLE001 - the next item must be handed on, whatever this one did
            _log.exception("an event could not be handed on")
        del alive
