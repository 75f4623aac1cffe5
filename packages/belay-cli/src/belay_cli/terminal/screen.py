"""Where a terminal shows what a board prints: the screen, and a file that keeps it.

Knows bytes, and neither keys nor boards.
"""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

from belay_cli.console import board_stdout
from belay_pm.command_line.errors import CommandError

if TYPE_CHECKING:
    from types import TracebackType
    from typing import BinaryIO

__all__ = ["Screen", "Visible"]

_LEFT_ALONE = "\r\n\t\b"


class Visible:
    """Makes what no screen shows readable: the bytes of each such character as `[hh]`.

    Characters may come in pieces.

    Args:
        left_alone: characters that do what they always do; line ends, tabs and backspaces if nothing is said.
    """

    def __init__(self, left_alone: str = _LEFT_ALONE) -> None:
        self._left_alone = left_alone
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")

    def shown(self, data: bytes) -> bytes:
        """Return what is shown for these bytes."""
        return "".join(map(self._one, self._decoder.decode(data))).encode()

    def _one(self, character: str) -> str:
        if character.isprintable() or character in self._left_alone:
            return character
        return "".join(f"[{byte:02x}]" for byte in character.encode("utf-8", "surrogateescape"))


class Screen:
    """Shows a board's output as it comes, and keeps a copy of it.

    Args:
        capture: a file that gets each byte as the board sent it, behind what it holds already; None for none.
        visible: what makes the rest of it readable; None shows everything as it is.

    Raises:
        CommandError: the file cannot be opened.
        OutputError: stdout is closed, or takes nothing more.
    """

    def __init__(self, capture: str | None = None, visible: Visible | None = None) -> None:
        self._output = board_stdout()
        self._visible = visible
        self._capture_name = capture
        self._capture: BinaryIO | None = None
        if capture is not None:
            try:
                self._capture = open(capture, "ab", buffering=0)  # noqa: PTH123, SIM115 - closed by `__exit__`
            except OSError as error:
                raise CommandError(
                    f"`{capture or '--capture'}` cannot be written: {error.strerror}",
                    hint="give `--capture` a file, as in `--capture session.log`",
                ) from error

    def write(self, data: bytes) -> None:
        """Show what the board sent."""
        if self._capture is not None:
            try:
                self._capture.write(data)
            except OSError as error:
                raise CommandError(f"`{self._capture_name}` cannot be written: {error.strerror}") from error
        self._output.write(data if self._visible is None else self._visible.shown(data))
        self._output.flush()

    def __enter__(self) -> Screen:
        return self

    def __exit__(
        self,
        _error_class: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        if self._capture is not None:
            self._capture.close()
