"""What a board says of itself when it starts, and what the REPL answers to a question then.

A program may print the same, so it is held back until that is clear; what is held back is found here.
"""

from __future__ import annotations

import re

from .control import RAW_BANNER

__all__ = ["announcement", "certain_of_start", "talk", "without_talk"]

HELD_BYTES = 4096
"""How much is held back behind the announcement of a reset, where `boot.py` may print, or behind a banner."""

_TAIL_BYTES = 400
# A banner names the firmware and the board: some 120 bytes; a title for the terminal may stand before it.

_ANNOUNCEMENTS = b"\x04\x04MPY: soft reboot\r\n", b"\x04\x04soft reboot\r\n"
# The end of code that was cut off by a soft reset, and what MicroPython and CircuitPython say behind it.

_NAMES = b"MicroPython ", b"Adafruit CircuitPython "
_NAMED = re.compile(rb"[^\r\n]{0,300}(?:\r\n?)?")
_BEHIND = b'Type "help()" for more information.\r\n>>> ', b">>> "

_ANSWER = b"\r\n" + RAW_BANNER
# What the friendly prompt answers to the Ctrl-A of a question.
_ASKED_AT = b">>> \r\n"


def certain_of_start(data: bytes | bytearray, *, asked: bool) -> int:
    """Return how many bytes of `data` come before all that a board may say of its start; see `talk`."""
    index = announcement(data)
    end = talk(data, asked=asked)
    return end if index < 0 else min(index, end)


def announcement(data: bytes | bytearray) -> int:
    """Return where the announcement of a soft reset stands, or its beginning at the end; else -1."""
    index = data.find(b"\x04\x04", max(0, len(data) - HELD_BYTES))
    while index >= 0:
        if any(text.startswith(data[index : index + len(text)]) for text in _ANNOUNCEMENTS):
            return index
        index = data.find(b"\x04\x04", index + 1)
    return -1


def talk(data: bytes | bytearray, *, asked: bool) -> int:
    """Return where the words of a board that has started begin; `len(data)` if there are none.

    Args:
        data: what came.
        asked: whether a question was asked: then the answer may stand behind the banner.
    """
    end = len(data)
    if asked and (index := data.find(RAW_BANNER, max(0, end - HELD_BYTES))) >= 0:
        start = _friendly(data, index, asked=True) if data.endswith(_ASKED_AT, 0, index) else -1
        return start if start >= 0 else index
    starts = (
        _friendly(data, end, asked=asked),
        *(_begun(data, text, end) for text in (RAW_BANNER, *_NAMES)),
    )
    return min((start for start in starts if start >= 0), default=end)


def without_talk(data: bytes | bytearray) -> bytes:
    """Return what programs printed in `data`, which ends in the words of a board that has started."""
    index = announcement(data)
    end = talk(data, asked=True)
    return bytes(data[:end] if index < 0 else data[:index] + data[index + 2 : end])


def _begun(data: bytes | bytearray, text: bytes, end: int) -> int:
    """Return where `text`, or its beginning, stands before `end`; -1 if it does not."""
    # No text has its first letter twice.
    index = data.rfind(text[:1], max(0, end - len(text)), end)
    return index if index >= 0 and text.startswith(data[index:end]) else -1


def _friendly(data: bytes | bytearray, end: int, *, asked: bool) -> int:
    """Return where a friendly banner, or as much of one as has come, stands before `end`; -1 if none does."""
    for name in _NAMES:
        index = data.rfind(name, max(0, end - _TAIL_BYTES), end)
        named = _NAMED.match(data, index, end) if index >= 0 else None
        if named is None:
            continue
        behind = data[named.end() : end]
        if any((text + _ANSWER if asked else text).startswith(behind) for text in _BEHIND):
            return index
    return -1
