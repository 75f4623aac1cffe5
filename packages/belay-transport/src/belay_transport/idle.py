"""Reads the link between calls, so that what the board prints then is not left lying.

It holds the session's lock only while it reads, and gives way at once to a caller.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from .errors import ConnectionLost

if TYPE_CHECKING:
    from collections.abc import Callable

    from .links import Link

__all__ = ["IdleReader"]

_log = logging.getLogger("belay.session")

REST_S = 0.005
"""Rest after a call before reading begins: calls in a row do not pay for waking the reader."""


class IdleReader:
    """A thread that reads `link` while nobody calls.

    Args:
        lock: the session's; held while reading.
        link: what is read; its `wake` ends a read.
        deliver: gets the bytes, under the lock.
    """

    def __init__(self, lock: threading.RLock, link: Link, deliver: Callable[[bytes], None]) -> None:
        self._lock = lock
        self._link = link
        self._deliver = deliver
        self._condition = threading.Condition()
        self._callers = 0
        self._changes = 0  # of callers, those that came and those that went
        self._reading = False
        self._sleeping = False
        self._stopped = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start reading; a second start is no error."""
        if self._thread is None and not self._stopped:
            self._thread = threading.Thread(target=self._run, name="belay idle reader", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End the thread and wait for it."""
        with self._condition:
            self._stopped = True
            self._condition.notify_all()
            if self._reading:
                self._link.wake()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def give_way(self) -> None:
        """Say that a caller wants the link."""
        if self._thread is None:
            return
        with self._condition:
            self._callers += 1
            self._changes += 1
            if self._reading:
                self._link.wake()

    def resume(self) -> None:
        """Say that a caller is done."""
        if self._thread is None:
            return
        with self._condition:
            # The thread may have been started inside the call that ends now.
            self._callers = max(0, self._callers - 1)
            self._changes += 1
            if self._sleeping:
                self._condition.notify_all()

    def _run(self) -> None:
        while self._wait_for_rest():
            with self._lock:
                with self._condition:
                    if self._callers or self._stopped:
                        continue
                    self._reading = True
                try:
                    data = self._link.read(None)
                except ConnectionLost as error:
                    # The next call meets the same break and raises it to someone who can act on it.
                    _log.debug("the idle reader ends: %s", error)
                    return
                finally:
                    with self._condition:
                        self._reading = False
                if data:
                    self._deliver(data)

    def _wait_for_rest(self) -> bool:
        """Wait until no caller has been there for a while; False when stopped.

        While calls follow each other it looks every `REST_S`, and none of them pays for waking it;
        through a long call it sleeps.
        """
        with self._condition:
            changes = -1
            while not self._stopped:
                if changes != self._changes:
                    changes = self._changes
                    self._condition.wait(REST_S)
                elif self._callers:
                    self._sleeping = True
                    self._condition.wait()
                    self._sleeping = False
                else:
                    break
            return not self._stopped
