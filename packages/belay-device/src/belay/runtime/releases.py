"""What a board shall free with the next call: generators and objects that nobody on the host has any more.

The garbage collector tells, in any thread and at any moment: nothing here takes a lock or sends.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from belay.runtime.helpers import Helpers

__all__ = ["MOST", "Releases"]

T = TypeVar("T")

MOST = 16
"""Objects and generators that one call may release: some 100 bytes more, so a small call stays one write."""


class Releases:
    """What waits to be freed on one board.

    Args:
        helpers: what the board has: without a helper's table there is nothing to free.
    """

    def __init__(self, helpers: Helpers) -> None:
        self._helpers = helpers
        # An append is atomic, and takes no lock that the interrupted thread might hold.
        self._generators: list[int] = []
        self._objects: list[tuple[int, int]] = []

    def drop_generator(self, number: int) -> None:
        """Free a generator with the next call."""
        self._generators.append(number)

    def drop_object(self, number: int, generation: int) -> None:
        """Forget an object kept for a proxy with the next call."""
        self._objects.append((generation, number))

    def take_objects(self) -> list[tuple[int, int]]:
        """Return the objects that the next call shall release; each goes once."""
        if "proxies" in self._helpers:
            return _taken(self._objects, MOST)
        self._objects.clear()  # what the numbers stood for is gone with the table
        return []

    def put_back(self, objects: Sequence[tuple[int, int]]) -> None:
        """Take objects back whose release may not have arrived; another time does no harm."""
        self._objects += objects

    def code(self, objects: Sequence[tuple[int, int]], generation: int) -> str:
        """Return the lines that free generators, and those objects that are of this life of the board."""
        code = ""
        generators = _taken(self._generators, MOST)
        if generators and "generators" in self._helpers:
            code += f"_belay_free({generators})\n"
        numbers = [str(number) for of, number in objects if of == generation]
        if numbers:
            code += f"_belay_ou([{','.join(numbers)}])\n"
        return code

    def forget_generators(self) -> None:
        """Know that the board has none."""
        self._generators.clear()


def _taken(waiting: list[T], limit: int) -> list[T]:
    """Take items from the end of a list to which the garbage collector appends, maybe in another thread."""
    taken: list[T] = []
    with suppress(IndexError):  # another thread took the last one
        while waiting and len(taken) < limit:
            taken.append(waiting.pop())
    return taken
