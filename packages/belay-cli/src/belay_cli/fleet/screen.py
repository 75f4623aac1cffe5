"""A line for each board on a screen, while they are worked on; what is printed meanwhile stands above.

Knows lines and two streams, and no board. Without a screen there are no such lines, and what is printed is
all there is. Every method may be called in any thread.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING

from belay_cli import console

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Screen"]

_EVERY_S = 0.1
"""As `belay_cli.progress` has it."""

_WAITING = "waiting"


class Screen:
    """Shows the lines in the block, and takes them away at its end.

    Args:
        names: of the boards; a board is meant by its place among them.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._width = max(map(len, names))
        self._names = [name.ljust(self._width) for name in names]
        self._states = [_WAITING] * len(names)
        self._ended: set[int] = set()
        self._lock = RLock()
        self._drawn = 0
        self._next_s = 0.0
        self.is_live = sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"

    def __enter__(self) -> Screen:
        self._refresh()
        return self

    def __exit__(self, *_error: object) -> None:
        with self._lock:
            self._erase()
            self.is_live = False

    def prefix(self, board: int) -> str:
        """Return what stands in front of a line of that board."""
        return f"{self._names[board]} | "

    def show(self, board: int, state: str, *, is_passing: bool = False) -> None:
        """Let a board's line say something else; what is passing need not be seen."""
        with self._lock:
            self._states[board] = state
            if not is_passing or time.monotonic() >= self._next_s:
                self._refresh()

    def end(self, board: int, state: str, *, is_told: bool = False) -> None:
        """Let a board's line say what came of it; without a screen it is printed, if it is not told yet."""
        with self._lock:
            self._ended.add(board)
            self._states[board] = state
            if self.is_live:
                self._refresh()
            elif not is_told:
                console.words(self.prefix(board) + state)

    def words(self, board: int, text: str) -> None:
        """Print lines for the person, with the board's name in front of each."""
        with self._above():
            for line in text.splitlines():
                console.words((self.prefix(board) + line).rstrip())

    def pass_on(self, lines: bytes) -> None:
        """Write whole lines to stdout, as they are.

        Raises:
            OutputError: stdout is closed, or takes nothing more.
            BrokenPipeError: its reader has gone.
        """
        with self._above():
            console.exact_stdout(lines)

    @contextmanager
    def _above(self) -> Iterator[None]:
        with self._lock:
            self._erase()
            try:
                yield
            finally:
                self._refresh()

    def _refresh(self) -> None:
        if self.is_live:
            self._next_s = time.monotonic() + _EVERY_S
            lines = self._lines()
            start = f"\033[{self._drawn}A" if self._drawn else ""
            self._write(start + "".join(f"\r{line}\033[K\n" for line in lines) + "\033[J")
            self._drawn = len(lines)

    def _erase(self) -> None:
        if self.is_live and self._drawn:
            self._write(f"\033[{self._drawn}A\r\033[J")
            self._drawn = 0

    def _lines(self) -> list[str]:
        """Return the lines that a screen of this size has room for, those first that still change."""
        size = _size()
        room = max(1, size.lines - 2)
        order = list(range(len(self._names)))
        if len(order) > room:
            order = sorted(order, key=lambda board: board in self._ended)[: room - 1]
        lines = [(self.prefix(board) + self._states[board])[: size.columns - 1] for board in order]
        hidden = len(self._names) - len(lines)
        more = f"and {hidden} more, {len(self._ended)} of all have ended"
        return [*lines, more[: size.columns - 1]] if hidden else lines

    @staticmethod
    def _write(text: str) -> None:
        try:
            sys.stderr.write(text)
            sys.stderr.flush()
        except (OSError, UnicodeError):
            return  # a line that nobody can see must not end the work


def _size() -> os.terminal_size:
    """Return the size of the screen, which is that of stderr: stdout may be a file."""
    try:
        size = os.get_terminal_size(sys.stderr.fileno())
    except OSError:
        return shutil.get_terminal_size()
    return size if size.columns and size.lines else shutil.get_terminal_size()
