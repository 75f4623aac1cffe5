"""Ask a board something without disturbing what it does: nothing is interrupted, nothing reset.

Only a board that waits at its friendly prompt is asked; whether it does is seen by letting it complete
a word.
Knows a link and the prompts of a board; must not know addresses.
"""

from __future__ import annotations

import re
import time
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from belay_transport.links import Link

__all__ = ["Found", "NotAskedError", "ask"]

_TYPED = b"import m"
_PROMPT = re.compile(rb"\r\n>>> import m")
_RAW = re.compile(rb"raw REPL; CTRL-B to exit\r\n>")
_REPLY = re.compile(rb"OK(.*?)\x04(.*?)\x04>", re.DOTALL)
_MOST_BYTES = 100_000
"""Of an answer. A folder with a thousand names has a third of it."""


class Found(Enum):
    """What is at the other end of a link, when it is no board at its prompt."""

    SILENCE = "says nothing"
    SOMETHING = "is not at MicroPython's prompt"


class NotAskedError(Exception):
    """The board was not asked.

    Attributes:
        found: why.
    """

    def __init__(self, found: Found) -> None:
        super().__init__(found.value)
        self.found = found


def ask(link: Link, code: str, *, timeout_s: float) -> str:
    """Run code on a board that waits at its prompt, and return what it prints; leave it at its prompt.

    A TAB behind `import m` makes a prompt print what there is, and then itself with these letters, which are
    taken away again: a program that runs, or waits in `input()`, has nothing from that. (One that reads keys
    one by one gets them.)

    Args:
        link: to the board; nobody else uses it.
        code: short, as it goes to the board in one piece; it must not wait.
        timeout_s: seconds that all of it may take.

    Raises:
        NotAskedError: what is there does not wait at a prompt, or has not answered in time.
        ConnectionLost: the link broke.
    """
    deadline = time.monotonic() + timeout_s
    link.write(_TYPED + b"\t" + b"\x7f" * len(_TYPED), timeout_s)
    _wait_for(link, _PROMPT, deadline)
    link.write(b"\x01", timeout_s)
    _wait_for(link, _RAW, deadline)
    try:
        link.write(code.encode() + b"\x04", timeout_s)
        reply = _wait_for(link, _REPLY, deadline)
    finally:
        link.write(b"\x02", timeout_s)  # back to the friendly prompt, whatever came
    if reply[2]:
        raise NotAskedError(Found.SOMETHING)
    return reply[1].decode(errors="replace")


def _wait_for(link: Link, pattern: re.Pattern[bytes], deadline: float) -> re.Match[bytes]:
    came = b""
    while (match := pattern.search(came)) is None:
        left_s = deadline - time.monotonic()
        if left_s <= 0 or len(came) > _MOST_BYTES:
            raise NotAskedError(Found.SOMETHING if came else Found.SILENCE)
        came += link.read(left_s)
    return match
