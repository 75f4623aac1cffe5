r"""The link to a simulated board: the host's end of its wire.

Knows how bytes go out and come in, and when Ctrl-C is no byte; must not know what a REPL is.
A direct link has nothing between: the host's socket is the interpreter's stdin and stdout. What the
board's firmware does to the bytes is done here then: `\n` leaves as `\r\n`, Ctrl-C interrupts.
"""

from __future__ import annotations

import os
import select
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from belay_transport.errors import ConnectionLost
from belay_transport.sim.board import Board
from belay_transport.sim.cooking import Cooker
from belay_transport.sim.faults import Countdown
from belay_transport.sim.page import INTERRUPTS_ARE_OFF
from belay_transport.sim.starting import start

if TYPE_CHECKING:
    import socket

    from belay_transport.sim.options import SimOptions
    from belay_transport.sim.starting import Started
    from belay_transport.simulated import SimulatedBoard

__all__ = ["SimLink", "open_sim"]

_READ_BYTES = 262144
# More than a socket holds (Linux: 208 kB), so that one call empties it.
_CUT_ESCAPE_S = 0.05
# The rest of an escape that was cut is being written at this moment.
_STEP_S = 0.05
_BULK_BYTES = 64
# Longer than anything that a person or a protocol sends to stop a program.
_CTRL_C = b"\x03"


def open_sim(options: SimOptions) -> SimLink:
    """Open a simulated board.

    Does not wait for its prompt: it boots while the host goes on, in 20 to 30 ms. What keeps it from
    booting is told by the first read or write.

    Raises:
        AddressError: a name that cannot be one.
        ConnectionFailedError: no interpreter for this platform, or its flash cannot be had.
    """
    started = start(options)
    assert started.wire is not None
    return SimLink(started, started.wire, options)


