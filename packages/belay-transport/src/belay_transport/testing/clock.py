"""A clock that tests turn by hand. Knows nothing of links."""

from __future__ import annotations

import threading

__all__ = ["FakeClock"]


class FakeClock:
    """Tell a time that moves only when a test says so; called like `time.monotonic`.

    Example:
        >>> clock = FakeClock()
        >>> clock.advance(2.5)
        >>> clock()
        2.5
    """

    def __init__(self, start_s: float = 0.0) -> None:
        self._lock = threading.Lock()
        self._now_s = start_s

    def __call__(self) -> float:
        """Return the time now, in seconds since no particular moment."""
        return self._now_s

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass.

        Raises:
            ValueError: `seconds` is negative; a monotonic clock never goes back.
        """
        if seconds < 0:
            raise ValueError(f"A monotonic clock cannot go back by {-seconds} s")
        with self._lock:
            self._now_s += seconds

    def advance_to(self, moment_s: float) -> None:
        """Let time pass until `moment_s`; a moment already gone is no error and changes nothing."""
        with self._lock:
            self._now_s = max(self._now_s, moment_s)
