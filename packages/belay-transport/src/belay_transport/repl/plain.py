"""What comes while plain code runs, code without a wrapper: output, and the REPL's own end.

The first 0x04 … 0x04 is taken for the end, so code that prints this byte needs a wrapper.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .control import CTRL_D
from .endings import split_failure
from .events import Finished, Output, Restarted
from .noise import without_acknowledgement
from .running import Phase

if TYPE_CHECKING:
    from .buffers import Buffers

__all__ = ["PlainReader"]

_END = re.compile(rb"\x04([^\x04]*)\x04([^>]*)>")
_REBOOT = b"soft reboot"
# Code that raises SystemExit makes the board start anew in place of the prompt.


class PlainReader:
    """Reads what one piece of plain code sends.

    Args:
        buffers: what the machine shares.

    Attributes:
        acknowledgement: what the board sends in front of the output; set it before the first `feed`.
        phase: how far the code is.
        finished: how it ended, once the phase is `OVER`; None if the board started anew.
        resync: never; the twin of the attribute of `ReplyReader`.
    """

    resync = False

    def __init__(self, buffers: Buffers) -> None:
        self._buffers = buffers
        self.acknowledgement = b"OK"
        self.phase = Phase.STARTING
        self.finished: Finished | None = None

    @property
    def started(self) -> bool:
        """Whether the board is known to run the code."""
        return self.phase is not Phase.STARTING

    def begin(self) -> None:
        """Say that the code is sent."""
        self._buffers.timer.wait_for_step()

    def feed(self) -> None:
        """Take what was received, as far as it can be understood."""
        received = self._buffers.received
        if self.phase is Phase.OVER or not (self.started or self._acknowledge()):
            return
        end = _END.search(received)
        if end is None:
            cut = received.find(CTRL_D)
            self._buffers.output(cut if cut >= 0 else len(received))
            return
        noise, error = split_failure(bytes(end[1]))
        behind = bytes(end[2])
        self._buffers.output(end.start())
        del received[: end.end() - end.start()]
        if _REBOOT in behind:
            self.restart()
            return
        if noise or behind:
            self._buffers.events.append(Output(noise + behind))
        self._over(error, started=True)

    def time_passed(self) -> bool:
        """Say that the timer ran out; return whether this could be dealt with."""
        return False

    def refuse(self, error: bytes) -> None:
        """End with the failure that the board gave instead of running the code."""
        self._over(error, started=False)

    def restart(self) -> None:
        """End because the board has started anew."""
        self._buffers.events.append(Restarted())
        self.phase = Phase.OVER

    def interrupted(self) -> None:
        """Say that Ctrl-C was sent."""

    def _acknowledge(self) -> bool:
        received = self._buffers.received
        self._buffers.drop_due_prompt(received)
        index = received.find(self.acknowledgement)
        if index < 0:
            return False
        end = index + len(self.acknowledgement)
        noise = without_acknowledgement(received[:end], self.acknowledgement)
        if noise:
            self._buffers.events.append(Output(bytes(noise)))
        del received[:end]
        self.phase = Phase.RUNNING
        self._buffers.timer.wait(None)
        return True

    def _over(self, error: bytes, *, started: bool) -> None:
        self.finished = Finished(error, started)
        self.phase = Phase.OVER