class SimLink:
    """A `Link` to a simulated board.

    Attributes:
        simulated: its outside: pins, inputs, timeline, restart.
    """

    def __init__(self, started: Started, wire: socket.socket, options: SimOptions) -> None:
        # Behind a relay the launcher counts: what arrives at the board, not what is sent.
        self._faults = None if options.is_shaped else _countdown(options)
        self.simulated: SimulatedBoard = Board(
            started.launcher,
            heap_bytes=options.heap_bytes,
            page=started.page,
            faults=self._faults,
            begin_link_anew=self._begin_anew,
        )
        self._launcher = started.launcher
        self._page = started.page
        self._wire = wire
        self._options = options
        self._token = started.token
        self._cooker = None if options.is_shaped else Cooker(self._token)
        os.set_blocking(wire.fileno(), False)
        self._bell, self._bell_rope = os.pipe()
        self._readable = select.poll()
        self._readable.register(wire, select.POLLIN)
        self._readable.register(self._bell, select.POLLIN)
        self._state = threading.Lock()
        self._is_rung = False
        self._is_closed = False
        self._readers = 0

    @property
    def description(self) -> str:
        """The simulated board's name or disk, for messages."""
        name = self._options.name or self._options.disk
        return f"simulated board {name}" if name else "simulated board"

    survives_reset = True

    @property
    def flow_control(self) -> bool:
        """Whether the wire holds bytes back while the board's receive buffer is full."""
        return self._options.flow_control

    def read(self, timeout_s: float | None) -> bytes:
        """Wait for bytes and return all that have come; see `Link.read`."""
        self._enter()
        try:
            return self._read(timeout_s)
        finally:
            self._leave()

    def write(self, data: bytes, timeout_s: float | None) -> None:
        """Send all of `data`; see `Link.write`."""
        self._enter()
        try:
            until_s = None if timeout_s is None else time.monotonic() + timeout_s
            if self._faults is None:
                sent = self._transmit(data, until_s)
            else:
                sent = self._transmit_with_faults(self._faults, data, until_s)
        finally:
            self._leave()
        if sent < len(data):
            raise ConnectionLost(f"The {self.description} took {sent} of {len(data)} bytes in {timeout_s} s")

    def wake(self) -> None:
        """Make the read in progress, or else the next one, return b"" at once."""
        with self._state:
            if not self._is_rung and not self._is_closed:
                self._is_rung = True
                os.write(self._bell_rope, b"!")

    def close(self) -> None:
        """End the board; closing twice is no error."""
        with self._state:
            if self._is_closed:
                return
            self._is_closed = True
            os.write(self._bell_rope, b"!")
            is_last = not self._readers
        self._launcher.end()
        if is_last:
            self._release()

    def __enter__(self) -> SimLink:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _enter(self) -> None:
        with self._state:
            if self._is_closed:
                raise ConnectionLost(f"The link to the {self.description} is closed")
            self._readers += 1

    def _leave(self) -> None:
        with self._state:
            self._readers -= 1
            is_last = self._is_closed and not self._readers
        if is_last:
            self._release()

    def _release(self) -> None:
        """Close what nobody uses any more; under a waiting thread, the number could become another's."""
        self._wire.close()
        self._page.close()
        os.close(self._bell)
        os.close(self._bell_rope)

    def _read(self, timeout_s: float | None) -> bytes:
        until_s = None if timeout_s is None else time.monotonic() + timeout_s
        left_ms = None if timeout_s is None else timeout_s * 1000
        while True:
            ready = self._readable.poll(left_ms)
            if not ready:
                return b""
            if self._is_closed:
                raise ConnectionLost(f"The link to the {self.description} is closed")
            if self._is_rung and any(descriptor == self._bell for descriptor, _ in ready):
                self._hush()
                return b""
            data = self._receive()
            if data:
                return data
            # Only the beginning of an escape has come.
            left_ms = _CUT_ESCAPE_S * 1000
            if until_s is not None:
                left_ms = max(0.0, min(left_ms, (until_s - time.monotonic()) * 1000))

    def _begin_anew(self) -> None:
        """Forget what the board sent before it was erased; it is silent now."""
        with suppress(OSError):  # there is no more, or the link is gone, which the next read says
            while self._wire.recv(_READ_BYTES):
                pass
        if self._cooker is not None:
            self._cooker = Cooker(self._token)
        if self._faults is not None:
            self._faults.begin_anew()

    def _hush(self) -> None:
        with self._state:
            self._is_rung = False
            os.read(self._bell, 1)

    def _receive(self) -> bytes:
        try:
            data = self._wire.recv(_READ_BYTES)
        except BlockingIOError:
            return b""
        except OSError:
            data = b""
        if not data:
            raise ConnectionLost(self._launcher.end_itself())
        return self._cooker.feed(data) if self._cooker else data

    def _is_bulk(self, data: bytes) -> bool:
        """Say whether these are data for a program that takes Ctrl-C as a byte like any other.

        The board's word for it is trusted for large pieces only: it may be a word of a program
        that has ended, and somebody's Ctrl-C comes in a small one.
        """
        return len(data) > _BULK_BYTES and self._page[INTERRUPTS_ARE_OFF] == 1

    def _transmit(self, data: bytes, until_s: float | None) -> int:
        """Send `data`; return how many bytes the board took."""
        if self._cooker is None or _CTRL_C not in data or self._is_bulk(data):
            return self._send(data, until_s)
        return self._send_with_interrupts(data, until_s)

    def _transmit_with_faults(self, faults: Countdown, data: bytes, until_s: float | None) -> int:
        """Send `data` up to the first fault that strikes; return how many bytes the wire took."""
        wanted = faults.room(len(data))
        sent = self._transmit(data if wanted == len(data) else data[:wanted], until_s)
        fault = faults.count_on(sent)
        if fault is None:
            return sent
        self._launcher.ask("strike", fault)
        if fault == "reset":
            return len(data)  # what was on its way to a board that starts anew is lost
        reason = self._launcher.end_itself()
        if wanted < len(data):
            raise ConnectionLost(reason)
        return sent

    def _send_with_interrupts(self, data: bytes, until_s: float | None) -> int:
        """Send what is data, interrupt where Ctrl-C is none; return how many bytes the board took."""
        sent = 0
        bytes_of_it = b""  # Ctrl-C that no program wanted, for the prompt: they go with what follows
        while sent < len(data):
            end = data.find(_CTRL_C, sent)
            if end == sent:
                bytes_of_it += b"" if self._launcher.ask("interrupt") else _CTRL_C
                sent += 1
                continue
            piece = bytes_of_it + (data[sent:] if end < 0 else data[sent:end])
            sent += self._send(piece, until_s) - len(bytes_of_it)
            bytes_of_it = b""
            if sent < (end if end >= 0 else len(data)):
                return max(0, sent)
        return sent - len(bytes_of_it) + (self._send(bytes_of_it, until_s) if bytes_of_it else 0)

    def _send(self, data: bytes, until_s: float | None) -> int:
        """Send `data`; return how many bytes were taken in time."""
        sent = self._send_some(data)
        while sent < len(data) and self._wait_for_room(until_s):
            sent += self._send_some(memoryview(data)[sent:])
        return sent

    def _send_some(self, data: bytes | memoryview) -> int:
        try:
            return self._wire.send(data)
        except BlockingIOError:
            return 0
        except OSError:
            raise ConnectionLost(self._launcher.end_itself()) from None

    def _wait_for_room(self, until_s: float | None) -> bool:
        writable = select.poll()
        writable.register(self._wire, select.POLLOUT)
        while not self._is_closed:
            # In steps: `close` in another thread does not end a wait for room.
            left_s = _STEP_S if until_s is None else min(_STEP_S, until_s - time.monotonic())
            if left_s <= 0:
                return False
            if writable.poll(left_s * 1000):
                return True
        raise ConnectionLost(f"The link to the {self.description} was closed while writing")


def _countdown(options: SimOptions) -> Countdown:
    return Countdown(unplug_after=options.unplug_after, reset_after=options.reset_after)
