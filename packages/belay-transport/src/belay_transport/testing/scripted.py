r"""A link without a wire: a script or a function plays the board, in memory.

Knows the promises of `Link` and nothing of the REPL: what the bytes mean is the script's business.

    >>> from belay_transport.testing import Expect, ScriptedLink, Send
    >>> link = ScriptedLink([Send(b">>> "), Expect(b"\x01"), Send(b"raw REPL; CTRL-B to exit\r\n>")])
    >>> link.read(0)
    b'>>> '
    >>> link.write(b"\x01", None)
    >>> link.read(0)
    b'raw REPL; CTRL-B to exit\r\n>'
    >>> link.check_finished()
"""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import TYPE_CHECKING

from belay_transport.errors import ConnectionLost
from belay_transport.testing.script import Break, Expect, Send, SkipUntil, Stall

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from belay_transport.testing.clock import FakeClock
    from belay_transport.testing.script import Step

__all__ = ["ScriptMismatchError", "ScriptedLink"]

_SHOWN_BYTES = 60
"""How much of a byte string a message shows: about one line of a terminal."""


class ScriptMismatchError(AssertionError):
    """The host wrote something else than the script says, or less."""


class ScriptedLink:
    """A `Link` whose far side is a script, a function, or the test itself.

    Writing never waits, except at a `Stall`. With a `FakeClock` a read that would wait lets the
    clock jump instead, so that no test sleeps; only a read without a timeout really waits (for
    `wake`, `close`, or `feed` from another thread).

    Args:
        script: the steps, played in order; what stands before the first `Expect` is sent at once.
        board: instead of a script: called with the bytes of each write, returns what the board
            sends back at once (maybe b"").
        clock: None for real time.
        cut: how many bytes, 1 to the given number, the next read may return; None for all that
            have come. `lambda _: 1` feeds one byte at a time.
        flow_control: what the property of this name says.
        description: what the property of this name says.

    Attributes:
        writes: the bytes of each write, in order.
    """

    def __init__(
        self,
        script: Iterable[Step] = (),
        *,
        board: Callable[[bytes], bytes] | None = None,
        clock: FakeClock | None = None,
        cut: Callable[[int], int] | None = None,
        flow_control: bool = True,
        description: str = "scripted link",
    ) -> None:
        self.writes: list[bytes] = []
        self._steps = deque(script)
        if board is not None and self._steps:
            raise ValueError("A scripted link is played by a script or by a function, not by both")
        self._board = board
        self._fake_clock = clock
        self._clock: Callable[[], float] = time.monotonic if clock is None else clock
        self._cut = cut
        self._flow_control = flow_control
        self._description = description
        self._changed = threading.Condition()
        self._coming: deque[tuple[float, bytes]] = deque()  # (when it arrives, what)
        self._last_due_s = self._clock()
        self._unmatched = bytearray()  # written, not yet taken by a step
        self._break_reason: str | None = None
        self._mismatch: ScriptMismatchError | None = None
        self._stalled = False
        self._closed = False
        self._woken = False
        with self._changed:
            self._play()

    @property
    def description(self) -> str:
        """What this is, for messages."""
        return self._description

    survives_reset = True

    @property
    def flow_control(self) -> bool:
        """Whether the imagined wire holds bytes back while the board is busy."""
        return self._flow_control

    @property
    def written(self) -> bytes:
        """All that the host has written so far."""
        return b"".join(self.writes)

    @property
    def closed(self) -> bool:
        """Whether the host has closed the link."""
        return self._closed

    # the host's side

    def read(self, timeout_s: float | None) -> bytes:
        """Return what the board has sent; see `Link.read`."""
        with self._changed:
            deadline_s = None if timeout_s is None else self._clock() + timeout_s
            while True:
                if self._closed:
                    raise ConnectionLost(f"Reading from the {self._description} failed: it is closed")
                if self._woken:
                    self._woken = False
                    return b""
                data = self._take_arrived()
                if data:
                    return data
                if self._break_reason is not None and not self._coming:
                    raise ConnectionLost(f"Reading from the {self._description} failed: {self._break_reason}")
                if deadline_s is not None and self._clock() >= deadline_s:
                    return b""
                self._wait(deadline_s)

    def write(self, data: bytes, timeout_s: float | None) -> None:
        """Give `data` to whoever plays the board; see `Link.write`.

        Raises:
            ConnectionLost: as in `Link.write`.
            ScriptMismatchError: the script expects something else.
        """
        with self._changed:
            self._refuse_write()
            self.writes.append(bytes(data))
            if self._board is None:
                self._unmatched += data
                self._play()
            if self._stalled and (self._unmatched or self._board is not None):
                self._wait_stalled(len(data), timeout_s)
        if self._board is not None:
            # outside the lock: the function may call `feed` or `break_wire`
            self.feed(self._board(bytes(data)))

    def wake(self) -> None:
        """Make the read in progress, or else the next one, return b"" at once."""
        with self._changed:
            self._woken = True
            self._changed.notify_all()

    def close(self) -> None:
        """Release the link; a read in progress raises `ConnectionLost`. Closing twice is no error."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    # the board's side

    def feed(self, data: bytes, *, after_s: float = 0.0) -> None:
        """Let the board send `data`, `after_s` seconds from now or from what it sends last."""
        with self._changed:
            self._send(data, after_s)

    def break_wire(self, reason: str = "unplugged") -> None:
        """Break the wire; what was sent before is still read."""
        with self._changed:
            self._break_reason = reason
            self._changed.notify_all()

    def stall(self) -> None:
        """Let the board take no byte from here on."""
        with self._changed:
            self._stalled = True

    def check_finished(self) -> None:
        """Check that the host has written all that the script expects, and nothing else.

        Raises:
            ScriptMismatchError: it has not; also when code under test swallowed an earlier one.
        """
        if self._mismatch is not None:
            raise self._mismatch
        if self._steps and not self._stalled:
            raise ScriptMismatchError(
                f"The script is not over: {len(self._steps)} steps left, next {self._steps[0]}"
            )

    # helpers, all called with the lock held

    def _play(self) -> None:
        """Play the script as far as what the host has written allows."""
        while self._steps and not self._stalled and self._play_step(self._steps[0]):
            self._steps.popleft()
        if self._unmatched and not self._steps and not self._stalled:
            self._fail(f"The script is over, but the host wrote {_shown(self._unmatched)}")

    def _play_step(self, step: Step) -> bool:
        """Play one step; False when it waits for the host."""
        if isinstance(step, Send):
            self._send(step.data, step.after_s)
        elif isinstance(step, Break):
            self._break_reason = step.reason
            self._changed.notify_all()
        elif isinstance(step, Stall):
            self._stalled = True
        elif isinstance(step, SkipUntil):
            position = self._unmatched.find(step.end)
            if position < 0:
                return False
            del self._unmatched[: position + len(step.end)]
        elif isinstance(step, Expect):
            seen = bytes(self._unmatched[: len(step.data)])
            if not step.data.startswith(seen):
                self._fail(f"The script expects {_shown(step.data)}, but the host wrote {_shown(seen)}")
            if len(seen) < len(step.data):
                return False
            del self._unmatched[: len(seen)]
        return True

    def _send(self, data: bytes, after_s: float) -> None:
        if not data:
            return
        self._last_due_s = max(self._last_due_s, self._clock()) + after_s
        self._coming.append((self._last_due_s, bytes(data)))
        self._changed.notify_all()

    def _take_arrived(self) -> bytes:
        now_s = self._clock()
        arrived = bytearray()
        while self._coming and self._coming[0][0] <= now_s:
            arrived += self._coming.popleft()[1]
        if self._cut is not None and arrived:
            length = min(max(self._cut(len(arrived)), 1), len(arrived))
            if length < len(arrived):
                self._coming.appendleft((now_s, bytes(arrived[length:])))
                del arrived[length:]
        return bytes(arrived)

    def _wait(self, deadline_s: float | None) -> None:
        """Wait until something changes, the next bytes arrive or the deadline passes."""
        moments = [] if deadline_s is None else [deadline_s]
        if self._coming:
            moments.append(self._coming[0][0])
        if not moments:
            self._changed.wait()
        elif self._fake_clock is None:
            self._changed.wait(max(0.0, min(moments) - self._clock()))
        else:
            self._fake_clock.advance_to(min(moments))

    def _wait_stalled(self, count: int, timeout_s: float | None) -> None:
        """Wait as a write does whose board takes nothing more."""
        if self._fake_clock is not None and timeout_s is not None:
            self._fake_clock.advance(timeout_s)
        else:
            self._changed.wait_for(lambda: self._closed or self._break_reason is not None, timeout_s)
        self._refuse_write()
        taken = 0 if self._board is not None else max(0, count - len(self._unmatched))
        raise ConnectionLost(f"The {self._description} took {taken} of {count} bytes in {timeout_s} s")

    def _refuse_write(self) -> None:
        if self._closed:
            raise ConnectionLost(f"Writing to the {self._description} failed: it is closed")
        if self._break_reason is not None:
            raise ConnectionLost(f"Writing to the {self._description} failed: {self._break_reason}")

    def _fail(self, message: str) -> None:
        self._mismatch = ScriptMismatchError(message)
        raise self._mismatch


def _shown(data: bytes | bytearray) -> str:
    if len(data) <= _SHOWN_BYTES:
        return repr(bytes(data))
    return f"{bytes(data[:_SHOWN_BYTES])!r}… ({len(data)} bytes)"
