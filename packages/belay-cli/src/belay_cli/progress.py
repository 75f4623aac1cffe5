"""How far a transfer is, as one line on a screen; nothing anywhere else.

Knows bytes and a stream, and no board.
"""

from __future__ import annotations

import sys
import time

__all__ = ["Gauge", "Progress"]

_EVERY_S = 0.1
"""A screen that is written more often slows the transfer, and nobody reads faster."""


class Gauge:
    """How far a transfer is."""

    def __init__(self) -> None:
        self._description = ""
        self._total = 0
        self._done = 0

    def take(self, *, description: str = "", total: int = 0, advance: int = 0) -> None:
        """Take what has changed; `total` and `advance` are bytes."""
        self._description = description or self._description
        if total:
            self._total, self._done = total, 0
        self._done += advance

    def __str__(self) -> str:
        if not self._total:
            return ""
        share = min(100, 100 * self._done // self._total)
        return f"{share:3}% of {self._total} bytes  {self._description[:50]}"


class Progress:
    """Show one line on stderr, if that is a screen, and clear it at the end of the block."""

    def __init__(self) -> None:
        self._is_shown = sys.stderr is not None and sys.stderr.isatty()
        self._gauge = Gauge()
        self._next_s = 0.0

    def __call__(self, *, description: str = "", total: int = 0, advance: int = 0) -> None:
        """Take what has changed; `total` and `advance` are bytes."""
        self._gauge.take(description=description, total=total, advance=advance)
        now = time.monotonic()
        if self._is_shown and now >= self._next_s and (text := str(self._gauge)):
            self._next_s = now + _EVERY_S
            self._write(f"\r{text}\033[K")

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._is_shown:
            self._write("\r\033[K")

    @staticmethod
    def _write(text: str) -> None:
        try:
            sys.stderr.write(text)
            sys.stderr.flush()
        except (OSError, UnicodeError):
            return  # a line that nobody can see must not end the transfer
