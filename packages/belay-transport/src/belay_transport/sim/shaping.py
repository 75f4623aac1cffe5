"""One direction of a slow wire: bytes go in, and come out when that wire would have brought them.

Knows rate, latency and jitter, and the seconds that it is told; has no clock and no descriptor.
"""

from __future__ import annotations

__all__ = ["SlowWire"]

_STEP_S = 0.0005
# A slow wire is looked at this often: a twentieth of what 64 bytes take at 115200 baud, a step that a
# loaded machine still keeps.


class SlowWire:
    """Bytes under way.

    Args:
        rate: bytes per second; None for at once.
        latency_s: seconds from the sender to the receiver.
        jitter_s: each piece takes up to this many seconds longer, never overtaking another.
        seed: where the jitter's sequence starts; the same seed gives the same sequence.
    """

    def __init__(self, *, rate: float | None, latency_s: float, jitter_s: float = 0.0, seed: int = 1) -> None:
        self._rate = rate
        self._latency_s = latency_s
        self._jitter_s = jitter_s
        self._noise = seed
        self._pieces: list[tuple[float, bytes]] = []
        """When the first byte of each would arrive if it took no time itself; what is left of it."""
        self._free_at_s = 0.0
        self.backlog_bytes = 0

    def put(self, data: bytes, now_s: float) -> None:
        """Send `data` at `now_s`."""
        start_s = max(now_s, self._free_at_s)
        self._free_at_s = start_s + (len(data) / self._rate if self._rate else 0.0)
        self._pieces.append((start_s + self._latency_s + self._next_jitter_s(), data))
        self.backlog_bytes += len(data)

    def take(self, now_s: float) -> bytes:
        """Return what has arrived by `now_s`."""
        taken: list[bytes] = []
        while self._pieces:
            start_s, data = self._pieces[0]
            count = self._arrived(start_s, len(data), now_s)
            taken.append(data[:count])
            if count < len(data):
                if count:
                    self._pieces[0] = (start_s + count / (self._rate or 1.0), data[count:])
                break
            del self._pieces[0]
        joined = b"".join(taken)
        self.backlog_bytes -= len(joined)
        return joined

    def clear(self) -> None:
        """Lose all that is under way."""
        self._pieces.clear()
        self.backlog_bytes = 0

    def next_s(self) -> float | None:
        """Return when it is worth looking again, or None while nothing is under way."""
        if not self._pieces:
            return None
        start_s, data = self._pieces[0]
        if not self._rate:
            return start_s
        return start_s + min(len(data) / self._rate, max(_STEP_S, 1 / self._rate))

    def _arrived(self, start_s: float, length: int, now_s: float) -> int:
        if now_s < start_s:
            return 0
        if not self._rate:
            return length
        # A hair more than the quotient: rounding must not keep the last byte for ever.
        return min(length, int((now_s - start_s) * self._rate + 1e-6))

    def _next_jitter_s(self) -> float:
        if not self._jitter_s:
            return 0.0
        # The sequence of ANSI C's `rand`: loading `random` would double the launcher's start.
        self._noise = (self._noise * 1103515245 + 12345) % 2**31
        jitter_s = self._jitter_s * self._noise / 2**31
        self._free_at_s += jitter_s
        return jitter_s
