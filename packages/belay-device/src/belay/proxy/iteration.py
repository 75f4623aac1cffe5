"""The items of a board's object, one by one as the host asks for them.

This room knows when items may be read ahead, as `_onboard/iteration.py` does it.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from belay.exceptions import BoardException, InternalError
from belay.proxy.kept import BLOCK, Kept, block_numbers

if TYPE_CHECKING:
    from collections.abc import Callable

    from belay.proxy.kept import Objects

__all__ = ["ProxyIterator"]

_SEQUENCES = frozenset({"list", "tuple", "range", "bytearray"})
"""Types whose items the board reads ahead by index: what was read ahead can be read again."""

_READ_AHEAD = _SEQUENCES | {"dict", "set"}
"""Types whose items come in blocks; whether a type of that name is the builtin one the board knows."""

_FIRST_BLOCK = 16
"""Items of the first block; each block has twice as many as the one before, up to `BLOCK`."""


class ProxyIterator:
    """Iterates an object of the board.

    The items of a list, tuple, range, bytearray, dict or set come in blocks; as long as nothing else is asked
    of the device, a block costs one turnaround. What was read of a sequence is read again once the device was
    used for something else, so the loop sees what its body changes, as on the board.
    Every other object is taken one step further for each item, which costs one turnaround.

    Args:
        objects: those of the board.
        text: gives the board's expression for the object; keeps it alive.
        type_name: its type on the board.
        wrap: makes an item that is kept on the board a proxy.
    """

    def __init__(
        self, objects: Objects, text: Callable[[], str], type_name: str, wrap: Callable[[object], object]
    ) -> None:
        self._objects = objects
        self._text = text
        self._wrap = wrap
        self._is_sequence = type_name in _SEQUENCES
        self._iterator = Kept(objects)
        self._index = 0
        self._longest, self._wanted = (BLOCK, _FIRST_BLOCK) if type_name in _READ_AHEAD else (1, 1)
        self._block: deque[object] = deque()
        self._is_last = False  # the block
        self._is_over = False
        self._stamp = -1

    def __iter__(self) -> ProxyIterator:
        return self

    def __next__(self) -> object:
        """Return the next item.

        Raises:
            StopIteration: there is none, now and for ever.
            BoardException: what the board's iterator raised.
        """
        if self._is_over:
            raise StopIteration
        if self._is_sequence and self._stamp != self._objects.board.submissions:
            self._read_again()
        if not self._block and not self._is_last:
            self._read()
        if not self._block:
            self._is_over = True
            raise StopIteration
        self._index += 1
        return self._wrap(self._block.popleft())

    def _read_again(self) -> None:
        if self._stamp >= 0:
            self._wanted = 1
        self._block.clear()
        self._is_last = False

    def _read(self) -> None:
        try:
            self._read_block(self._wanted)
        except BoardException as error:
            if error.type_name != "MemoryError" or not self._is_sequence or self._wanted == 1:
                raise
            # So many items at once are too much for its memory, and no item is lost.
            self._wanted = 1
            self._read_block(1)
        else:
            self._wanted = min(self._wanted * 2, self._longest)

    def _read_block(self, size: int) -> None:
        numbers = block_numbers(size)
        owned = [Kept(self._objects, number) for number in numbers]
        self._stamp = self._objects.board.submissions + 1  # with this one
        asked = f"_belay_on({numbers[0]},{size},{self._text()},{self._index},{self._iterator.number})"
        replies = self._objects.call(asked, helpers=("proxies", "iteration"))
        if not isinstance(replies, list):
            raise InternalError(f"the board answered {replies!r} instead of items")
        self._is_last = bool(replies) and replies[-1] == 0
        items = replies[:-1] if self._is_last else replies
        for kept in owned[len(items) :]:
            kept.disown()
        self._block.extend(map(self._objects.take, items, owned))
