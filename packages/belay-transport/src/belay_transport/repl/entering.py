"""How a board is brought to its raw prompt from whatever it does, without resetting it.

A knock is Ctrl-C, Ctrl-C, Ctrl-A. Several may be needed, and the board may answer some of them late, so
behind a banner the board says the number of the last knock: what comes behind that is no answer to a knock.
A board that answers the first knock from an idle prompt needs no such proof, unless it owes an answer.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .control import CTRL_A, CTRL_C, CTRL_D

if TYPE_CHECKING:
    from .buffers import Buffers

__all__ = ["SETTLING_CODE", "RawEntry"]

SETTLING_CODE = b"{}[%d]"
"""What is run to see that the board has nothing more to say: it fails, and the failure says the number.

It names nothing, as the board's globals may hold anything: an earlier user's `print` need not print.
"""

FIRST_NUMBER = 1000
"""Knocks are numbered from here, through all entries: no late proof of an earlier one passes for a new one,
nor does the number of a line in somebody's traceback."""

KNOCK_PAUSE_S = 0.4
# Between two knocks: longer than a board takes to answer, shorter than a person's patience.

_PAUSE_GROWTH = 1.5
# A link whose turnaround is longer than the first pause gets its answer in a later one.

_KEPT_BYTES = 1024
# What a busy program prints meanwhile is of no use but for a message; the longest answer is a sixth of it.

_IDLE = re.compile(rb"(?:\A|>>> \r\n)\Z")
# What an idle board says before the banner: nothing at the raw prompt, the end of a line at the friendly one.

_BANNER = re.compile(rb"raw REPL; CTRL-B to exit\r\n[^>]*>")
_SETTLED = rb"OK[^\x02\x04]*\x04[^\x02\x04]*?%d[^\x02\x04]*\x04[^>]*>"
# Threads of the board may print between any two of the board's writes; 0x02 stands in late replies.


class RawEntry:
    """Enters the raw REPL.

    Args:
        buffers: what the machine shares.

    Attributes:
        knocks: how many knocks were sent since `start`.
    """

    def __init__(self, buffers: Buffers) -> None:
        self._buffers = buffers
        self._settling = False
        self._pause_s = KNOCK_PAUSE_S
        self._number = FIRST_NUMBER
        self._owes = False
        self.knocks = 0

    def start(self, *, owes: bool = False) -> None:
        """Begin to enter; what was received so far is forgotten.

        Args:
            owes: whether the board may still answer what it was sent before.
        """
        self._buffers.received.clear()
        self._buffers.prompt_due = False
        self._pause_s = KNOCK_PAUSE_S
        self._owes = owes
        self.knocks = 0
        self.knock()

    def knock(self) -> None:
        """Knock once more."""
        # No carriage return: it would run a line that someone has half typed. The first Ctrl-C ends a
        # program, paste mode or a half-typed line; the second one a program that catches the first.
        self._buffers.to_send += CTRL_C + CTRL_C + CTRL_A
        self._buffers.timer.wait(self._pause_s)
        self._settling = False
        if self.knocks:
            self._pause_s *= _PAUSE_GROWTH
        self.knocks += 1
        self._number += 1

    def feed(self) -> bool:
        """Take what was received; return whether the board is at its raw prompt."""
        received = self._buffers.received
        if not self._settling:
            banner = _BANNER.search(received)
            if banner is None:
                del received[:-_KEPT_BYTES]
                return False
            if self.knocks == 1 and not self._owes and _IDLE.search(received[: banner.start()]):
                return self._enter()
            del received[: banner.end()]
            self._settling = True
            self._buffers.to_send += SETTLING_CODE % self._number + CTRL_D
            self._buffers.timer.wait(self._pause_s)
        settled = re.search(_SETTLED % self._number, received)
        if settled is None:
            del received[:-_KEPT_BYTES]
            return False
        return self._enter()

    def sent_in_words(self) -> str:
        """Return what was sent, for a message."""
        times = "once" if self.knocks == 1 else f"{self.knocks} times"
        return f"Ctrl-C, Ctrl-C, Ctrl-A {times}"

    def _enter(self) -> bool:
        self._buffers.received.clear()
        self._buffers.timer.wait(None)
        return True
