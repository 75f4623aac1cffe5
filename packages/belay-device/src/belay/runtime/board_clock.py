"""Comparing a board's clock with the host's, and the time of values.

It asks; what the answers mean is `belay.timing`'s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay.exceptions import FeatureUnavailableError, InternalError, TimeNotSyncedError
from belay.timing import Timekeeper

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from belay.replies import ReplyReader
    from belay.runtime.submitting import Submitter
    from belay.timing import TimeOffset

__all__ = ["AUTOMATIC_SAMPLES", "CLOCK_HELPERS", "BoardClock", "timed_code"]

AUTOMATIC_SAMPLES = 5
"""Exchanges by which the clock is learnt at its first use: the fastest of five is seldom a slow one."""

CLOCK_HELPERS = ("clock",)
"""What `timed_code` needs."""


def timed_code(code: str) -> str:
    """Return the board expression for the value of `code` with the board's clock before and after."""
    return f"_belay_t(lambda:{code})"


class BoardClock:
    """The clock of one board.

    Args:
        submitter: sends.
        replies: reads what comes.
        asks_itself: whether the clock is learnt when it is first needed.
    """

    def __init__(self, submitter: Submitter, replies: ReplyReader, *, asks_itself: bool) -> None:
        self._submitter = submitter
        self._replies = replies
        self._asks_itself = asks_itself
        self._timekeeper = Timekeeper()
        submitter.on_forget.append(self._timekeeper.forget)

    def now(self) -> float:
        """Return the host's clock that only goes forward, in seconds."""
        return self._timekeeper.now()

    def learn(self, sent_s: float, received_s: float, spans: Sequence[tuple[int, int]]) -> list[datetime]:
        """Return the local time of the middle of each span of the board's clock, and learn from them."""
        return self._timekeeper.learn(sent_s, received_s, spans)

    def sync_time(self, samples: int) -> TimeOffset:
        """Learn the board's clock by `samples` exchanges more, one turnaround each, and return its offset.

        Raises:
            FeatureUnavailableError: the board has no clock.
            TimeNotSyncedError: `samples` is 0, and nothing is known.
        """
        for _ in range(samples):
            self._ask()
        found = self._timekeeper.offset()
        if found is None:
            raise TimeNotSyncedError(
                f"nothing is known of the clock of {self._submitter.description}:"
                " it has not been compared with the host's since the board started",
                hint="call `device.sync_time()`",
            )
        return found

    def time_offset(self) -> TimeOffset:
        """Return the offset of the board's clock; unless told not to, ask the board if it is not known.

        Raises:
            FeatureUnavailableError: the board has no clock.
            TimeNotSyncedError: nothing is known, and the board shall not be asked.
        """
        if self._asks_itself:
            self.prepare()
        return self.sync_time(0)

    def prepare(self) -> None:
        """Learn of the board's clock what is needed, at least that there is one, and when it goes round."""
        found = self._timekeeper.offset()
        needed = AUTOMATIC_SAMPLES if self._asks_itself else 1
        for _ in range(needed - (0 if found is None else found.samples)):
            self._ask()

    def _ask(self) -> None:
        description = self._submitter.description
        sent_s = self.now()
        answer = self._submitter.send(
            f"lambda:{timed_code('_belay_p')}",
            helpers=CLOCK_HELPERS,
            timeout_s=self._submitter.session.timeout_s,
        )
        received_s = self.now()
        error = self._replies.error_of(answer, 0)
        if error is not None:
            raise error
        reply, span = self._replies.without_times(answer.replies[0])
        greatest = self._replies.value(reply)
        if not isinstance(greatest, int):
            raise FeatureUnavailableError(
                f"{description} has no clock: neither `time.ticks_ms` nor `supervisor.ticks_ms`"
                " nor `time.monotonic_ns`"
            )
        if not -1 <= greatest < 1 << 63:
            raise InternalError(f"the clock of {description} goes up to {greatest}")
        if self._timekeeper.offset() is None:
            self._timekeeper.begin(greatest + 1)
        self.learn(sent_s, received_s, [span])
