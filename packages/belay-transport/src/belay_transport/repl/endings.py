r"""What the end of a program looks like in what a board sends, and what only looks so.

The REPL ends the output of code with 0x04, prints the failure if there is one, and adds 0x04 and `>`.
A program may print the very same bytes, so these signs raise a suspicion; they prove nothing.
What is not looked for in every call is compiled when it is first needed: importing must be quick.
"""

from __future__ import annotations

import re

__all__ = [
    "END",
    "FAILURE",
    "FORGOT",
    "FRIENDLY_SIGN",
    "SURE_END",
    "TAIL_BYTES",
    "certain",
    "looks_restarted",
    "split_failure",
]

_NAMED = rb"[A-Z]\w*(?:Error|Interrupt|Exit|Exception)\b[^\x04]*"
_EXCEPTION = rb"(?:Traceback \(most recent call last\):[^\x04]*|%b)" % _NAMED
# A traceback, or where there was no memory for one the line that names the exception.

END = re.compile(rb"\x04([^\x04]*)\x04")
"""Behind the last reply: between the two a thread of the board may have printed."""

FAILURE = rb"\x04(%b)\x04" % _EXCEPTION
"""Code that failed; believed where nothing that the code printed can have come yet."""

SURE_END = rb"\x04(%b)?\x04>" % _EXCEPTION
"""What nothing but an end, or a program that imitates one, sends."""

FORGOT = rb"raw REPL; CTRL-B to exit\r\n[^\x04]*OK[^\x04]*\x04[^\x04]*NameError[^\x04]*\x04[^>]*>"
"""The answer of a board that does not know the wrapper any more to Ctrl-A and a question."""

FRIENDLY_SIGN = rb">>> |=== "
"""The friendly prompt, or paste mode's: code that arrives there is typed, never run."""

HELD_BYTES = 4096
# How much is held back behind a 0x04 until it is clear whether it is the end: a long traceback.

TAIL_BYTES = 160
"""How many of the last bytes `looks_restarted` wants to see."""

_MAYBE_END = rb"\x04(?:[A-Z]\w*|Traceback [^\x04]*|%b)?(?:\x04(?:>[^\x04]*)?)?\Z" % _NAMED
# The beginning of any end is one that may be an end; so where the bytes are cut makes no difference.
_RESTARTED = b"for more information.\r\n>>> ", b"raw REPL; CTRL-B to exit\r\n>"
_PROMPT = b"\r\n>>> "


def certain(received: bytearray, end: int) -> int:
    """Return how many of the first `end` received bytes are output for sure; the rest may be an end."""
    index = received.find(b"\x04", max(0, end - HELD_BYTES), end)
    if index < 0:
        return end
    held = re.search(_MAYBE_END, received[index:end])
    return end if held is None else index + held.start()


def split_failure(data: bytes) -> tuple[bytes, bytes]:
    """Split what stands in an end into what threads printed there and the failure, if there is one."""
    failure = re.search(_EXCEPTION, data) if data else None
    return (data, b"") if failure is None else (data[: failure.start()], data[failure.start() :])


def looks_restarted(tail: bytes | bytearray) -> bool:
    """Return whether `tail`, the last bytes that came, is what a board sends when it has started."""
    if tail.endswith(_RESTARTED):
        return True
    # CircuitPython's banner has no line of help: the prompt stands right behind it.
    return tail.endswith(_PROMPT) and b"CircuitPython " in tail[: -len(_PROMPT)].rpartition(b"\n")[2]
