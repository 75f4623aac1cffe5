"""Show what is being got, for as long as it takes; only to a person at a screen.

Knows names and bytes. rich is loaded when something comes and somebody looks: it takes a tenth of a second.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.progress import Progress, TaskID

__all__ = ["Heard", "showing_progress"]

Heard: TypeAlias = "Callable[[str, int, int | None], None]"
"""Hears what is being got, how many bytes have come, and of how many, or None; in any thread."""


@contextmanager
def showing_progress() -> Iterator[Heard | None]:
    """Give what hears of it, in the block, or None when nobody looks; nothing of it stays on the screen."""
    if sys.stderr is None or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield None
        return
    bars = _Bars()
    try:
        yield bars.hear
    finally:
        bars.stop()


class _Bars:
    """A line for each thing that comes."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._shown: Progress | None = None
        self._tasks: dict[str, TaskID] = {}

    def hear(self, what: str, come_bytes: int, all_bytes: int | None) -> None:
        """Show how far something is; what has come to its end is shown no more."""
        with self._lock:
            shown = self._started()
            if what not in self._tasks:
                self._tasks[what] = shown.add_task(what, total=all_bytes)
            task = self._tasks[what]
            shown.update(task, completed=come_bytes, total=all_bytes)
            if all_bytes is not None and come_bytes >= all_bytes:
                shown.remove_task(self._tasks.pop(what))

    def stop(self) -> None:
        """Take the lines away."""
        if self._shown is not None:
            self._shown.stop()

    def _started(self) -> Progress:
        if self._shown is None:
            from rich.console import Console  # noqa: PLC0415 - see the module's docstring
            from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn  # noqa: PLC0415

            # Names are anybody's text, and no markup of rich's.
            columns = (TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn())
            self._shown = Progress(*columns, console=Console(stderr=True), transient=True)
            self._shown.start()
        return self._shown
