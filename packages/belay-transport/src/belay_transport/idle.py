"""Reads the link between calls, so that what the board prints then is not left lying.

It holds the session's lock only while it reads, and gives way at once to a caller.
"""

from __future__ import annotations

import logging
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from .errors import ConnectionLost

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["IdleReader"]

_log = logging.getLogger("belay.session")

REST_S = 0.005
"""Rest after a call before reading begins: calls in a row do not pay for waking the reader."""


class Readable(Protocol):
    """What is read; `Link` promises the same."""

    def read(self, timeout_s: float | None) -> bytes:
        """Wait for bytes."""
        ...

    def wake(self) -> None:
        """End the wait."""
        ...


class IdleReader:
    """A thread that reads while nobody calls.

    A caller may be interrupted by Ctrl-C anywhere, so there is no lock between the caller and the
    thread that an interrupted caller could leave locked: a set of who calls, flags, and a bell.

    Args:
        lock: the session's; held while reading and delivering.
        source: what is read.
        deliver: gets the bytes, under the lock; what it raises is logged, and reading goes on.
    """

    def __init__(self, lock: threading.RLock, source: Readable, deliver: Callable[[bytes], None]) -> None:
        self._lock = lock
        self._source = source
        self._deliver = deliver
        self._bell = threading.Lock()
        self._bell.acquire()
        self._callers: set[int] = set()
        self._changes = 0  # of the callers: those that came and those that went
        self._reading = False
        self._parked = False
        self._stopped = False
        self._release: Callable[[], None] | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start reading; a second start is no error."""
        if self._thread is None and not self._stopped:
            self._thread = threading.Thread(target=self._run, name="belay idle reader", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End the thread and wait for it, unless the caller is that thread."""
        self._stopped = True
        if self._thread is None:
            return
        self._ring()
        if self._reading:
            self._source.wake()
        if self._thread is not threading.current_thread():
            self._thread.join()

    def abandon(self, release: Callable[[], None]) -> None:
        """End the thread and have it release the link, for nobody will use it any more."""
        self._release = release
        self.stop()

    def give_way(self) -> None:
        """Say that the calling thread wants the link."""
        if self._thread is None:
            return
        # First the caller, then the flag; the reader does it the other way round, so one sees the other.
        self._callers.add(threading.get_ident())
        self._changes += 1
        if self._reading:
            self._source.wake()

    def resume(self) -> None:
        """Say that the calling thread is done."""
        if self._thread is None:
            return
        self._callers.discard(threading.get_ident())
        self._changes += 1
        if self._parked:
            self._ring()

    def _ring(self) -> None:
        # The bell is a lock that the thread waits for: released is rung.
        with suppress(RuntimeError):
            self._bell.release()

    def _run(self) -> None:
        while not self._stopped:
            if not self._has_rested():
                continue
            if self._callers:
                self._park()
            elif not self._read_once():
                break
        if self._release is not None:
            self._release()

    def _has_rested(self) -> bool:
        """Rest; return whether nobody came or went meanwhile.

        While calls follow each other the thread looks every `REST_S`, and none of them pays for waking it.
        """
        changes = self._changes
        self._bell.acquire(timeout=REST_S)
        return changes == self._changes

    def _park(self) -> None:
        """Sleep through a long call, until a caller is done."""
        self._parked = True
        if self._callers and not self._stopped:
            self._bell.acquire()
        self._parked = False

    def _read_once(self) -> bool:
        """Read until something comes or a caller does; False when the link is gone."""
        with self._lock:
            self._reading = True
            try:
                data = b"" if self._callers or self._stopped else self._source.read(None)
            except ConnectionLost as error:
                # The next call says so to someone who can act on it.
                _log.debug("the idle reader ends: %s", error)
                return False
            finally:
                self._reading = False
            if data:
                self._hand_on(data)
        return True

    def _hand_on(self, data: bytes) -> None:
        try:
            self._deliver(data)
        except Exception:  # noqa: BLE001 - the user's handler may raise anything, and nobody else is there to hear it
            _log.exception("the output handler failed between calls")
