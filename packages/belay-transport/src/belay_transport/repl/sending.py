"""How code reaches the board: in one write, or by raw paste with its window.

Source: MicroPython reference, "Raw-paste mode". The window's size comes as 16 bits little endian, and
each 0x01 grants that many bytes more; 0x04 from the board before the end means that it stopped reading.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .control import CTRL_C, CTRL_D, RAW_PASTE_REQUEST
from .events import Output

if TYPE_CHECKING:
    from .buffers import Buffers
    from .notes import NoteJoiner

__all__ = ["CodeSender"]

_ASKING = "asking for raw paste"
_PASTING = "sending code by raw paste"

_ANSWER = re.compile(rb"R([\x00\x01])|raw REPL; CTRL-B to exit\r\n[^>]*>")
_WINDOW = re.compile(rb".[\x00-\x07]", re.DOTALL)
# Windows are 16 to 1024 bytes; what does not look like one was printed by a thread of the board,
_WINDOW_BEHIND_NOISE = re.compile(rb".[\x00-\x07]\x01", re.DOTALL)
# and then the grant that every firmware sends behind the window tells where it is.
_SIGN = re.compile(rb"[\x01\x04]")


class CodeSender:
    """Sends one piece of code after the other.

    Args:
        buffers: what the machine shares.
        notes: takes the notes that come meanwhile.
        plain_limit: code of at most this many bytes goes in one write.

    Attributes:
        window: the board's raw-paste window in bytes; None before it was asked, 0 if it has none.
        acknowledgement: what the board sends in front of the output of the code.
        step: what is being done, in words; "" when all is sent.
        stopped: whether we stopped a raw paste, so that the board says next how that ended.
    """

    def __init__(self, buffers: Buffers, notes: NoteJoiner, *, plain_limit: int) -> None:
        self._buffers = buffers
        self._notes = notes
        self.plain_limit = plain_limit
        self.window: int | None = None
        self.acknowledgement = b"OK"
        self.step = ""
        self.stopped = False
        self._code = b""
        self._sent_bytes = 0
        self._credit_bytes = 0

    def start(self, code: bytes) -> None:
        """Begin to send `code`; go on with `feed` until `step` is empty."""
        # Ctrl-D alone would reset the board.
        self._code = code or b"\n"
        self.stopped = False
        if len(code) <= self.plain_limit or self.window == 0:
            self.send_plain()
            return
        self.acknowledgement = CTRL_D
        self.step = _ASKING
        # The window of a board does not change, so its first bytes need not wait for the answer.
        self._sent_bytes = min(self.window or 0, len(code))
        self._buffers.to_send += RAW_PASTE_REQUEST + code[: self._sent_bytes]
        self._buffers.timer.wait_for_step()

    def send_plain(self) -> None:
        """Send the code whole, without asking for raw paste."""
        self.acknowledgement = b"OK"
        self.step = ""
        self.stopped = False
        self._sent_bytes = len(self._code)
        self._buffers.to_send += self._code + CTRL_D

    def feed(self) -> bool:
        """Take what was received; return whether there may be more to take."""
        return self._feed_answer() if self.step == _ASKING else self._feed_credit()

    def sent_in_words(self) -> str:
        """Return what was sent so far, for a message."""
        if self.step == _ASKING:
            return "Ctrl-E A Ctrl-A"
        if self.step or self.stopped:
            sent = f"{self._sent_bytes} of {len(self._code)} bytes of code"
            return f"{sent} and Ctrl-C" if self.stopped else sent
        return f"{len(self._code)} bytes of code and Ctrl-D"

    def _feed_answer(self) -> bool:
        received = self._buffers.received
        answer = _ANSWER.search(received)
        if answer is None:
            return False
        if answer[1] != b"\x01":
            del received[answer.start() : answer.end()]
            if self.window:
                # It had raw paste, and the first window of code is under way: it must not stand there twice.
                self._stop()
                return True
            # No raw paste: the board says so, or prints its banner as old ones do for any Ctrl-A.
            self.window = 0
            self.send_plain()
            return True
        # The board sends `R` 0x01 in one write and the window in the next.
        received[answer.end() :] = self._notes.sift(received[answer.end() :])
        window = _WINDOW.match(received, answer.end()) or _WINDOW_BEHIND_NOISE.search(received, answer.end())
        if window is None:
            return False
        self.window = int.from_bytes(received[window.start() : window.start() + 2], "little")
        self._output(answer.start())
        del received[: answer.end() - answer.start()]
        self._output(window.start() - answer.end())
        del received[:2]
        self._credit_bytes = self.window - self._sent_bytes
        self.step = _PASTING
        self._buffers.timer.wait_for_step()
        return True

    def _feed_credit(self) -> bool:
        received = self._buffers.received
        while sign := _SIGN.search(received):
            self._output(sign.start())
            if received[0] == CTRL_D[0]:
                self._stop()
                return True
            del received[0]
            self._credit_bytes += self.window or 0
            self._buffers.timer.wait_for_step()
        piece = self._code[self._sent_bytes : self._sent_bytes + max(self._credit_bytes, 0)]
        self._buffers.to_send += piece
        self._sent_bytes += len(piece)
        self._credit_bytes -= len(piece)
        if self._sent_bytes < len(self._code):
            return False
        self._buffers.to_send += CTRL_D
        self.step = ""
        return True

    def _output(self, end: int) -> None:
        """Report what threads of the board said in the first `end` received bytes, and drop them."""
        received = self._buffers.received
        said = self._notes.sift(received[:end])
        del received[:end]
        if said:
            self._buffers.events.append(Output(bytes(said)))

    def _stop(self) -> None:
        """End a raw paste in which 0x04 came, or whose answer cannot be right."""
        # The board has stopped reading (a syntax error, no memory) and waits for Ctrl-C or Ctrl-D;
        # or a thread of its own printed 0x04, and then Ctrl-D would run half of the code.
        self._buffers.to_send += CTRL_C
        self.stopped = True
        self.step = ""
        self._buffers.timer.wait_for_step()
