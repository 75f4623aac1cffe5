"""A board's output as whole lines, each with the board's name in front.

Knows bytes and line ends. Who writes the lines, and where, is for whoever gets them to know.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["BoardLines"]

_LONGEST_BYTES = 65536
"""Of a line that does not end: a board that prints dots all day must not fill the computer's memory."""


class BoardLines:
    r"""A binary stream that passes on what a board prints, line by line.

    A board sends each `\n` of a program as `\r\n`: that is undone. Behind any other `\r`, which brings a
    screen to the beginning of the line, the name comes again; every other byte stays.
    Calls come from the thread that works on the board, or between its calls from the one that listens to it.

    Args:
        prefix: what stands in front of each line.
        pass_on: gets whole lines, `\n` at the end of each.
    """

    def __init__(self, prefix: bytes, pass_on: Callable[[bytes], None]) -> None:
        self._prefix = prefix
        self._pass_on = pass_on
        self._rest = b""

    def write(self, piece: bytes) -> None:
        """Take what has come, and pass on the lines that are complete."""
        *lines, self._rest = (self._rest + piece).split(b"\n")
        lines = [line.removesuffix(b"\r") for line in lines]
        while len(self._rest) > _LONGEST_BYTES:
            lines.append(self._rest[:_LONGEST_BYTES])
            self._rest = self._rest[_LONGEST_BYTES:]
        if lines:
            self._pass_on(b"".join(map(self._named, lines)))

    def flush(self) -> None:
        """Do nothing: half a line would be mixed with another board's."""

    def end(self) -> None:
        """Pass on a last line that has no end of its own."""
        rest, self._rest = self._rest, b""
        if rest:
            self._pass_on(self._named(rest))

    def _named(self, line: bytes) -> bytes:
        return self._prefix + line.replace(b"\r", b"\r" + self._prefix) + b"\n"
