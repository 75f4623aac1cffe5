"""What time it is, for the rooms of the launcher that are not told."""

from __future__ import annotations

import time

__all__ = ["clock_us"]


def clock_us() -> int:
    """Return microseconds of the clock that the board's `time.ticks_us()` shows as well."""
    return time.monotonic_ns() // 1000
