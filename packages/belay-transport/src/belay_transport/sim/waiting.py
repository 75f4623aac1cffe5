"""Questions of the host that are answered when the outside of the board is so, or when their time is over.

Knows conditions and microseconds that it is told; has no clock.
"""

from __future__ import annotations

TYPE_CHECKING = False  # see control.py
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from belay_transport.sim.peripherals import Peripherals

__all__ = ["Waits"]


class Waits:
    """The questions that wait."""

    def __init__(self) -> None:
        self._waits: list[tuple[int, Callable[[Peripherals], bool], int]] = []

    def add(self, number: int, verb: str, what: list[Any], until_us: int) -> None:
        """Let question `number` wait.

        Args:
            number: of the question.
            verb: "wait for pin", with a pin and its level; "wait for boot".
            what: see there.
            until_us: when the answer is that it did not come.
        """
        self._waits.append((number, _condition(verb, what), until_us))

    def times_us(self) -> list[int]:
        """Return when their times are over."""
        return [until_us for _, _, until_us in self._waits]

    def take_answered(self, outside: Peripherals, now_us: int) -> list[tuple[int, bool]]:
        """Take out those that can be answered: number, and whether it is so."""
        waits, self._waits = self._waits, []
        answered: list[tuple[int, bool]] = []
        for number, is_so, until_us in waits:
            is_there = is_so(outside)
            if is_there or until_us <= now_us:
                answered.append((number, is_there))
            else:
                self._waits.append((number, is_so, until_us))
        return answered


def _condition(verb: str, what: list[Any]) -> Callable[[Peripherals], bool]:
    if verb == "wait for pin":
        identifier, level = what
        return lambda outside: outside.level(identifier) == level
    return lambda outside: outside.is_up
