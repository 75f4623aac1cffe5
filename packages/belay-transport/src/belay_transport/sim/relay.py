r"""A relay between a simulated board and whoever talks to it, where the bytes do not go directly.

Stands between a pty or a shaped link and the interpreter. Knows what happens to bytes on their
way: the speed of the wire, the ring that a board receives into, Ctrl-C, `\n` as `\r\n`.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import struct
import sys
import termios

from belay_transport.sim.cooking import Cooker
from belay_transport.sim.shaping import SlowWire

TYPE_CHECKING = False  # see control.py
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

__all__ = ["Relay"]

_READ_BYTES = 4096
_BACKLOG_MAX_BYTES = 4096
# What an operating system's serial driver keeps (Linux: a page); more waits at the sender.
_RETRY_S = 0.00025
# How often a full ring is looked at: a board says nothing when it has read.
_CTRL_C = b"\x03"
_PR_SET_TIMERSLACK = 29


class Relay:
    """The bytes of one board's wire, both ways.

    Args:
        outside: descriptor of a pty or socket towards who talks to the board; closed by its owner.
        near: descriptor of the interpreter's wire, this side.
        far: descriptor of the interpreter's wire, its side: tells how much it has not read.
        shape: `rate`, `latency_s`, `jitter_s`, `ring_bytes`, `flow_control`, `token`.
        interrupt: called for each Ctrl-C that arrives; says whether a program took it.
    """

    def __init__(
        self, outside: int, near: int, far: int, shape: dict[str, Any], interrupt: Callable[[], bool]
    ) -> None:
        self._outside, self._near, self._far = outside, near, far
        for descriptor in (outside, near):
            os.set_blocking(descriptor, False)
        wire = {name: shape[name] for name in ("rate", "latency_s", "jitter_s")}
        self._inbound = SlowWire(**wire)
        self._outbound = SlowWire(**wire, seed=2)
        self._ring_bytes: int | None = shape["ring_bytes"]
        self._has_flow_control: bool = shape["flow_control"]
        self._cooker = Cooker(shape["token"])
        self._interrupt = interrupt
        self._arrived = b""  # at the board, not yet in its ring
        self._leaving = b""  # at the outside, not yet taken
        self._is_over = False
        _wake_in_time()

    def readers(self) -> list[int]:
        """Return the descriptors to wait for bytes on."""
        ready: list[int] = []
        if not self._is_over and self._inbound.backlog_bytes + len(self._arrived) < _BACKLOG_MAX_BYTES:
            ready.append(self._outside)
        if self._outbound.backlog_bytes + len(self._leaving) < _BACKLOG_MAX_BYTES:
            ready.append(self._near)
        return ready

    def writers(self) -> list[int]:
        """Return the descriptors to wait for room on."""
        return [self._outside] if self._leaving else []

    def times_s(self, now_s: float) -> list[float]:
        """Return when to call `move` at the latest."""
        times = (self._inbound.next_s(), self._outbound.next_s(), now_s + _RETRY_S if self._arrived else None)
        return [time for time in times if time is not None]

    def move(self, ready: list[int], now_s: float) -> None:
        """Move the bytes that can move now; `ready` are the descriptors that have some."""
        if self._outside in ready:
            self._inbound.put(self._read_outside(), now_s)
        if self._near in ready:
            self._outbound.put(self._read_near(), now_s)
        if not self._arrived:
            self._arrived = self._inbound.take(now_s)
        self._receive()
        if not self._leaving:
            self._leaving = self._outbound.take(now_s)
        self._send()

    def _read_outside(self) -> bytes:
        try:
            data = os.read(self._outside, _READ_BYTES)
        except BlockingIOError:
            return b""
        self._is_over = not data
        return data

    def _read_near(self) -> bytes:
        try:
            data = self._cooker.feed(os.read(self._near, _READ_BYTES))
        except BlockingIOError:
            return b""
        # Nothing is held back for long: the bytes that follow a cut escape are here already or never come.
        return data if not self._cooker.is_holding else data + self._rest_of_escape()

    def _rest_of_escape(self) -> bytes:
        try:
            return self._cooker.feed(os.read(self._near, _READ_BYTES))
        except BlockingIOError:
            return self._cooker.release()

    def _receive(self) -> None:
        """Bring what arrived into the board's ring, Ctrl-C by Ctrl-C."""
        while self._arrived:
            plain, ctrl_c, rest = self._arrived.partition(_CTRL_C)
            gone = self._give(plain)
            if gone < len(plain):
                self._arrived = plain[gone:] + ctrl_c + rest
                return
            if ctrl_c and not self._interrupt() and not self._give(ctrl_c):
                self._arrived = ctrl_c + rest
                return
            self._arrived = rest

    def _give(self, data: bytes) -> int:
        """Give the board what has room; return how many bytes need not be given again."""
        room = self._room(len(data))
        try:
            written = os.write(self._near, data[:room]) if room else 0
        except BlockingIOError:
            written = 0  # without a ring's limit the socket's own is the board's memory
        return written if self._has_flow_control else len(data)

    def _room(self, wanted: int) -> int:
        if self._ring_bytes is None:
            return wanted
        answer = fcntl.ioctl(self._far, termios.FIONREAD, bytes(4))
        unread = int(struct.unpack("@i", answer)[0])
        return max(0, min(wanted, self._ring_bytes - unread))

    def _send(self) -> None:
        try:
            while self._leaving:
                self._leaving = self._leaving[os.write(self._outside, self._leaving) :]
        except BlockingIOError:
            return
        except OSError:
            self._leaving = b""  # nobody is there; a board prints into the void as well


def _wake_in_time() -> None:
    """Ask the system to end this process's waits when their time is over, not up to 50 µs later."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_TIMERSLACK, 1, 0, 0, 0)
