"""What is known of a board's clock from exchanges with the board: its offset, how wrong that is, its drift.

This room is arithmetic: no board, no clock of its own, no date. Times of the host are seconds of one clock
that only goes forward; times of the board are milliseconds as its counter shows them, wraps included.

An exchange bounds the offset by cause and effect alone: the board's first reading was taken after the host
sent, its last one before the host received. However long the task between the readings ran, and however
unlike the two ways were, the offset lies between these bounds. Bounds of several exchanges are intersected,
each widened by what the clocks can have drifted since; the exchange with the shortest way counts most.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["MOST_DRIFT", "READING_S", "BoardClock", "Moment", "Offset"]

MOST_DRIFT = 600e-6
"""How much faster or slower the board's clock can run than the host's, as a fraction.

A board's crystal is off by at most 100 ppm; the host's clock is slewed by at most 500 ppm.
Source: adjtimex(2), the range of `freq`.
"""

READING_S = 0.001 + 1e-6
"""What a reading may be behind the clock: the counter shows whole milliseconds. The rest is for rounding."""

_ANCHOR_S = 5.0  # so long after the first exchange a better one replaces it as the drift's beginning


class Moment(NamedTuple):
    """When something happened on the board, in seconds of the host's clock.

    Attributes:
        host_s: the middle of when it can have been.
        error_s: it was at most so much earlier or later.
    """

    host_s: float
    error_s: float


class Offset(NamedTuple):
    """The board's clock minus the host's.

    Attributes:
        offset_s: the estimate, in seconds.
        error_s: the true offset is at most so far from it.
        drift_ppm: how much faster the board's clock runs, in millionths; 0.0 until it is seen.
        samples: how many exchanges it rests on.
    """

    offset_s: float
    error_s: float
    drift_ppm: float
    samples: int


class _Bounds(NamedTuple):
    """The offset at `host_s` lies between `low` and `high`."""

    host_s: float
    low: float
    high: float

    @property
    def width(self) -> float:
        return self.high - self.low

    def at(self, host_s: float) -> _Bounds:
        """The bounds at another time; also an earlier one, as two threads tell in any order."""
        drift = MOST_DRIFT * abs(host_s - self.host_s)
        return _Bounds(host_s, self.low - drift, self.high + drift)

    def narrowed_by(self, other: _Bounds) -> _Bounds:
        return _Bounds(self.host_s, max(self.low, other.low), min(self.high, other.high))


class BoardClock:
    """The clock of one board, from its start to its next reset.

    Args:
        period_ms: the counter begins anew at 0 when it reaches this; 0 if it never does.

    Attributes:
        jumps: how often an exchange contradicted all that was known, as after a reset of the board or a
            sleep of the host. Everything before is forgotten then.
    """

    def __init__(self, period_ms: int) -> None:
        self.jumps = 0
        self._period_ms = period_ms
        self._bounds: _Bounds | None = None
        self._anchor: _Bounds | None = None
        self._began_s = 0.0
        self._samples = 0

    def learn(self, sent_s: float, received_s: float, spans: Sequence[tuple[int, int]]) -> list[Moment]:
        """Take in an exchange.

        Args:
            sent_s: the host's clock before it sent.
            received_s: the host's clock after the last of the answer had come.
            spans: the board's readings before and after each thing that it did, in order; at least one.

        Returns:
            For each the moment halfway between its two readings.
        """
        elapsed_s = received_s - sent_s
        readings = self._unwrapped([reading for span in spans for reading in span], received_s, elapsed_s)
        seen = _seen(sent_s, received_s, readings)
        if seen is None:
            # The board's clock ran for longer than the exchange took, so it was set while the task ran;
            # or it went round in one of many tasks. What is left is when the exchange was.
            self._forget()
            return [Moment(sent_s + elapsed_s / 2, elapsed_s / 2)] * len(spans)
        bounds = self._take(seen)
        if bounds is None:
            self._forget()
            return self.learn(sent_s, received_s, spans)
        slack_s = MOST_DRIFT * elapsed_s
        moments: list[Moment] = []
        for first, last in zip(readings[::2], readings[1::2], strict=True):
            middle = (first + last) / 2
            half = max(0.0, (last - first - READING_S) / 2)
            earliest = max(middle - bounds.high, sent_s + half) - slack_s
            latest = min(middle + READING_S - bounds.low, received_s - half) + slack_s
            moments.append(Moment((earliest + latest) / 2, (latest - earliest) / 2))
        return moments

    def offset(self, host_s: float) -> Offset | None:
        """Return the offset at a time of the host's clock, or None if nothing is known."""
        if self._bounds is None:
            return None
        now = self._bounds.at(host_s)
        drift = self._drift()
        age_s = host_s - self._bounds.host_s
        estimate = (self._bounds.low + self._bounds.high) / 2 + drift * age_s
        error_s = max(now.high - estimate, estimate - now.low)
        return Offset(estimate, error_s, drift * 1e6, self._samples)

    def _forget(self) -> None:
        self.jumps += 1
        self._bounds = self._anchor = None
        self._samples = 0

    def _unwrapped(self, readings: list[int], received_s: float, elapsed_s: float) -> list[float]:
        """Return readings as seconds of a clock that never wraps; [] if that cannot be known.

        Between two readings the counter can have gone round only if the exchange took that long.
        Of the last one the host knows from its own clock what it must be about.
        """
        period_ms = self._period_ms
        if not period_ms:
            return [reading / 1000 for reading in readings]
        steps = [(after - before) % period_ms for before, after in pairwise(readings)]
        left_ms = (elapsed_s * (1 + MOST_DRIFT) + READING_S) * 1000 - sum(steps)
        rounds = int(left_ms // period_ms)
        if rounds > 0 and len(steps) > 1:
            return []  # nobody knows in which of the tasks the counter went round
        if rounds > 0:
            steps[0] += rounds * period_ms
        last_ms = readings[-1]
        if self._bounds is not None:
            expected_ms = (received_s + (self._bounds.low + self._bounds.high) / 2) * 1000
            last_ms += round((expected_ms - last_ms) / period_ms) * period_ms
        values = [last_ms]
        for step in reversed(steps):
            values.append(values[-1] - step)
        return [value / 1000 for value in reversed(values)]

    def _take(self, seen: _Bounds) -> _Bounds | None:
        """Intersect what an exchange has shown with what was known; None if they contradict each other."""
        if self._bounds is None:
            self._began_s = seen.host_s
            bounds = seen
        else:
            bounds = self._bounds.at(seen.host_s).narrowed_by(seen)
            if bounds.width < 0:
                return None
        self._bounds = bounds
        self._samples += 1
        is_early = bounds.host_s - self._began_s <= _ANCHOR_S
        if self._anchor is None or (is_early and bounds.width < self._anchor.width):
            self._anchor = bounds
        return bounds

    def _drift(self) -> float:
        """The middle of the rates that lead from the first good bounds to the last."""
        first, last = self._anchor, self._bounds
        if first is None or last is None or last.host_s <= first.host_s:
            return 0.0
        elapsed_s = last.host_s - first.host_s
        slowest = max(-MOST_DRIFT, (last.low - first.high) / elapsed_s)
        fastest = min(MOST_DRIFT, (last.high - first.low) / elapsed_s)
        return (slowest + fastest) / 2


def _seen(sent_s: float, received_s: float, readings: Sequence[float]) -> _Bounds | None:
    """Return what an exchange alone says of the offset when it ended; None if nothing consistent."""
    if not readings or list(readings) != sorted(readings):
        return None
    slack_s = MOST_DRIFT * (received_s - sent_s)
    low = readings[-1] - received_s - slack_s
    high = readings[0] + READING_S - sent_s + slack_s
    return _Bounds(received_s, low, high) if low <= high else None
