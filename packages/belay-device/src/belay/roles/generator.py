"""A generator that runs on the board, iterated from the host.

This room knows Python's generator protocol and which step the board is asked for.
It never sends anything from the garbage collector: a generator that is dropped is freed with the next call.
"""

from __future__ import annotations

from collections.abc import Generator
from itertools import count
from typing import TYPE_CHECKING

from belay.exceptions import ArgumentTypeError, UnreturnableValueError
from belay.roles.batch import refuse_in_batch
from belay.roles.expressions import exception_text, shorten
from belay.values import encode

if TYPE_CHECKING:
    from types import TracebackType

    from belay.roles.board import Board

__all__ = ["BoardGenerator"]

_numbers = count(1)  # one row for all boards: `next` of a count is atomic, and no number is used twice


class BoardGenerator(Generator[object, object, object]):
    """A generator on a board.

    Making it costs nothing; each item costs one call, the first included.
    It ends as Python's do: `StopIteration` carries the return value, and after an exception
    there are no items.
    `close()` runs the board's `finally` blocks at once; a generator that is dropped unfinished
    is closed with the next call to its board.

    Args:
        board: where it runs.
        start: the board expression that makes it.
        timed: each item comes as `(item, local time)`; what the generator returns comes alone.
        timeout_s: deadline of each step; None waits for ever.
        arguments: what `start` was written from: what a proxy stands for must not be freed before.
    """

    def __init__(
        self,
        board: Board,
        start: str,
        *,
        timed: bool = False,
        timeout_s: float | None = None,
        arguments: object = None,
    ) -> None:
        self._board = board
        self._start = start
        self._timed = timed
        self._timeout_s = timeout_s
        self._arguments = arguments
        self._number = next(_numbers)
        self._is_started = False
        self._is_finished = False

    def __next__(self) -> object:
        """Return the next item.

        Raises:
            StopIteration: it has ended; `value` is what it returned.
            BoardException: it raised.
            UnreturnableValueError: this item cannot come back; the next may.
        """
        return self._step("g.send(None)")

    def send(self, value: object, /) -> object:
        """Send a value to where the generator waits, and return the next item; raises as `next`."""
        if not self._is_started and value is not None:
            raise ArgumentTypeError("can't send non-None value to a just-started generator")
        return self._step(f"g.send({encode(value, board=self._board)})")

    def throw(
        self,
        error: BaseException | type[BaseException],
        value: object = None,
        traceback: TracebackType | None = None,
        /,
    ) -> object:
        """Raise an exception where the generator waits, and return the next item; raises as `next`.

        The board gets it as the nearest class that every board has: a class of the host's own
        as its builtin base. If the board does not catch it, it comes back as a `BoardException`.
        """
        if isinstance(error, type):
            error = value if isinstance(value, error) else error(*(() if value is None else (value,)))
        if traceback is not None:
            error = error.with_traceback(traceback)
        if not self._is_started or self._is_finished:
            self._is_finished = True
            raise error
        return self._step(f"g.throw({exception_text(error, board=self._board)})")

    def close(self) -> None:
        """End the generator on the board now, `finally` blocks included; nothing is sent if it has not begun.

        Raises:
            BoardException: what a `finally` block raised, or RuntimeError if it yields once more.
        """
        if self._is_started and not self._is_finished:
            self._advance("g.close()or g.send(None)")  # the next of a closed one is the end, which frees it
        self._is_finished = True

    def _step(self, step: str) -> object:
        if self._is_finished:
            raise StopIteration
        finished, value = self._advance(step)
        if finished:
            raise StopIteration(value)
        return value

    def _advance(self, step: str) -> tuple[bool, object]:
        refuse_in_batch(self._board, f"a step of the generator `{shorten(self._start)}`")
        start = None if self._is_started else self._start
        self._is_started = True
        try:
            reply = self._board.generator_next(
                self._number, start, step, timed=self._timed, timeout_s=self._timeout_s
            )
        except UnreturnableValueError:
            raise
        except BaseException:
            # It raised, was interrupted, or its board is gone: the board has freed it.
            self._is_finished = True
            raise
        self._arguments = None  # the generator on the board has them now
        self._is_finished = reply.finished
        return reply.finished, reply.value

    def __del__(self) -> None:
        # A constructor that failed leaves no `_is_finished`.
        if not getattr(self, "_is_finished", True) and self._is_started:
            self._board.release_generator(self._number)

    def __repr__(self) -> str:
        state = "finished" if self._is_finished else "running" if self._is_started else "not started"
        return f"<generator {shorten(self._start)} of {self._board.description}: {state}>"
