"""What the parts of the host's machine share: bytes in, bytes out, events, and the timer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .events import Output
from .timer import Timer

if TYPE_CHECKING:
    from .events import Event

__all__ = ["Buffers"]


class Buffers:
    """The received bytes that are not understood yet, the bytes to send, the events so far, and the timer.

    Args:
        step_s: how long the board may take for a step of the protocol.
        mark: what begins the session's frames.

    Attributes:
        prompt_due: whether the `>` behind the last answer has not come yet.
    """

    def __init__(self, *, step_s: float, mark: bytes) -> None:
        self.received = bytearray()
        self.to_send = bytearray()
        self.events: list[Event] = []
        self.prompt_due = False
        self._mark = mark
        self.timer = Timer(step_s=step_s)

    def output(self, end: int) -> None:
        """Report the first `end` received bytes as output and drop them."""
        if end:
            self.events.append(Output(bytes(self.received[:end])))
            del self.received[:end]

    def drop_due_prompt(self, data: bytearray) -> None:
        """Drop the `>` behind the last answer from `data`; threads of the board may print before it."""
        if not self.prompt_due:
            return
        index = data.find(b">")
        start = data.find(self._mark)
        while 0 <= start < index:
            # A note came first, and the value in it may hold one.
            end = data.find(b"\x03", start)
            if end < 0:
                return
            if index < end:
                index = data.find(b">", end)
            start = data.find(self._mark, end)
        if index >= 0:
            del data[index]
            self.prompt_due = False
