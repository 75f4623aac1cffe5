"""How code reaches the board: in one write, or by raw paste with its window.

Source: MicroPython reference, "Raw-paste mode". The window's size comes as 16 bits little endian, and
each 0x01 grants that many bytes more; 0x04 from the board before the end means that it stopped reading.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .control import CTRL_D, RAW_PASTE_REQUEST

if TYPE_CHECKING:
    from .buffers import Buffers

__all__ = ["CodeSender"]

_ANSWER = re.compile(rb"R([\x00\x01])|raw REPL; CTRL-B to exit\r\n>")
_SIGN = re.compile(rb"[\x01\x04]")


class CodeSender:
    """Sends one piece of code after the other.

    Args:
        buffers: what the machine shares.
        plain_limit: code of at most this many bytes goes in one write.

    Attributes:
        window: the board's raw-paste window in bytes; None before it was asked, 0 if it has none.
        acknowledgement: what the board sends in front of the output of the code.
        step: what is being done, in words; "" when all is sent.
        sent_bytes: how much of the code is sent.
    """

    def __init__(self, buffers: Buffers, *, plain_limit: int) -> None:
        self._buffers = buffers
        self.plain_limit = plain_limit
        self.window: int | None = None
        self.acknowledgement = b"OK"
        self.code = b""
        self.step = ""
        self.sent_bytes = 0
        self._credit_bytes = 0

    def start(self, code: bytes) -> None:
        """Begin to send `code`; go on with `feed` until `step` is empty."""
        self.code = code
        if len(code) <= self.plain_limit or self.window == 0:
            self._send_plain()
            return
        self.acknowledgement = CTRL_D
        self.step = "asking for raw paste"
        # The window of a board does not change, so its first bytes need not wait for the answer.
        self.sent_bytes = min(self.window or 0, len(code))
        self._buffers.to_send += RAW_PASTE_REQUEST + code[: self.sent_bytes]

    def feed(self) -> bool:
        """Take what was received; return whether there may be more to take."""
        if self.step == "asking for raw paste":
            return self._feed_answer()
        return self._feed_credit()

    def sent_in_words(self) -> str:
        """Return what was sent so far, for a message."""
        if self.step == "asking for raw paste":
            return "Ctrl-E A Ctrl-A"
        if self.step:
            return f"{self.sent_bytes} of {len(self.code)} bytes of code"
        return f"{len(self.code)} bytes of code and Ctrl-D"

    def _send_plain(self) -> None:
        self.acknowledgement = b"OK"
        self.step = ""
        self.sent_bytes = len(self.code)
        self._buffers.to_send += self.code + CTRL_D

    def _feed_answer(self) -> bool:
        received = self._buffers.received
        answer = _ANSWER.search(received)
        if answer is None:
            return False
        if answer[1] != b"\x01":
            # No raw paste: the board says so, or prints its banner as old ones do for any Ctrl-A.
            self.window = 0
            del received[answer.start() : answer.end()]
            self._send_plain()
            return True
        window = received[answer.end() : answer.end() + 2]
        if len(window) < 2:  # noqa: PLR2004 - a 16-bit number
            return False
        self.window = int.from_bytes(window, "little")
        del received[answer.start() : answer.end() + 2]
        self._credit_bytes = self.window - self.sent_bytes
        self.step = "sending code by raw paste"
        return True

    def _feed_credit(self) -> bool:
        received = self._buffers.received
        while sign := _SIGN.search(received):
            self._buffers.output(sign.start())
            if received[0] == CTRL_D[0]:
                # The board has stopped reading (a syntax error, no memory, Ctrl-C), and waits for our Ctrl-D.
                # Its sign stays: it stands where the acknowledgement would.
                self._finish()
                return True
            del received[0]
            self._credit_bytes += self.window or 0
        piece = self.code[self.sent_bytes : self.sent_bytes + max(self._credit_bytes, 0)]
        self._buffers.to_send += piece
        self.sent_bytes += len(piece)
        self._credit_bytes -= len(piece)
        if self.sent_bytes < len(self.code):
            return False
        self._finish()
        return True

    def _finish(self) -> None:
        self._buffers.to_send += CTRL_D
        self.step = ""
