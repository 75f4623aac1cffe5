"""The pins of a simulated board as the outside sees them: what drives each, what level it has.

Knows levels, pulls and edges; must not know processes. What the board reads stands in memory that
it shares (see `Pins`), so reading a pin costs the board nothing, and a change is seen at once.
"""

from __future__ import annotations

from belay_transport.sim.page import ANALOG, LEVELS, PINS_MAX, UNDRIVEN

TYPE_CHECKING = False  # see control.py
if TYPE_CHECKING:
    import mmap

    from belay_transport.sim.timeline import Identifier

__all__ = ["Pin", "Pins"]

NUMBERS_MAX = 100
# Pins 0 to 99: more than any board has; the number is the place in the shared page. The 28 places
# behind are for pins that have names ("LED", "GP25"), in the order in which they are first used.

RISING, FALLING = 1, 2
_PULL_UP = 1


class Pin:
    """One pin: what the board made of it, what the outside does to it."""

    def __init__(self, place: int) -> None:
        self.place = place
        self.mode: str | None = None
        self.pull: int | None = None
        self.latch = 0
        self.driven: int | None = None
        self.trigger = 0

    @property
    def level(self) -> int:
        """What a probe on the pin would show."""
        if self.mode == "OUT" or (self.mode == "OPEN_DRAIN" and not self.latch):
            return self.latch
        if self.driven is not None:
            return self.driven
        return int(self.pull == _PULL_UP or self.mode == "OPEN_DRAIN")


class Pins:
    """All pins, and the page that the board reads (see page.py)."""

    def __init__(self, page: mmap.mmap) -> None:
        self._page = page
        self._pins: dict[Identifier, Pin] = {}
        page[LEVELS : LEVELS + PINS_MAX] = bytes([UNDRIVEN]) * PINS_MAX
        page[ANALOG : ANALOG + 2 * PINS_MAX] = bytes(2 * PINS_MAX)

    def pin(self, identifier: Identifier) -> Pin:
        """Return the pin.

        Raises:
            ValueError: there is no such pin.
        """
        found = self._pins.get(identifier)
        if found is None:
            found = self._pins[identifier] = Pin(self._place(identifier))
        return found

    def drive(self, identifier: Identifier, level: int | None) -> int:
        """Set what the outside does to a pin; return the edge if the board asked to hear of it, else 0."""
        pin = self.pin(identifier)
        before = pin.level
        pin.driven = level
        self._page[LEVELS + pin.place] = UNDRIVEN if level is None else level
        if pin.level == before:
            return 0
        return pin.trigger & (RISING if pin.level else FALLING)

    def set_analog(self, identifier: Identifier, value: int) -> None:
        """Set what the analog converter of that identifier reads, 0 to 65535."""
        start = ANALOG + 2 * self.pin(identifier).place
        self._page[start : start + 2] = value.to_bytes(2, "little")

    def forget_board(self) -> None:
        """Forget what the board's program made of the pins; what the outside does to them stays."""
        for pin in self._pins.values():
            pin.mode, pin.pull, pin.latch, pin.trigger = None, None, 0, 0

    def _place(self, identifier: Identifier) -> int:
        if isinstance(identifier, int):
            if 0 <= identifier < NUMBERS_MAX:
                return identifier
            raise ValueError(f"no pin {identifier}: 0 to {NUMBERS_MAX - 1}")
        taken = sum(isinstance(name, str) for name in self._pins)
        if taken >= PINS_MAX - NUMBERS_MAX:
            raise ValueError(f"no room for pin {identifier!r}: {taken} pins have names already")
        return NUMBERS_MAX + taken
