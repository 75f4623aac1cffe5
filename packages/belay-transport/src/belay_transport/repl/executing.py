"""One piece of code after the other: sent, run, read to its end.

It joins how code reaches the board (`sending`) with what comes back (`running`, `plain`).
"""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING

from .endings import END, FAILURE, FRIENDLY_SIGN
from .events import Finished, Refused
from .plain import PlainReader
from .running import Phase, ReplyReader
from .sending import CodeSender

if TYPE_CHECKING:
    from .buffers import Buffers
    from .frames import FrameDecoder
    from .notes import NoteJoiner

__all__ = ["Execution"]

TYPED_S = 0.5
"""How long a prompt that is not ours may stand where code should start: a thread may have printed it."""


class Step(Enum):
    """How far one piece of code is."""

    SENDING = "sending code"
    STOPPING = "waiting for the board to give up the code"
    RUNNING = "running"


class Execution:
    """Runs code at the raw prompt.

    Args:
        buffers: what the machine shares.
        frames: finds the session's frames.
        notes: takes those that are notes.
        plain_limit: code of at most this many bytes goes in one write without raw paste.
    """

    def __init__(
        self, buffers: Buffers, frames: FrameDecoder, notes: NoteJoiner, *, plain_limit: int
    ) -> None:
        self._buffers = buffers
        self._frames = frames
        self._notes = notes
        self._sender = CodeSender(buffers, notes, plain_limit=plain_limit)
        self._reader: ReplyReader | PlainReader = PlainReader(buffers)
        self._step = Step.RUNNING
        self._typed = False

    @property
    def window(self) -> int | None:
        """The board's raw-paste window in bytes; None before it was asked, 0 if it has none."""
        return self._sender.window

    @property
    def running(self) -> bool:
        """Whether the board is known to run the code."""
        return self._step is Step.RUNNING and self._reader.started

    @property
    def over(self) -> bool:
        """Whether the code has ended."""
        return self._reader.phase is Phase.OVER

    @property
    def finished(self) -> Finished | None:
        """How the code ended, once it is over; None if the board started anew."""
        return self._reader.finished

    @property
    def resync(self) -> bool:
        """Whether more than a prompt may come behind the end."""
        return self._reader.resync

    def start(self, code: bytes, *, sequence: int, replies: int, again: bytes) -> None:
        """Begin to send code; see `HostRepl.execute`."""
        if replies:
            self._reader = ReplyReader(
                self._buffers, self._frames, self._notes, sequence=sequence, replies=replies, again=again
            )
        else:
            self._reader = PlainReader(self._buffers)
        self._typed = False
        self._sender.start(code)
        self._go_on()

    def feed(self) -> None:
        """Take what was received, as far as it can be understood."""
        while self._step is not Step.RUNNING:
            if not (self._feed_sending() if self._step is Step.SENDING else self._feed_stopping()):
                break
        else:
            self._reader.feed()
        if not (self._reader.started or self._typed) and self._looks_typed():
            self._typed = True
            self._buffers.timer.wait(TYPED_S)

    def time_passed(self) -> bool:
        """Say that the timer ran out; return whether that is no failure."""
        if not self._reader.started and self._looks_typed():
            # The board was at a friendly prompt, where code is typed and never run.
            self._reader.restart()
            return True
        return self._step is Step.RUNNING and self._reader.time_passed()

    def interrupted(self) -> None:
        """Say that Ctrl-C was sent."""
        if self._step is Step.RUNNING:
            self._reader.interrupted()

    def refused(self) -> Refused:
        """Return what is waited for, as the failure that it is when the time is over."""
        attempted = self._reader.phase.value if self._step is Step.RUNNING else self._step.value
        return Refused(
            self._sender.step or attempted, self._sender.sent_in_words(), bytes(self._buffers.received)
        )

    def _feed_sending(self) -> bool:
        self._buffers.drop_due_prompt(self._buffers.received)
        more = self._sender.feed()
        self._go_on()
        return more

    def _looks_typed(self) -> bool:
        received = self._buffers.received
        return re.search(FRIENDLY_SIGN, received) is not None and END.search(received) is None

    def _go_on(self) -> None:
        """Go on from sending if all is sent."""
        if self._sender.step:
            self._step = Step.SENDING
        elif self._sender.stopped:
            self._step = Step.STOPPING
        else:
            self._reader.acknowledgement = self._sender.acknowledgement
            self._reader.begin()
            self._step = Step.RUNNING

    def _feed_stopping(self) -> bool:
        received = self._buffers.received
        failure = re.search(FAILURE, received)
        if failure is None:
            return False
        error = bytes(failure[1])
        del received[: failure.end()]
        self._buffers.prompt_due = True
        if b"KeyboardInterrupt" in error:
            # It was a thread that printed 0x04. None of the code has run, so it may be sent again.
            self._sender.send_plain()
            self._go_on()
        else:
            self._step = Step.RUNNING
            self._reader.refuse(error)
        return True
