"""One caller at a time, and between the callers the idle reader."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from .errors import NestedCallError
from .idle import IdleReader

if TYPE_CHECKING:
    from collections.abc import Callable

    from .idle import Readable

__all__ = ["Turn", "Turns"]

Result = TypeVar("Result")


class Turn(NamedTuple):
    """One caller's use of the link; each is an object of its own.

    Attributes:
        owner: the thread whose turn it is.
    """

    owner: int


class Turns:
    """Who may use a link.

    Host Ctrl-C may interrupt the main thread anywhere. A lock is therefore only ever taken by a bare
    `with`, which nothing can interrupt half-way, and all else heals with the next call.

    Args:
        source: what the idle reader reads.
        deliver: gets what it has read.
        check: raises if the link cannot be used any more.

    Attributes:
        turn: whose turn it is, None between turns.
    """

    def __init__(self, source: Readable, deliver: Callable[[bytes], None], check: Callable[[], None]) -> None:
        self.lock = threading.RLock()
        self.idle = IdleReader(self.lock, source, deliver)
        self._check = check
        self.turn: Turn | None = None

    @property
    def busy(self) -> bool:
        """Whether somebody uses the link."""
        return self.turn is not None

    @property
    def is_mine(self) -> bool:
        """Whether the calling thread uses the link: an output handler asks."""
        turn = self.turn
        return turn is not None and turn.owner == threading.get_ident()

    def take(self, work: Callable[[], Result]) -> Result:
        """Wait for the turn of the calling thread and do `work`.

        Raises:
            NestedCallError: the calling thread has its turn already: an output handler called.
            ConnectionLost: the link is closed or broke.
        """
        self.idle.give_way()
        try:
            with self.lock:
                if self.turn is not None:
                    raise NestedCallError(
                        "a call to the board from inside the output handler of another call; "
                        "hand the work to another thread"
                    )
                try:
                    self.turn = Turn(threading.get_ident())
                    self._check()
                    return work()
                finally:
                    self.turn = None
        finally:
            self.idle.resume()
