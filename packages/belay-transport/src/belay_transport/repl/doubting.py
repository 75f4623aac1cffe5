"""When the host asks a board for its replies: after what may be the end of the code, without a reply.

It decides from signs and from time; what is output and what is a reply is for `running` to know.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING

from .endings import END, FORGOT, SURE_END, TAIL_BYTES, looks_restarted
from .starting import announcement

if TYPE_CHECKING:
    from .asking import Questions
    from .buffers import Buffers
    from .joining import ReplyJoiner

__all__ = ["Doubts", "Verdict"]

SURE_S = 0.25
"""How long an end without a reply is left alone before the board is asked: its rest may be on its way."""

DOUBT_S = 1.0
"""The same for a sign that programs print too, and for what must follow at once on any link."""

TRIES = 2
# How often the board is asked about one doubt: a question may be lost on the way, as an answer may.

HEARD_BYTES = 2048
# What a board says to a question that it does not understand: two lines, and what threads print.


class Doubt(Enum):
    """What the timer waits for."""

    NONE = "nothing"
    STARTING = "whether the code starts"
    WORDS = "whether what may be the beginning of a banner goes on"
    QUIET = "whether it stays quiet behind what may be an end"
    SURE = "whether something follows what must be an end"
    ASKED = "an answer"


class Verdict(Enum):
    """What to do now."""

    WAIT = "wait for more"
    RUNS_ON = "take what looked like an end for output"
    OVER = "the code has ended, and no more replies can be had"
    RESTARTED = "the board has started anew"
    REFUSED = "the board has not taken the code in time"


class Doubts:
    """The doubts about one call.

    Args:
        buffers: what the machine shares; the doubts set its timer.
        questions: asks.
        joiner: knows whether a reply is damaged.

    Attributes:
        error: the failure that the REPL printed, if an end was seen.
    """

    def __init__(self, buffers: Buffers, questions: Questions, joiner: ReplyJoiner) -> None:
        self._buffers = buffers
        self._questions = questions
        self._joiner = joiner
        self._doubt = Doubt.NONE
        self._tries = 0
        self._interrupts = 0
        self._asks_late = False
        self._last_resort = False
        self._eot_seen = False
        self._heard = bytearray()
        self.error = b""

    def start(self) -> None:
        """Wait for the wrapper to speak.

        Near the end of a wait that is long enough the board is asked: maybe the wire lost all that it said.
        """
        step_s, asking_s = self._buffers.timer.step_s, TRIES * DOUBT_S
        self._asks_late = step_s >= 2 * asking_s
        self._wait(Doubt.STARTING, step_s - asking_s if self._asks_late else step_s)

    def settle(self) -> None:
        """Have no doubts: the code runs."""
        self._last_resort = False
        self._wait(Doubt.NONE, None)

    def answer_begins(self) -> None:
        """Hear that the board answers a question: the code has ended, and the answer must come at once."""
        self._tries = 0
        self._wait(Doubt.QUIET, DOUBT_S)

    def hear(self, data: bytearray) -> None:
        """Hear output that goes on to the caller."""
        self._eot_seen = self._eot_seen or b"\x04" in data
        self._heard += data[-HEARD_BYTES:]
        del self._heard[:-HEARD_BYTES]

    def interrupted(self) -> None:
        """Hear that Ctrl-C was sent; from the second on the question is whether there is a program at all."""
        self._interrupts += 1
        if self._interrupts > 1 and self._questions.left:
            self._ask()

    def look_at_start(self) -> None:
        """Look at what came before the wrapper has spoken."""
        if self._doubt is not Doubt.STARTING or self._questions.asked:
            return
        if END.search(self._buffers.received):
            # It has ended and the wrapper has not spoken, or the wire lost what it said.
            self._wait(Doubt.SURE, SURE_S)

    def look(self) -> Verdict:
        """Look at the received bytes that are held back, and set the timer for what they may be."""
        received = self._buffers.received
        if self._questions.asked and re.search(FORGOT, self._heard + received):
            return Verdict.RESTARTED
        if self._doubt is Doubt.ASKED:
            return Verdict.WAIT
        end = re.search(SURE_END, received) if received else None
        if end is not None:
            return self._meet_end(bytes(end[1] or b""))
        if self._questions.answered or self._doubt is Doubt.SURE:
            return Verdict.WAIT
        self._suspect(received)
        return Verdict.WAIT

    def time_passed(self) -> Verdict:
        """Say that the timer ran out."""
        self._last_resort = self._last_resort or self._doubt is Doubt.STARTING
        if self._doubt is Doubt.NONE or (self._doubt is Doubt.STARTING and not self._asks_late):
            return Verdict.REFUSED
        if self._doubt is Doubt.WORDS:
            self.settle()
            return Verdict.RUNS_ON
        if self._questions.left and (self._doubt is not Doubt.ASKED or self._tries < TRIES):
            self._ask()
            return Verdict.WAIT
        if self._questions.answered:
            # The board has ended the call, but its answers came damaged, and often enough.
            return Verdict.OVER
        if self._last_resort:
            return Verdict.REFUSED
        self._tries = 0
        self._eot_seen = False
        self._heard.clear()
        self.settle()
        return Verdict.RUNS_ON

    def _suspect(self, received: bytearray) -> None:
        """Doubt what is held back, and what was not held back in time."""
        if self._questions.asked == 0 and self._are_words(received):
            self._wait(Doubt.WORDS, SURE_S)
        elif looks_restarted(self._heard[-TAIL_BYTES:] + received):
            self._wait(Doubt.QUIET, SURE_S)
        elif received:
            # Behind the announcement of a reset comes what `boot.py` prints; that puts nothing off.
            if self._doubt is not Doubt.QUIET or announcement(received) < 0:
                self._wait(Doubt.QUIET, SURE_S)
        elif self._eot_seen or self._joiner.damaged:
            self._wait(Doubt.QUIET, DOUBT_S)
        elif self._doubt is not Doubt.NONE:
            self.settle()

    def _are_words(self, received: bytearray) -> bool:
        """Return whether all that is held back is the beginning of a banner, which programs print too."""
        return bool(received) and not (
            b"\x04" in received
            or b"\x02" in received
            or self._eot_seen
            or self._joiner.damaged
            or looks_restarted(received)
        )

    def _meet_end(self, error: bytes) -> Verdict:
        if self._questions.answered and (error or not self._joiner.damaged):
            # The answer is over: the board keeps no reply of this call, or cannot send it.
            self.error = error or self.error
            return Verdict.OVER
        if (self._joiner.damaged or self._interrupts or self._questions.answered) and self._questions.left:
            self._ask()
        elif self._doubt is not Doubt.SURE:
            self._wait(Doubt.SURE, SURE_S)
        return Verdict.WAIT

    def _ask(self) -> None:
        self._questions.ask()
        self._tries += 1
        self._heard.clear()
        self._wait(Doubt.ASKED, DOUBT_S)

    def _wait(self, doubt: Doubt, seconds: float | None) -> None:
        self._doubt = doubt
        self._buffers.timer.wait(seconds)
