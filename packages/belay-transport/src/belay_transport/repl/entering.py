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

PELT = CTRL_C * 4
PELT_S = 0.01
"""Between two pelts at a board that says nothing, or starts anew again and again: it may listen only for the
moment in which its `boot.py` or `main.py` runs."""

MOST_PELTS = 128
# Half a kilobyte in a second or two: what is not read meanwhile fits the buffer of any port of the host's.

PELTS_PER_KNOCK = 16

PATIENT_KNOCKS = 4
# Before those: a board that listens has answered by then, also one that was starting.

_REBOOT = b"soft reboot"
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
        reboots: how often the board has said since then that it starts anew.
    """

    def __init__(self, buffers: Buffers) -> None:
        self._buffers = buffers
        self._settling = False
        self._pause_s = KNOCK_PAUSE_S
        self._number = FIRST_NUMBER
        self._owes = False
        self._pelts_left = MOST_PELTS
        self._is_heard = False
        self._looked_at = 0
        self.knocks = 0
        self.reboots = 0

    def start(self, *, owes: bool = False) -> None:
        """Begin to enter; what was received so far is forgotten.

        Args:
            owes: whether the board may still answer what it was sent before.
        """
        self._buffers.received.clear()
        self._buffers.prompt_due = False
        self._pause_s = KNOCK_PAUSE_S
        self._owes = owes
        self._pelts_left = MOST_PELTS
        self._is_heard = False
        self._looked_at = 0
        self.knocks = 0
        self.reboots = 0
        self.knock()

    def knock(self) -> None:
        """Knock once more."""
        self._settling = False
        if self._pelts_left and not self._is_heard and (self.reboots > 1 or self.knocks >= PATIENT_KNOCKS):
            self._pelts_left -= 1
            self._buffers.timer.wait(PELT_S)
            if self._pelts_left % PELTS_PER_KNOCK:
                self._buffers.to_send += PELT
                return
        else:
            self._buffers.timer.wait(self._pause_s)
            if self.knocks:
                self._pause_s *= _PAUSE_GROWTH
        # No carriage return: it would run a line that someone has half typed. The first Ctrl-C ends a
        # program, paste mode or a half-typed line; the second one a program that catches the first.
        self._buffers.to_send += CTRL_C + CTRL_C + CTRL_A
        self.knocks += 1
        self._number += 1

    def feed(self) -> bool:
        """Take what was received; return whether the board is at its raw prompt."""
        received = self._buffers.received
        self._count_reboots()
        if not self._settling:
            banner = _BANNER.search(received)
            if banner is None:
                self._drop(len(received) - _KEPT_BYTES)
                return False
            if self.knocks == 1 and not self._owes and _IDLE.search(received[: banner.start()]):
                return self._enter()
            self._drop(banner.end())
            self._settling = True
            self._is_heard = True  # now it needs the time to answer
            self._buffers.to_send += SETTLING_CODE % self._number + CTRL_D
            self._buffers.timer.wait(self._pause_s)
        settled = re.search(_SETTLED % self._number, received)
        if settled is None:
            self._drop(len(received) - _KEPT_BYTES)
            return False
        return self._enter()

    def sent_in_words(self) -> str:
        """Return what was sent, for a message."""
        times = "once" if self.knocks == 1 else f"{self.knocks} times"
        pelts = (
            f", and Ctrl-C {len(PELT) * (MOST_PELTS - self._pelts_left)} times"
            if self._pelts_left < MOST_PELTS
            else ""
        )
        return f"Ctrl-C, Ctrl-C, Ctrl-A {times}{pelts}"

    def _count_reboots(self) -> None:
        received = self._buffers.received
        while (index := received.find(_REBOOT, self._looked_at)) >= 0:
            self.reboots += 1
            self._looked_at = index + len(_REBOOT)

    def _drop(self, count: int) -> None:
        """Drop the first received bytes."""
        if count > 0:
            del self._buffers.received[:count]
            self._looked_at = max(0, self._looked_at - count)

    def _enter(self) -> bool:
        self._buffers.received.clear()
        self._buffers.timer.wait(None)
        return True
