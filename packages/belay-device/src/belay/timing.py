"""A board's clock read in the host's time: when a value was measured, and how far apart the clocks are.

This room knows the host's two clocks: the one that only goes forward, by which everything is measured, and
the one of the calendar, which may be set at any time and is looked at only when an answer is given.
What exchanges mean is `belay.clock`'s; it sends nothing.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, NamedTuple

from belay.clock import BoardClock

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

__all__ = ["TimeOffset", "Timekeeper"]

_CALENDAR_READINGS = 3  # the host may be interrupted between its two clocks, hardly three times in a row


class TimeOffset(NamedTuple):
    """How far the board's clock is ahead of the host's.

    Attributes:
        offset_s: the board's seconds minus the host's seconds since 1970 (`time.time()`).
        error_s: the true offset is at most so far from `offset_s`.
        drift_ppm: how much faster the board's clock runs, in millionths; 0.0 until it is seen.
        samples: how many exchanges with the board it rests on.
    """

    offset_s: float
    error_s: float
    drift_ppm: float
    samples: int


class Timekeeper:
    """The clocks of one board and of the host; safe to use from several threads.

    Args:
        now: seconds of the host's clock that only goes forward; on every system the finest there is.
        calendar: seconds since 1970.
    """

    def __init__(
        self, *, now: Callable[[], float] = time.perf_counter, calendar: Callable[[], float] = time.time
    ) -> None:
        self.now = now
        self._calendar = calendar
        self._period_ms = 0
        self._clock = BoardClock(0)
        self._lock = threading.Lock()

    def begin(self, period_ms: int) -> None:
        """Begin with a board of whose clock nothing is known.

        Args:
            period_ms: its counter begins anew when it reaches this; 0 if it never does.
        """
        with self._lock:
            self._period_ms = period_ms
            self._clock = BoardClock(period_ms)

    def forget(self) -> None:
        """Know nothing any more of how the clocks stand: the board has started anew."""
        self.begin(self._period_ms)

    def learn(self, sent_s: float, received_s: float, spans: Sequence[tuple[int, int]]) -> list[datetime]:
        """Take in an exchange with the board, and return when each thing was that the board did in it.

        Args:
            sent_s: `now()` before it was sent.
            received_s: `now()` after its answer had come.
            spans: the board's clock before and after each thing, in ms.

        Returns:
            Local times without a time zone, each halfway between the readings.
        """
        from datetime import datetime  # noqa: PLC0415 - 1 ms, and only who asks for times pays it

        with self._lock:
            moments = self._clock.learn(sent_s, received_s, spans)
        difference_s, _ = self._calendar_minus_now()
        return [
            datetime.fromtimestamp(moment.host_s + difference_s)  # noqa: DTZ006 - as the first Belay has it
            for moment in moments
        ]

    def offset(self) -> TimeOffset | None:
        """Return the offset as it is now, or None if nothing is known of the board's clock."""
        with self._lock:
            found = self._clock.offset(self.now())
        if found is None:
            return None
        difference_s, error_s = self._calendar_minus_now()
        return TimeOffset(
            found.offset_s - difference_s, found.error_s + error_s, found.drift_ppm, found.samples
        )

    def _calendar_minus_now(self) -> tuple[float, float]:
        """The difference of the host's clocks, and how wrong it can be."""
        best = (0.0, float("inf"))
        for _ in range(_CALENDAR_READINGS):
            before_s = self.now()
            calendar_s = self._calendar()
            after_s = self.now()
            error_s = (after_s - before_s) / 2
            if error_s < best[1]:
                best = (calendar_s - (before_s + after_s) / 2, error_s)
        return best
