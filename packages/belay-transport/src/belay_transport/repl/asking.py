"""The questions that the host asks a board when a reply is missing, each with a number of its own.

The board keeps its replies until the next call, so asking never runs anything of the user's twice.
A board that still runs the call leaves the question unread until that has ended; a program that reads
its input reads the question too, so few are asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .control import CTRL_A, CTRL_D

if TYPE_CHECKING:
    from .buffers import Buffers

__all__ = ["FIRST_QUESTION", "NOTHING_KIND", "Questions"]

FIRST_QUESTION = 0x2000_0000
"""Questions are numbered from here, so that no answer is taken for the start of a call; 30 bits are a
small integer on every board."""

NOTHING_KIND = b"n"
"""The kind of the reply of a board that was asked and keeps none."""

MOST_QUESTIONS = 6
# For one call: a wire that damages six answers in a row is broken, and six unread questions (40 bytes
# each) fit the 256 bytes of a small board's receive ring.


class Questions:
    """The questions of one call.

    Args:
        buffers: what the machine shares.
        again: code with `%d` for the number, which makes the board send its replies; b"" if there is none.

    Attributes:
        asked: how many were asked.
        answered: whether the board has begun to answer one, so that the call has ended.
    """

    def __init__(self, buffers: Buffers, again: bytes) -> None:
        self._buffers = buffers
        self._again = again
        self.asked = 0
        self.answered = False

    @property
    def left(self) -> bool:
        """Whether one more may be asked."""
        return bool(self._again) and self.asked < MOST_QUESTIONS

    def ask(self) -> None:
        """Ask; the board answers at once, or when the call has ended."""
        # Ctrl-A clears a half-sent line, and brings a board that has started anew from its friendly
        # prompt to where it can say that it knows nothing.
        self._buffers.to_send += CTRL_A + self._again % (FIRST_QUESTION + self.asked) + CTRL_D
        self.asked += 1

    def includes(self, number: int) -> bool:
        """Return whether `number` is one of the questions asked."""
        return FIRST_QUESTION <= number < FIRST_QUESTION + self.asked
