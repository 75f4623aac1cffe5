"""When the code that runs has had its time: as a whole, and each of the calls in it.

It is told what happened and looks at a clock; it waits for nothing and interrupts nobody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["LONGEST_WAIT_S", "Deadlines"]

LONGEST_WAIT_S = 1.0
"""Longest that a thread which may be the main one waits in one go; whoever waits for more waits again.

Python looks for signals between its own instructions. One that comes behind the last look and before the
system's wait begins does not end that wait: Ctrl-C would be heard when the board says something, or never.
Measured with signals that come in these microseconds: 1 % of the waits did not end (2026-11-27).
"""


class Deadlines:
    """The deadlines of code whose calls run one after the other.

    A call begins when the reply of the one before it has come, the first one at once.

    Args:
        clock: monotonic seconds.
        timeout_s: seconds for all of it; None for ever.
        each_s: seconds for each call, in order; None for ever. It may be shorter than the row of calls.

    Attributes:
        due_s: the next deadline, a time of the clock; None if there is none.
        passing_s: the seconds whose end that is.
    """

    def __init__(
        self, clock: Callable[[], float], timeout_s: float | None, each_s: Sequence[float | None] = ()
    ) -> None:
        self._clock = clock
        self._timeout_s = timeout_s
        self._each_s = each_s
        self._replies = 0
        self._end_s: float | None = None
        self.due_s: float | None = None
        self.passing_s = 0.0
        self.start()

    def start(self) -> None:
        """Count from now, all of it."""
        self._end_s = None if self._timeout_s is None else self._clock() + self._timeout_s
        self._look()

    def replied(self, count: int) -> None:
        """Take notice of how many replies there are."""
        if count != self._replies:
            self._replies = count
            self._look()

    def _look(self) -> None:
        own_s = self._each_s[self._replies] if self._replies < len(self._each_s) else None
        self.due_s, self.passing_s = self._end_s, self._timeout_s or 0.0
        if own_s is not None:
            own_end_s = self._clock() + own_s
            if self.due_s is None or own_end_s < self.due_s:
                self.due_s, self.passing_s = own_end_s, own_s
