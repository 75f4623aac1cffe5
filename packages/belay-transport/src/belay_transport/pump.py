"""Moves bytes between a link and the protocol machine, and tells the machine the time.

It knows reads, writes and clocks. It does not know who may call, nor what an event means to a caller.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from .deadlines import LONGEST_WAIT_S
from .errors import ConnectionLost
from .repl import printable

if TYPE_CHECKING:
    from collections.abc import Callable

    from .links import Link
    from .repl import Event, HostRepl

__all__ = ["PLAIN_LIMIT_BYTES", "Pump"]

_log = logging.getLogger("belay.session")

PLAIN_LIMIT_BYTES = 255
"""Longest code sent in one write to a board whose wire holds nothing back: what its receive ring takes."""

PACE_S = 0.01
"""Pause between two slices to a board that has neither raw paste nor flow control, as other tools do."""

MOST_DRAINED_READS = 100
# A program that prints faster than we read must not keep us from stopping it.

_LAST_BYTES = 400
# What messages may show of what came; they shorten it once more.


class Pump:
    """Feeds `repl` with what comes over `link`, and sends what it wants to send.

    Args:
        link: an open link.
        repl: the host's machine.
        timeout_s: bounds each write, in seconds.
        clock: monotonic seconds.

    Attributes:
        link: the link; another one that stands for it may take its place between exchanges.
        lost: why the link is no longer there, once it is not.
        last: the last bytes that came since `forget`.
    """

    def __init__(self, link: Link, repl: HostRepl, *, timeout_s: float, clock: Callable[[], float]) -> None:
        self.link = link
        self._repl = repl
        self._timeout_s = timeout_s
        self._clock = clock
        self._early: list[Event] = []
        self.lost: ConnectionLost | None = None
        self.last = b""

    def forget(self) -> None:
        """Begin anew to note what comes."""
        self.last = b""
        self._early = []

    def drain(self) -> None:
        """Throw away what has come: it is older than what will be sent next."""
        for _ in range(MOST_DRAINED_READS):
            if not self.read(0):
                break

    def step(self, deadline_s: float | None) -> list[Event] | None:
        """Send what is due and wait for what comes.

        Args:
            deadline_s: a time of the clock; None waits as long as the machine does.

        Returns:
            The events, maybe none: it waits `LONGEST_WAIT_S` at most. None when the deadline is past.

        Raises:
            ConnectionLost: the link broke.
        """
        self.send()
        if self._early:
            early, self._early = self._early, []
            return early
        now_s = self._clock()
        if deadline_s is not None and now_s >= deadline_s:
            return None
        due_s = self._repl.due_s(now_s)
        until_s = due_s
        if deadline_s is not None and (due_s is None or deadline_s < due_s):
            until_s = deadline_s
        left_s = LONGEST_WAIT_S if until_s is None else max(0.0, until_s - now_s)
        data = self.read(min(left_s, LONGEST_WAIT_S))
        events = self.receive(data) if data else []
        if due_s is None:
            return events
        now_s = self._clock()
        if now_s >= due_s and self._repl.due_s(now_s) == due_s:
            # What came has not brought the step about that the timer waits for.
            return [*events, *self._repl.time_passed()]
        # Nothing, and too early: the wait was long, or someone woke the link, which means nothing here.
        return events

    def send(self) -> None:
        """Send what the machine wants to send.

        Raises:
            ConnectionLost: the link broke, or the board did not take the bytes in time.
        """
        data = self._repl.take()
        if not data:
            return
        if _log.isEnabledFor(logging.DEBUG):
            _log.debug("%s > %s", self.link.description, printable(data))
        if self._repl.window != 0 or len(data) <= PLAIN_LIMIT_BYTES or self.link.flow_control:
            self._write(data)
            return
        self._write(data[:PLAIN_LIMIT_BYTES])
        for index in range(PLAIN_LIMIT_BYTES, len(data), PLAIN_LIMIT_BYTES):
            self._pause()
            self._write(data[index : index + PLAIN_LIMIT_BYTES])

    def read(self, timeout_s: float | None) -> bytes:
        """Read from the link; see `Link.read`."""
        try:
            return self.link.read(timeout_s)
        except ConnectionLost as error:
            self.lost = error
            raise

    def receive(self, data: bytes) -> list[Event]:
        """Feed the machine with bytes that came."""
        if _log.isEnabledFor(logging.DEBUG):
            _log.debug("%s < %s", self.link.description, printable(data))
        self.last = (self.last + data)[-_LAST_BYTES:]
        return self._repl.feed(data)

    def wake(self) -> None:
        """Make a read return; see `Link.wake`."""
        self.link.wake()

    def _write(self, data: bytes) -> None:
        try:
            self.link.write(data, self._timeout_s)
        except ConnectionLost as error:
            self.lost = error
            raise

    def _pause(self) -> None:
        """Give the board time to empty its receive ring; reading meanwhile loses nothing that comes."""
        end_s = self._clock() + PACE_S
        while (left_s := end_s - self._clock()) > 0:
            data = self.read(left_s)
            if data:
                self._early += self.receive(data)
