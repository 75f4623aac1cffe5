"""The objects that a board keeps for the host: their numbers, their lives, and what is known of their types.

This room knows what `_onboard/proxies.py` answers. What a proxy lets its user do is not its business.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Protocol

from belay.exceptions import BoardException, InternalError, StaleProxyError
from belay.roles import Board, refuse_in_batch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from belay.output import OutputWriter

__all__ = ["BLOCK", "TABLES", "Kept", "Objects", "ProxyBoard", "block_numbers"]

BLOCK = 64
"""Numbers in a row for the items of one block; few enough for the reply to fit a small board's heap."""

TABLES = 32
"""Tables among which the board spreads what it keeps; the same number stands in `_onboard/proxies.py`."""

_singles = count(1)  # one row for all boards: `next` of a count is atomic, and no number is used twice
_blocks = count(1)


class ProxyBoard(Board, Protocol):
    """A connected board, as far as proxies go."""

    @property
    def generation(self) -> int:
        """How often it has started, as far as is known; what it kept before is gone."""
        ...

    @property
    def submissions(self) -> int:
        """How often something was sent to it; a number that did not change says that nothing was."""
        ...

    def call(
        self,
        expression: str,
        *,
        timed: bool = False,
        helpers: Sequence[str] = (),
        timeout_s: float | None = None,
        output: OutputWriter | None = None,
    ) -> object:
        """As `Board.call`, for an expression that needs files under `_onboard/`; each is sent once."""
        ...

    def release_object(self, number: int, generation: int) -> None:
        """Forget an object with the next call.

        Sends nothing, takes no lock, returns at once: the garbage collector calls this, in any thread.
        """
        ...


class Kept:
    """One object that a board keeps under a number, until nobody refers to this any more.

    It is made before the number is sent, so that a call whose reply is lost leaves nothing behind.

    Args:
        objects: those of its board.
        number: its number; None takes the next.

    Attributes:
        number: its number; 0 if the board keeps nothing under it.
        type_name: the name of its type on the board.
    """

    __slots__ = ("_generation", "_hidden", "_type_number", "number", "objects", "type_name")

    def __init__(self, objects: Objects, number: int | None = None) -> None:
        self.number = next(_singles) if number is None else number
        self.objects = objects
        self.type_name = ""
        self._generation = objects.board.generation
        self._type_number = -1
        self._hidden: Sequence[str] = ()

    def learn(self, type_name: str, hidden: Sequence[str], type_number: int, methods: Sequence[str]) -> None:
        """Take in what the board says of the object when it begins to keep it."""
        self._generation = self.objects.board.generation  # the link may have been lost and found meanwhile
        self.type_name = type_name
        self._hidden = hidden
        self._type_number = type_number
        if methods:
            self.objects.methods[self._generation, type_number] = set(methods)

    def disown(self) -> None:
        """Leave it: the board keeps nothing under this number."""
        self.number = 0

    def has_method(self, name: str) -> bool:
        """Whether an attribute is known to be one of its type's callables, without asking the board."""
        known = self.objects.methods.get((self._generation, self._type_number), ())
        return name in known and name not in self._hidden

    @property
    def text(self) -> str:
        """The board's expression for it.

        Raises:
            StaleProxyError: the board has started anew since.
        """
        if self._generation != self.objects.board.generation:
            raise self.objects.stale(self)
        return f"_belay_o[{self.number % TABLES}][{self.number}]"

    @property
    def place(self) -> str:
        """What the board assigns to, to keep something under its number."""
        return f"_belay_o.setdefault({self.number % TABLES},{{}})[{self.number}]"

    def __del__(self) -> None:
        # A constructor that failed leaves no `_generation`.
        if self.number and hasattr(self, "_generation"):
            self.objects.board.release_object(self.number, self._generation)


class Objects:
    """The objects that one board keeps for the host.

    Args:
        board: where they are.

    Attributes:
        board: where they are.
        methods: names of callables, by the generation of the board and the number that it gives the type,
            class or module that has them.
    """

    def __init__(self, board: ProxyBoard) -> None:
        self.board = board
        self.methods: dict[tuple[int, int], set[str]] = {}

    def ask(
        self, expression: str, *, timeout_s: float | None = None, output: OutputWriter | None = None
    ) -> object:
        """Evaluate a board expression; return its value or the `Kept` object; one turnaround."""
        kept = Kept(self)
        reply = self.call(f"_belay_op({kept.number},{expression})", timeout_s=timeout_s, output=output)
        return self.take(reply, kept)

    def take(self, reply: object, kept: Kept) -> object:
        """Return what a reply of `_belay_op` stands for: a value, or `kept`, whose number went along."""
        if isinstance(reply, tuple):
            if len(reply) == 1:
                kept.disown()
                return reply[0]
            name, hidden, number, *methods = reply
            kept.learn(name, hidden, number, methods[0] if methods else ())
            return kept
        raise InternalError(f"the board answered {reply!r} instead of a value or an object")

    def call(
        self,
        expression: str,
        *,
        helpers: Sequence[str] = ("proxies",),
        timeout_s: float | None = None,
        output: OutputWriter | None = None,
    ) -> object:
        """Evaluate a board expression and return its value, which must travel; one turnaround.

        Raises:
            BatchError: this thread has a batch of the board open.
            StaleProxyError: the board has started anew meanwhile.
        """
        refuse_in_batch(self.board, "what a proxy does")
        generation = self.board.generation
        try:
            return self.board.call(expression, helpers=helpers, timeout_s=timeout_s, output=output)
        except BoardException as error:
            if error.type_name == "KeyError" and self.board.generation != generation:
                # Another thread found out in between, and the number means nothing any more.
                raise self.stale(None) from error
            raise

    def forget(self, name: str) -> None:
        """Ask the board from now on what an attribute is: it has been set."""
        for names in list(self.methods.values()):
            names.discard(name)

    def stale(self, kept: Kept | None) -> StaleProxyError:
        """Return the error for an object that is gone with the board's memory."""
        what = "an object" if kept is None else f"the `{kept.type_name}`"
        return StaleProxyError(
            f"{self.board.description} has started anew, and {what} that the proxy stood for is gone",
            hint="make it again on the board, and the proxy with `device.proxy(…)`",
        )


def block_numbers(size: int) -> range:
    """Return numbers in a row for the items of one block, at most `BLOCK`; no number is used twice."""
    first = -BLOCK * next(_blocks)
    return range(first, first + size)
