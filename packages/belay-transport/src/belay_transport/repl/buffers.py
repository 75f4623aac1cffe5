"""What the parts of the host's machine share: bytes received, bytes to send, events to report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .events import Output

if TYPE_CHECKING:
    from .events import Event

__all__ = ["Buffers"]


class Buffers:
    """The received bytes that are not understood yet, the bytes to send, and the events so far."""

    def __init__(self) -> None:
        self.received = bytearray()
        self.to_send = bytearray()
        self.events: list[Event] = []
        self.prompt_due = False

    def output(self, end: int) -> None:
        """Report the first `end` received bytes as output and drop them."""
        if end:
            self.events.append(Output(bytes(self.received[:end])))
            del self.received[:end]

    def drop_due_prompt(self) -> None:
        """Drop the `>` behind the last answer; a thread of the board may have printed before it."""
        if self.prompt_due:
            index = self.received.find(b">")
            if index >= 0:
                del self.received[index]
                self.prompt_due = False
