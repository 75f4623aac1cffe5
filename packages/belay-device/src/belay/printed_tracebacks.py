"""Tracebacks that a board prints by itself, of its threads and timers: their frames with the host's lines.

This room sees text on its way to a stream, in any pieces. What is no frame of a traceback it passes on at
once, unchanged. What a frame's file stands for it asks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay.tracebacks import HEADER, host_lines

if TYPE_CHECKING:
    from collections.abc import Callable

    from belay.tracebacks import CodeOrigin

__all__ = ["PrintedTracebacks"]

_FRAME = '  File "_'  # our file names begin with an underscore

_LONGEST_FRAME = 200
# Characters of a line that are held back at most: a file name of ours and a function's name are far shorter.


class PrintedTracebacks:
    r"""Rewrites the frames of tracebacks in a text that comes in pieces.

    Only inside a traceback, and only while it may still become a frame of ours, is the beginning of a line
    held back.

    Args:
        origin_of: finds the origin of a file name, or None: a `CodeRegistry`'s `get`.

    Example:
        >>> printed = PrintedTracebacks(registry.get)
        >>> printed.feed('Traceback (most recent call last):\n  File "_b1", li')
        'Traceback (most recent call last):\n'
        >>> printed.feed('ne 2, in blink\nOSError: 5\n')
        '  File "/home/me/blink.py", line 12, in blink\n    led.on()\nOSError: 5\n'
    """

    def __init__(self, origin_of: Callable[[str], CodeOrigin | None]) -> None:
        self._origin_of = origin_of
        self._line = (
            ""  # the beginning of the line that has not ended; of a long one only the first characters
        )
        self._is_held = False  # whether that beginning was not passed on yet
        self._in_traceback = False

    def feed(self, text: str) -> str:
        """Take a piece of text and return what goes on now."""
        if not self._in_traceback and HEADER not in self._line + text:
            # Nearly all text: only the beginning of its last line may matter later.
            _, newline, last = text.rpartition("\n")
            self._line = (last if newline else self._line + text)[: len(HEADER)]
            return text
        *ended, last = text.split("\n")
        return "".join([self._end_line(line) for line in ended] + [self._begin_line(last)])

    def end(self) -> str:
        """Return what is held back; the line may go on."""
        held = self._line if self._is_held else ""
        self._is_held = False
        return held

    def _end_line(self, rest: str) -> str:
        line, is_whole = self._line + rest, self._is_held or not self._line
        self._line, self._is_held = "", False
        if not self._in_traceback:
            self._in_traceback = line.startswith(HEADER)
            return f"{rest}\n"
        self._in_traceback = line.startswith(("  ", HEADER))
        if not is_whole:
            return f"{rest}\n"
        mapped = host_lines(line, self._origin_of) if line.startswith(_FRAME) else None
        return "".join(f"{shown}\n" for shown in mapped or [line])

    def _begin_line(self, text: str) -> str:
        is_whole = self._is_held or not self._line
        self._line += text
        if self._in_traceback and is_whole and self._may_be_frame():
            self._is_held = True
            return ""
        shown = self._line if self._is_held else text
        self._is_held = False
        self._line = self._line[: len(HEADER)]
        return shown

    def _may_be_frame(self) -> bool:
        line = self._line
        return 0 < len(line) <= _LONGEST_FRAME and (line.startswith(_FRAME) or _FRAME.startswith(line))
