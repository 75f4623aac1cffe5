"""When a fault strikes a simulated board: behind how many bytes from the host, or writes to its flash.

Knows numbers and microseconds that it is told; has no clock and no descriptor.
A fault is "unplug" or "reset".
"""

from __future__ import annotations

from belay_transport.sim.page import FLASH_LIMIT, FLASH_UNLIMITED, FLASH_WRITES

TYPE_CHECKING = False  # see control.py
if TYPE_CHECKING:
    import mmap

__all__ = ["Countdown", "FlashLimit", "Strikes"]

_RESTLESS_US = 1_000_000
# A program that runs on is cut off in the middle after that time.
_LOOK_US = 200
# So often a board is looked at that is to rest before a fault strikes.


class Countdown:
    """Counts the bytes that a board has received, up to the one behind which a fault strikes.

    Args:
        unplug_after: bytes until the board is unplugged; None for never.
        reset_after: bytes until it is reset; None for never.

    Attributes:
        count: bytes received so far.
    """

    def __init__(self, *, unplug_after: int | None = None, reset_after: int | None = None) -> None:
        self._first = {
            fault: after
            for fault, after in (("unplug", unplug_after), ("reset", reset_after))
            if after is not None
        }
        self.begin_anew()

    def begin_anew(self) -> None:
        """Be as at first: nothing is counted, and what strikes is what was asked for then."""
        self.count = 0
        self._due = dict(self._first)

    def arm(self, fault: str, after_bytes: int) -> None:
        """Let that fault strike once so many more bytes have been received."""
        self._due[fault] = self.count + after_bytes

    def clear(self) -> None:
        """Let none strike."""
        self._due.clear()

    def room(self, wanted: int) -> int:
        """Return how many of `wanted` bytes the board may get before a fault strikes."""
        return min([wanted, *(due - self.count for due in self._due.values())])

    def count_on(self, received: int) -> str | None:
        """Count bytes that the board got; return the fault that strikes now, which is then over."""
        self.count += received
        for fault, due in self._due.items():
            if due <= self.count:
                del self._due[fault]
                return fault
        return None


class FlashLimit:
    """After how many writes to its flash a board stops, in the page that it reads.

    Attributes:
        fault: what strikes then.
    """

    def __init__(self, page: mmap.mmap) -> None:
        self._page = page
        self.fault = "unplug"
        self.clear()

    def arm(self, fault: str, after_writes: int) -> None:
        """Let that fault strike at the write behind so many more."""
        self.fault = fault
        writes = int.from_bytes(self._page[FLASH_WRITES : FLASH_WRITES + 4], "little")
        self._page[FLASH_LIMIT : FLASH_LIMIT + 4] = (writes + after_writes).to_bytes(4, "little")

    def clear(self) -> None:
        """Let none strike."""
        self._page[FLASH_LIMIT : FLASH_LIMIT + 4] = FLASH_UNLIMITED


class Strikes:
    """Faults that are due and wait until the board has done with all that it got."""

    def __init__(self) -> None:
        self._waiting: list[tuple[str, int | None, int]] = []
        """Which, the number of the question that waits for it, until when at most."""

    def add(self, fault: str, number: int | None, now_us: int) -> None:
        """Let a fault wait; `number` is the question to answer when it has struck, if there is one."""
        self._waiting.append((fault, number, now_us + _RESTLESS_US))

    def times_us(self, now_us: int) -> list[int]:
        """Return when to look again."""
        return [now_us + _LOOK_US] if self._waiting else []

    def take(self, *, is_at_rest: bool, now_us: int) -> tuple[str, int | None] | None:
        """Take out a fault that strikes now, and its question's number."""
        if not self._waiting or not (is_at_rest or self._waiting[0][2] <= now_us):
            return None
        fault, number, _ = self._waiting.pop(0)
        return fault, number
