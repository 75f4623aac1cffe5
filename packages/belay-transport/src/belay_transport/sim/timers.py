"""The deadlines of a simulated board: its timers, its watchdog, and reminders to its interpreter.

Knows microseconds that it is told; has no clock.
"""

from __future__ import annotations

__all__ = ["Reminders", "Timers"]

_UNANSWERED_MAX = 4
# A board that does not keep up misses ticks, as it does on hardware, where a few callbacks may wait (4 to 8).

_TIMERS_MAX = 1000
# No board has as many; a program that makes them in a loop and stops none must not fill the launcher.

_REMIND_AFTER_US = (2_000, 10_000, 50_000, 250_000)
# The first helps nearly always; the others are for a loaded machine.


class Reminders:
    """When to poke the interpreter once more.

    What comes from a signal is looked at when a blocking call returns. A signal that comes between the
    last look and the call is not noticed before the call ends, so it is followed by others.
    """

    def __init__(self) -> None:
        self._dues: list[int] = []

    def start(self, now_us: int) -> None:
        """Remind of what came now."""
        self._dues = [now_us + after_us for after_us in _REMIND_AFTER_US]

    def times_us(self) -> list[int]:
        """Return when they are due."""
        return self._dues

    def is_due(self, now_us: int) -> bool:
        """Say whether to poke now."""
        later = [due_us for due_us in self._dues if due_us > now_us]
        is_due = len(later) < len(self._dues)
        self._dues = later
        return is_due


class Timers:
    """Which timer is due when."""

    def __init__(self) -> None:
        self._timers: dict[int, tuple[int, int]] = {}
        """Number -> when it is due next, and the period, 0 for once."""
        self._watchdog: int | None = None
        self._unanswered = 0

    def set(self, number: int, *, due_us: int, period_us: int) -> None:
        """Start a timer; it fires at `due_us`, then every `period_us`, or once if that is 0."""
        if len(self._timers) < _TIMERS_MAX or number in self._timers:
            self._timers[number] = (due_us, period_us)

    def cancel(self, number: int) -> None:
        """Stop a timer."""
        self._timers.pop(number, None)

    def guard(self, due_us: int) -> None:
        """Start or feed the watchdog: it bites at `due_us`."""
        self._watchdog = due_us

    def answered(self) -> None:
        """Note that the board has taken one event."""
        self._unanswered = max(0, self._unanswered - 1)

    def times_us(self) -> list[int]:
        """Return when something is due."""
        watchdog = [] if self._watchdog is None else [self._watchdog]
        return [due for due, _ in self._timers.values()] + watchdog

    def bites(self, now_us: int) -> bool:
        """Say whether the watchdog's time is over."""
        return self._watchdog is not None and self._watchdog <= now_us

    def take_due(self, now_us: int) -> list[int]:
        """Return the numbers of the timers that fire now, each once, in the order of their times."""
        due = sorted((when, number) for number, (when, _) in self._timers.items() if when <= now_us)
        for when, number in due:
            period_us = self._timers[number][1]
            if period_us:
                missed = (now_us - when) // period_us
                self._timers[number] = (when + (missed + 1) * period_us, period_us)
            else:
                del self._timers[number]
        room = max(0, _UNANSWERED_MAX - self._unanswered)
        fired = [number for _, number in due][:room]
        self._unanswered += len(fired)
        return fired
