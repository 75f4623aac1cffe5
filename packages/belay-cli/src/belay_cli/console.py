"""How a board's output reaches the screen; everything else that prints is `belay_pm.command_line.console`.

Knows bytes and line ends, and no board.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from belay_pm.command_line.console import coloured, data, print_json, require_stdout, words, writing
from belay_pm.command_line.errors import OutputError

if TYPE_CHECKING:
    from typing import BinaryIO, TextIO

__all__ = [
    "BoardOutput",
    "board_stderr",
    "board_stdout",
    "coloured",
    "data",
    "exact_stdout",
    "print_json",
    "words",
]


class BoardOutput:
    r"""A binary stream that gets what a board prints, as the program on it meant it.

    A board sends each `\n` of a program as `\r\n`: that is undone, to a screen as to a file.
    Everything else passes unchanged, whether it is text or not.
    A carriage return at the end of a piece waits for the next one, as it may be half a line end.

    Args:
        stream: where it goes; None to drop it.
        name: what errors call it.

    Raises:
        OutputError: from each method: the stream takes nothing more.
        BrokenPipeError: from each method: its reader has gone.
    """

    def __init__(self, stream: BinaryIO | None, *, name: str = "stdout") -> None:
        self._stream = stream
        self._name = name
        self._waiting = b""

    def write(self, piece: bytes) -> None:
        """Pass on what has come."""
        piece = self._waiting + piece
        self._waiting = b"\r" if piece.endswith(b"\r") else b""
        self._pass_on(piece[: len(piece) - len(self._waiting)].replace(b"\r\n", b"\n"))

    def flush(self) -> None:
        """Show what was passed on."""
        if self._stream is not None:
            with writing(self._name):
                self._stream.flush()

    def __enter__(self) -> BoardOutput:
        return self

    def __exit__(self, error_class: type[BaseException] | None, *_error: object) -> None:
        # A carriage return that nothing came after is one.
        waiting, self._waiting = self._waiting, b""
        try:
            self._pass_on(waiting)
            self.flush()
        except (OSError, OutputError):
            if error_class is None:
                raise  # else the first error is the one to tell

    def _pass_on(self, piece: bytes) -> None:
        if self._stream is not None:
            with writing(self._name):
                self._stream.write(piece)


def board_stdout() -> BoardOutput:
    """Return the stream for what a program on the board prints.

    Raises:
        OutputError: stdout is closed.
    """
    return _binary(require_stdout(), "stdout")


def board_stderr() -> BoardOutput:
    """Return the stream for what is printed beside a value that goes to stdout; it may lead nowhere."""
    return BoardOutput(None) if sys.stderr is None else _binary(sys.stderr, "stderr")


def _binary(stream: TextIO, name: str) -> BoardOutput:
    with writing(name):
        stream.flush()
    buffer: Any = stream.buffer  # Any: typeshed has it as `BinaryIO`, whose methods these are
    return BoardOutput(buffer, name=name)


def exact_stdout(content: bytes) -> None:
    """Write bytes to stdout, each as it is.

    Raises:
        OutputError: stdout is closed, or takes nothing more.
    """
    stream = require_stdout()
    with writing():
        stream.flush()
        stream.buffer.write(content)
        stream.buffer.flush()
