"""What the parts of the host's machine share: bytes in, bytes out, events, and what is waited for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .events import Output

if TYPE_CHECKING:
    from .events import Event

__all__ = ["Buffers"]


class Buffers:
    """The received bytes that are not understood yet, the bytes to send, the events so far, and a timer.

    Args:
        step_wait_s: how long the board may take for a step of the protocol.

    Attributes:
        wait_s: how many seconds after it was set the timer runs out; None while none is set.
        wait_number: which setting of the timer this is.
        prompt_due: whether the `>` behind the last answer has not come yet.
    """

    def __init__(self, *, step_wait_s: float) -> None:
        self.received = bytearray()
        self.to_send = bytearray()
        self.events: list[Event] = []
        self.prompt_due = False
        self.wait_s: float | None = None
        self.wait_number = 0
        self._step_wait_s = step_wait_s

    def wait(self, seconds: float | None) -> None:
        """Set the timer to `seconds` from now, or switch it off.

        It runs whatever comes meanwhile: a thread of the board that prints all the time must not
        put off for ever what silence would bring about.
        """
        self.wait_s = seconds
        self.wait_number += 1

    def wait_for_step(self) -> None:
        """Set the timer to what the board may take for a step of the protocol."""
        self.wait(self._step_wait_s)

    def output(self, end: int) -> None:
        """Report the first `end` received bytes as output and drop them."""
        if end:
            self.events.append(Output(bytes(self.received[:end])))
            del self.received[:end]

    def drop_due_prompt(self, end: int | None = None) -> None:
        """Drop the `>` behind the last answer; a thread of the board may have printed before it.

        Args:
            end: where to stop looking for it.
        """
        if self.prompt_due:
            index = self.received.find(b">", 0, end)
            if index >= 0:
                del self.received[index]
                self.prompt_due = False
