"""What happened on the outside of a simulated board, in order, as far as there is room.

Knows entries and a limit; must not know what any of them means.
"""

from __future__ import annotations

TYPE_CHECKING = False  # see control.py
if TYPE_CHECKING:
    Identifier = int | str
    Value = int | str | bytes | tuple[int, ...] | None
    Entry = tuple[int, str, Identifier, str, Value]

__all__ = ["ENTRIES_MAX", "Timeline"]

ENTRIES_MAX = 100_000
# A pin that toggles in a loop makes some 100 000 entries a second: enough to see a second of the
# fastest program, at 20 MB; the oldest go first.

_SLACK = ENTRIES_MAX // 8
# Dropped in one stroke, so that a full timeline costs no more per entry than an empty one.


class Timeline:
    """The entries since the power came on: (microseconds since then, kind, identifier, what, value)."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._dropped = 0

    def add(self, time_us: int, kind: str, identifier: Identifier, what: str, value: Value) -> None:
        """Append an entry."""
        if len(self._entries) >= ENTRIES_MAX:
            del self._entries[:_SLACK]
            self._dropped += _SLACK
        self._entries.append((time_us, kind, identifier, what, value))

    def read(self) -> tuple[list[Entry], int]:
        """Return the entries, oldest first, and how many were dropped before them."""
        return self._entries, self._dropped

    def clear(self) -> None:
        """Forget all entries."""
        self._entries.clear()
        self._dropped = 0
