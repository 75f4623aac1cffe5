"""Waiting with threads: how a link reads, writes, wakes and closes where no descriptor can be waited on.

Knows a function that receives and one that transmits, both of which may block. Used for pyserial's
URLs and on Windows; `descriptors` is the faster way where there are descriptors.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from belay_transport.errors import ConnectionLost

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["ThreadedWire"]

_CHUNK_BYTES = 1024
"""Most that one call transmits: what a write that ran out of time tells is exact to one chunk."""

_UNREAD_BYTES = 1 << 20
"""Most that is kept for a reader who does not come: 90 s of a UART at 115 200 baud."""

_CLOSE_S = 2.0
"""How long closing waits for each thread: several times the longest that `receive` blocks."""


class ThreadedWire:
    """Read and write through two blocking functions, each in a thread of its own, as `Link` promises.

    Args:
        receive: blocks for a short time, returns bytes that have come, maybe none; raises EOFError
            at the end, anything else when the wire breaks.
        transmit: blocks until all of its bytes are taken; raises anything when the wire breaks.
        description: for messages: "serial port COM3".
        lost: returns the error that says why the wire broke; called with what was attempted
            ("Reading from …") and what was raised, None for an end.
        stop: makes blocked calls of the two functions return soon; called once.
        release: closes the wire; called once, after `stop`, when neither function runs any more.
    """

    def __init__(
        self,
        receive: Callable[[], bytes],
        transmit: Callable[[bytes], object],
        *,
        description: str,
        lost: Callable[[str, Exception | None], ConnectionLost],
        stop: Callable[[], None],
        release: Callable[[], None],
    ) -> None:
        self._receive = receive
        self._transmit = transmit
        self._description = description
        self._lost = lost
        self._stop = stop
        self._release = release
        self._changed = threading.Condition()
        self._inbox = bytearray()
        self._outgoing: _Outgoing | None = None
        self._error: Exception | None = None
        self._broken = False
        self._woken = False
        self._closed = False
        self._threads = [
            threading.Thread(target=work, name=f"{name} {description}", daemon=True)
            for work, name in ((self._keep_receiving, "read"), (self._keep_transmitting, "write"))
        ]
        for thread in self._threads:
            thread.start()

    def read(self, timeout_s: float | None) -> bytes:
        """See `Link.read`."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._closed or self._woken or self._inbox or self._broken, timeout_s
            )
            if self._closed:
                raise self._closed_error("Reading from")
            if self._woken:
                self._woken = False
                return b""
            if self._inbox:
                data = bytes(self._inbox)
                self._inbox.clear()
                self._changed.notify_all()
                return data
            if self._broken:
                raise self._lost(f"Reading from {self._description} failed", self._error) from self._error
            return b""

    def write(self, data: bytes, timeout_s: float | None) -> None:
        """See `Link.write`."""
        with self._changed:
            self._refuse_write()
            outgoing = self._outgoing = _Outgoing(bytes(data))
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._closed or self._broken or not outgoing.left, timeout_s)
            self._outgoing = None
            if outgoing.left:
                self._refuse_write()
                raise ConnectionLost(
                    f"Writing to {self._description} failed: "
                    f"{outgoing.taken} of {len(data)} bytes were taken in {timeout_s} s"
                )

    def wake(self) -> None:
        """See `Link.wake`."""
        with self._changed:
            self._woken = True
            self._changed.notify_all()

    def close(self) -> None:
        """See `Link.close`."""
        with self._changed:
            if self._closed:
                return
            self._closed = True
            self._changed.notify_all()
        self._stop()
        for thread in self._threads:
            # a thread that hangs in a driver is left behind: it is a daemon, and the wire is closed
            thread.join(_CLOSE_S)
        self._release()

    def _keep_receiving(self) -> None:
        error = None
        try:
            while not self._closed:
                data = self._receive()
                with self._changed:
                    self._inbox += data
                    self._changed.notify_all()
                    self._changed.wait_for(lambda: self._closed or len(self._inbox) < _UNREAD_BYTES)
        except EOFError:
            pass
        except Exception as cause:  # noqa: BLE001 - a driver may raise anything; the reader must hear of it
            error = cause
        self._break(error)

    def _keep_transmitting(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(
                    lambda: self._closed or self._broken or (self._outgoing and self._outgoing.left)
                )
                outgoing = self._outgoing
                if self._closed or self._broken or outgoing is None:
                    return
                chunk = outgoing.data[outgoing.taken : outgoing.taken + _CHUNK_BYTES]
            try:
                self._transmit(chunk)
            except Exception as error:  # noqa: BLE001 - a driver may raise anything; the writer must hear of it
                self._break(error)
                return
            with self._changed:
                outgoing.taken += len(chunk)
                self._changed.notify_all()

    def _break(self, error: Exception | None) -> None:
        with self._changed:
            self._broken = True
            self._error = error
            self._changed.notify_all()

    def _refuse_write(self) -> None:
        if self._closed:
            raise self._closed_error("Writing to")
        if self._broken:
            raise self._lost(f"Writing to {self._description} failed", self._error) from self._error

    def _closed_error(self, attempt: str) -> ConnectionLost:
        return ConnectionLost(f"{attempt} {self._description} failed: the link is closed")


class _Outgoing:
    """A write in progress: a chunk that is still on its way when time is up counts for no other."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.taken = 0

    @property
    def left(self) -> int:
        """How many bytes are not yet taken."""
        return len(self.data) - self.taken
