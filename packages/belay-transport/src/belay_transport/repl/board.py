"""The board's role in the REPL: what a MicroPython board answers, for tests in memory.

It knows the prompts and their bytes, not Python: what code does is a function that the test passes.
Source: MicroPython reference, "The MicroPython Interactive Interpreter Mode"; what real boards were
seen to answer.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from .control import CTRL_A, CTRL_B, CTRL_C, CTRL_D, CTRL_E, FRIENDLY_PROMPT, PASTE_PROMPT, RAW_BANNER
from .entering import SETTLING_CODE

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["BoardRepl"]

_BANNER = b'MicroPython v1.28.0 on 2026-07-05; a board\r\nType "help()" for more information.\r\n'
_PASTE_BANNER = b"\r\npaste mode; Ctrl-C to cancel, Ctrl-D to finish\r\n" + PASTE_PROMPT
_INTERRUPTED = (
    b'Traceback (most recent call last):\r\n  File "<stdin>", line 1, in <module>\r\nKeyboardInterrupt: \r\n'
)

_SYNTAX_ERROR = (
    b'Traceback (most recent call last):\r\n  File "<stdin>", line 1\r\nSyntaxError: invalid syntax\r\n'
)

_SETTLING = re.compile(re.escape(SETTLING_CODE).replace(b"%d", rb"(\d+)") + rb"\Z")

Mode = Literal["friendly", "raw", "paste", "raw paste", "stopped", "running", "program", "dead"]
Ran = tuple[bytes, bytes | None]
"""What code prints, and its traceback: b"" if it ends well, None if it runs on until Ctrl-C."""


class BoardRepl:
    """A board's REPL, sans-I/O: feed it what the host sends, get what the board answers.

    Args:
        run: takes the code and returns what it prints and how it ends.
        interrupted: says the same of running code that gets Ctrl-C.
        mode: where it begins; "program" is a busy `main.py`.
        typed: a half-typed line, or what was pasted so far.
        raw_paste: "window" as boards since 1.14 have it, "refused" where it is compiled out,
            "unknown" where the firmware is older and answers with its banner.
        window: the raw-paste window in bytes.
        wrong: text that is a syntax error; raw paste stops there.
        stubborn: how many Ctrl-C a program catches before one ends it.
        banner: what stands above the friendly prompt.
        boot_text: printed by a soft reset after `soft reboot`.

    Attributes:
        mode: where it is.
        executed: the code that ran, each piece once for each time.
        soft_resets: how many there were.
    """

    def __init__(
        self,
        run: Callable[[bytes], Ran] = lambda _code: (b"", b""),
        *,
        interrupted: Callable[[], Ran] = lambda: (b"", _INTERRUPTED),
        mode: Mode = "friendly",
        typed: bytes = b"",
        raw_paste: Literal["window", "refused", "unknown"] = "window",
        window: int = 128,
        wrong: bytes | None = None,
        stubborn: int = 0,
        banner: bytes = _BANNER,
        boot_text: bytes = b"",
    ) -> None:
        self._run = run
        self._interrupted = interrupted
        self.mode: Mode = mode
        self._line = bytearray(typed)
        self._raw_paste = raw_paste
        self._window = window
        self._wrong = wrong
        self._stubborn = stubborn
        self._banner = banner
        self._boot_text = boot_text
        self._unacknowledged = 0
        self._unread = bytearray()
        self.executed: list[bytes] = []
        self.soft_resets = 0

    def feed(self, data: bytes) -> bytes:
        """Take bytes of the host's and return the board's answer."""
        answer = bytearray()
        for byte in data:
            answer += self._feed_byte(bytes([byte]))
        return bytes(answer)

    def finish(self, ran: Ran) -> bytes:
        """End the code that runs by itself."""
        return self._end(ran)

    def _feed_byte(self, byte: bytes) -> bytes:
        feed: dict[Mode, Callable[[bytes], bytes]] = {
            "friendly": self._feed_friendly,
            "raw": self._feed_raw,
            "paste": self._feed_paste,
            "raw paste": self._feed_raw_paste,
            "stopped": self._feed_stopped,
            "running": self._feed_running,
            "program": self._feed_program,
        }
        return feed[self.mode](byte) if self.mode in feed else b""

    def _feed_program(self, byte: bytes) -> bytes:
        if byte != CTRL_C:
            return b""
        if self._stubborn:
            self._stubborn -= 1
            return b"caught\r\n"
        self.mode = "friendly"
        return _INTERRUPTED + self._banner + FRIENDLY_PROMPT

    def _feed_friendly(self, byte: bytes) -> bytes:
        if byte == CTRL_C:
            self._line.clear()
            return b"\r\n" + FRIENDLY_PROMPT
        if byte == b"\r":
            line = bytes(self._line)
            self._line.clear()
            return b"\r\n" + self._execute_friendly(line) + FRIENDLY_PROMPT
        if self._line or byte not in (CTRL_A, CTRL_B, CTRL_D, CTRL_E):
            self._line += byte
            return byte
        return self._switch(byte)

    def _switch(self, byte: bytes) -> bytes:
        if byte == CTRL_A:
            self.mode = "raw"
            return b"\r\n" + RAW_BANNER
        if byte == CTRL_E:
            self.mode = "paste"
            return _PASTE_BANNER
        restarted = self._soft_reset() if byte == CTRL_D else b"\r\n"
        return restarted + self._banner + FRIENDLY_PROMPT

    def _execute_friendly(self, line: bytes) -> bytes:
        if not line:
            return b""
        self.executed.append(line)
        printed, error = self._run(line)
        return printed + (error or b"")

    def _feed_paste(self, byte: bytes) -> bytes:
        if byte in (CTRL_C, CTRL_D):
            code = bytes(self._line)
            self._line.clear()
            self.mode = "friendly"
            return b"\r\n" + (self._execute_friendly(code) if byte == CTRL_D else b"") + FRIENDLY_PROMPT
        self._line += byte
        return byte

    def _feed_raw(self, byte: bytes) -> bytes:
        if byte == CTRL_A:
            return self._raw_ctrl_a()
        if byte == CTRL_B:
            self._line.clear()
            self.mode = "friendly"
            return b"\r\n" + self._banner + FRIENDLY_PROMPT
        if byte == CTRL_C:
            self._line.clear()
            return b""
        if byte != CTRL_D:
            self._line += byte
            return b""
        code = bytes(self._line)
        self._line.clear()
        if not code:
            return b"OK\r\n" + self._soft_reset() + RAW_BANNER
        return b"OK" + self._execute(code)

    def _raw_ctrl_a(self) -> bytes:
        asked_for_paste = bytes(self._line) == b"\x05A"
        self._line.clear()
        if not asked_for_paste or self._raw_paste == "unknown":
            return RAW_BANNER
        if self._raw_paste == "refused":
            return b"R\x00"
        self.mode = "raw paste"
        self._unacknowledged = 0
        return b"R\x01" + self._window.to_bytes(2, "little") + b"\x01"

    def _feed_raw_paste(self, byte: bytes) -> bytes:
        if byte == CTRL_C:
            self._line.clear()
            self.mode = "raw"
            return CTRL_D + CTRL_D + _INTERRUPTED + CTRL_D + b">"
        if byte == CTRL_D:
            code = bytes(self._line)
            self._line.clear()
            self.mode = "raw"
            return CTRL_D + self._execute(code)
        self._line += byte
        if self._wrong is not None and self._line.endswith(self._wrong):
            self._line.clear()
            self.mode = "stopped"
            return CTRL_D
        self._unacknowledged += 1
        if self._unacknowledged < self._window:
            return b""
        self._unacknowledged = 0
        return b"\x01"

    def _feed_stopped(self, byte: bytes) -> bytes:
        if byte not in (CTRL_C, CTRL_D):
            return b""
        self.mode = "raw"
        return CTRL_D + _SYNTAX_ERROR + CTRL_D + b">"

    def _execute(self, code: bytes) -> bytes:
        settling = _SETTLING.match(code)
        if settling is not None:
            return CTRL_D + b"KeyError: " + settling[1] + b"\r\n" + CTRL_D + b">"
        self.executed.append(code)
        return self._end(self._run(code))

    def _end(self, ran: Ran) -> bytes:
        printed, error = ran
        if error is None:
            self.mode = "running"
            return printed
        self.mode = "raw"
        answer = printed + CTRL_D + error + CTRL_D + b">"
        unread, self._unread = bytes(self._unread), bytearray()
        return answer + self.feed(unread)

    def _feed_running(self, byte: bytes) -> bytes:
        if byte == CTRL_C:
            return self._end(self._interrupted())
        self._unread += byte
        return b""

    def _soft_reset(self) -> bytes:
        self.soft_resets += 1
        return b"MPY: soft reboot\r\n" + self._boot_text
