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

    from belay_transport.sim.faults import Countdown

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
        shape: `rate`, `latency_s`, `jitter_s`, `ring_bytes`, `flow_control`, `stall_s`, `stall_every`,
            `noise`, `noise_seed`, `token`.
        faults: counts what the board gets.
        interrupt: called for each Ctrl-C that arrives; says whether a program took it.
        strike: called with the fault that is due; nothing more reaches the board until `drop_inbound`.
    """

    def __init__(
        self,
        outside: int,
        near: int,
        far: int,
        shape: dict[str, Any],
        *,
        faults: Countdown,
        interrupt: Callable[[], bool],
        strike: Callable[[str], None],
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
        self._faults = faults
        self._interrupt = interrupt
        self._strike = strike
        self._is_struck = False
        self._stall_s: float = shape["stall_s"]
        self._stall_every: int = shape["stall_every"]
        self._until_stall: int = self._stall_every
        """Bytes that the board takes before it stalls."""
        self._stalled_until_s = 0.0
        self._damage_inbound, self._damage_outbound = _noises(shape)
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
        again_s = max(now_s + _RETRY_S, self._stalled_until_s) if self._arrived else None
        times = (self._inbound.next_s(), self._outbound.next_s(), again_s)
        return [time for time in times if time is not None]

    def move(self, ready: list[int], now_s: float) -> None:
        """Move the bytes that can move now; `ready` are the descriptors that have some."""
        if self._outside in ready:
            self._inbound.put(self._damage_inbound(self._read_outside()), now_s)
        if self._near in ready:
            self._outbound.put(self._damage_outbound(self._read_near()), now_s)
        if not self._arrived or not self._has_flow_control:
            self._arrived += self._inbound.take(now_s)
        self._receive(now_s)
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

    def drop_inbound(self) -> None:
        """Lose what is on its way to the board: it was reset, and now listens again."""
        self._arrived = b""
        self._inbound.clear()
        self._is_struck = False

    def _receive(self, now_s: float) -> None:
        """Bring what arrived to the board, up to its next stall or fault."""
        while self._arrived and not self._is_struck:
            if now_s < self._stalled_until_s:
                if not self._has_flow_control and self._ring_bytes is not None:
                    self._arrived = self._arrived[: self._ring_bytes]  # what else comes is lost
                return
            piece = self._arrived[: self._faults.room(len(self._arrived))]
            if self._stall_every and self._stall_s:
                piece = piece[: self._until_stall]
            gone = self._receive_piece(piece)
            self._arrived = self._arrived[gone:]
            self._count_on(gone, now_s)
            if gone < len(piece):
                return

    def _count_on(self, received: int, now_s: float) -> None:
        self._until_stall -= received
        if self._until_stall <= 0:
            self._until_stall = self._stall_every
            self._stalled_until_s = now_s + self._stall_s
        fault = self._faults.count_on(received)
        if fault:
            self._is_struck = True
            self._strike(fault)

    def _receive_piece(self, piece: bytes) -> int:
        """Bring bytes into the board's ring, Ctrl-C by Ctrl-C; return how many are gone from the wire."""
        gone = 0
        while gone < len(piece):
            end = piece.find(_CTRL_C, gone)
            plain = piece[gone:] if end < 0 else piece[gone:end]
            given = self._give(plain)
            gone += given
            if given < len(plain) or end < 0:
                break
            if not self._interrupt() and not self._give(_CTRL_C):
                break
            gone += 1
        return gone

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


def _noises(shape: dict[str, Any]) -> tuple[Callable[[bytes], bytes], Callable[[bytes], bytes]]:
    """Return what the wire does to the bytes for the board, and to those for the host."""
    rates = shape["noise"]
    if not any(rates.values()):
        return bytes, bytes
    from belay_transport.sim.noise import Noise  # noqa: PLC0415 - only a bad wire needs it

    inbound, outbound = (
        Noise(rates[side], shape["noise_seed"] + number).damage if rates[side] else bytes
        for number, side in enumerate(("board", "host"))
    )
    return inbound, outbound


def _wake_in_time() -> None:
    """Ask the system to end this process's waits when their time is over, not up to 50 µs later."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_TIMERSLACK, 1, 0, 0, 0)
