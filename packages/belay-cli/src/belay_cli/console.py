"""How a board's output reaches the screen; everything else that prints is `belay_pm.command_line.console`.

Knows bytes and line ends, and no board.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from belay_pm.command_line.console import coloured, data, words

if TYPE_CHECKING:
    from typing import BinaryIO, TextIO

__all__ = ["BoardOutput", "board_stderr", "board_stdout", "coloured", "data", "words"]


class BoardOutput:
    r"""A binary stream that gets what a board prints, as the program on it meant it.

    A board sends each `\n` of a program as `\r\n`: that is undone, to a screen as to a file.
    Everything else passes unchanged, whether it is text or not.
    A carriage return at the end of a piece waits for the next one, as it may be half a line end.

    Args:
        stream: where it goes.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._waiting = b""

    def write(self, piece: bytes) -> None:
        """Pass on what has come."""
        piece = self._waiting + piece
        self._waiting = b"\r" if piece.endswith(b"\r") else b""
        self._stream.write(piece[: len(piece) - len(self._waiting)].replace(b"\r\n", b"\n"))

    def flush(self) -> None:
        """Show what was passed on."""
        self._stream.flush()

    def __enter__(self) -> BoardOutput:
        return self

    def __exit__(self, *_exception: object) -> None:
        # A carriage return that nothing came after is one.
        self._stream.write(self._waiting)
        self._waiting = b""
        self.flush()


def board_stdout() -> BoardOutput:
    """Return the stream for what a program on the board prints."""
    return _binary(sys.stdout)


def board_stderr() -> BoardOutput:
    """Return the stream for what is printed beside a value that goes to stdout."""
    return _binary(sys.stderr)


def _binary(stream: TextIO) -> BoardOutput:
    stream.flush()
    buffer: Any = stream.buffer  # Any: typeshed has it as `BinaryIO`, whose methods these are
    return BoardOutput(buffer)
