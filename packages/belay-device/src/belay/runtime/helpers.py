"""Which files of `_onboard/` a board has, and what goes in front of a submission that needs others.

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
    """The helpers of one board; each is sent once.

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

    def __contains__(self, name: str) -> bool:
        return name in self._there

    def has_all(self, names: Iterable[str]) -> bool:
        """Whether the board has all of them."""
        return self._there.issuperset(names)

    def missing(self, names: Iterable[str]) -> list[str]:
        """Return those that the board does not have, in their order."""
        return [name for name in names if name not in self._there]

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
