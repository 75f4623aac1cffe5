"""What a reading thread owes the far end, while another thread may be writing: a pong, a refusal.

Knows a lock and a queue. The reader never waits for the writer: a far end that is read by nobody
until it has its answer would otherwise hold up both.
"""

from __future__ import annotations

import threading
from collections import deque
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Asides"]

_KEPT = 16
"""Most answers that wait for a write to end: the far end asks for one or two at a time."""


class Asides:
    """Send short answers between the writes of another thread.

    Args:
        send: sends bytes; never called by two threads at once.
    """

    def __init__(self, send: Callable[[bytes], object]) -> None:
        self._send = send
        self._sending = threading.Lock()
        self._due: deque[bytes] = deque(maxlen=_KEPT)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold answers back while the block writes; then send them."""
        with self._sending:
            yield
        self._flush()

    def answer(self, data: bytes) -> None:
        """Send `data` now, or when the write in progress has ended."""
        self._due.append(data)
        self._flush()

    def try_last(self, data: bytes) -> bool:
        """Send a goodbye, unless a write is in progress or the wire is broken; return whether it was sent."""
        if not self._sending.acquire(blocking=False):
            return False
        try:
            self._send(data)
        except OSError:
            return False
        finally:
            self._sending.release()
        return True

    def _flush(self) -> None:
        # whoever finds the lock taken may go: who holds it looks again after having let it go
        while self._due and self._sending.acquire(blocking=False):
            try:
                while self._due:
                    self._send(self._due.popleft())
            finally:
                self._sending.release()
