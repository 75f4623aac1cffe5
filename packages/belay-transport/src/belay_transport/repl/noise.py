"""What threads of the board print among the REPL's own words: found by taking the REPL's words away."""

from __future__ import annotations

import re

from .control import CTRL_D
from .endings import SURE_END

__all__ = ["without_acknowledgement", "without_repl_talk"]

_BANNER = re.compile(rb"raw REPL; CTRL-B to exit\r\n>?")


def without_acknowledgement(noise: bytearray, acknowledgement: bytes) -> bytearray:
    """Return `noise` without what the REPL says in front of the output of code.

    Args:
        noise: what came between the code and the first sign of its wrapper.
        acknowledgement: `OK`, or 0x04 behind raw paste.
    """
    if acknowledgement == CTRL_D:
        # The last grants of the window.
        noise = noise.replace(b"\x01", b"")
    index = noise.rfind(acknowledgement)
    if index >= 0:
        del noise[index : index + len(acknowledgement)]
        return noise
    # A thread printed between the letters.
    limit = len(noise)
    for letter in reversed(acknowledgement):
        limit = noise.rfind(letter, 0, limit)
        if limit < 0:
            break
        del noise[limit]
    return noise


def without_repl_talk(data: bytearray) -> bytearray:
    """Return what comes before the answer to a question, without the end of the code and the REPL's words."""
    end = re.search(SURE_END, data)
    if end is not None:
        del data[end.start() : end.end()]
    banner = _BANNER.search(data, 0 if end is None else end.start())
    if banner is not None:
        del data[banner.start() : banner.end()]
    return without_acknowledgement(data, b"OK")
