"""Which files of `_onboard/` a board has, and what goes in front of a submission that needs others, or fewer.

It sends nothing.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from belay.onboard import board_code, packed_code

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["EMIT", "Helpers"]

EMIT = "belay_emit"
"""Code with this word needs the helper that sends events."""

WORTH_PACKING_BYTES = 600
"""Of helpers' code: less is hardly shorter deflated and as base64, with what inflates it."""


class Helpers:
    """The helpers of one board; each is sent once, and again after it was discarded.

    Attributes:
        lock: held by a thread from asking what is missing until it is there: a helper that comes twice
            empties its table.
        is_heard: set once somebody listens to events.
        inflates: whether the board has what it takes to inflate them, as far as is known.
        introducing: the same lock for the helper of events. A call in an output handler is refused, and must
            not wait for itself.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.is_heard = threading.Event()
        self.inflates = False
        self.introducing = threading.RLock()
        self._there: set[str] = set()
        self._unwanted: set[str] = set()
        self._claims: list[Sequence[str]] = []
        self._counting = threading.Lock()

    def __contains__(self, name: str) -> bool:
        return name in self._there

    def claim(self, names: Sequence[str]) -> bool:
        """Keep helpers from being freed by another thread until they are released.

        Returns:
            Whether a submission that needs them has nothing to send or to free in front of it.
        """
        if not names:
            return True  # one of the user's calls never holds the lock because of what a sync has left
        with self._counting:
            self._claims.append(names)
            return not self._unwanted and self._there.issuperset(names)

    def release(self, names: Sequence[str]) -> None:
        """End what `claim` began."""
        if names:
            with self._counting:
                self._claims.remove(names)

    def missing(self, names: Iterable[str]) -> list[str]:
        """Return those that the board does not have, in their order."""
        return [name for name in names if name not in self._there]

    def discard(self, names: Iterable[str]) -> None:
        """Have the board free them, in front of the next submission that needs helpers, but not these.

        They must be functions and nothing else: what they hold would be lost when they come again.
        """
        with self._counting:
            self._unwanted |= self._there.intersection(names)

    def take_unwanted(self, needed: Sequence[str]) -> list[str]:
        """Return those that a submission shall free; they count as gone, whatever becomes of it.

        Args:
            needed: stay, and so do those that other threads have claimed.
        """
        with self._counting:
            self._unwanted.difference_update(needed)
            taken = self._unwanted.difference(*self._claims)
            self._there -= taken
            return sorted(taken)

    def know_freed(self, names: Iterable[str]) -> None:
        """Know that the board has freed them."""
        self._unwanted.difference_update(names)

    def code(self, names: Sequence[str], token: str) -> str:
        """Return what gives a board the helpers `names`, in the fewest bytes that it understands."""
        code = "".join(map(board_code, names)).replace("TOKEN", token)
        if self.inflates and len(code) > WORTH_PACKING_BYTES:
            return packed_code(names, token=token)
        return code

    def lacks_events(self, arguments: str) -> bool:
        """Whether the board must get what `belay_emit` needs: code names it, or somebody listens."""
        return "events" not in self._there and (self.is_heard.is_set() or EMIT in arguments)

    def add(self, names: Iterable[str]) -> None:
        """Know that the board has them."""
        self._there.update(names)

    def forget(self) -> None:
        """Know that the board has none."""
        self._there.clear()
        self._unwanted.clear()
