"""Generators on a board, by number: one step at a time, and which of them are gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from belay.exceptions import ConnectionLost, InternalError, UnreturnableValueError
from belay.runtime.board_clock import CLOCK_HELPERS, timed_code
from belay.values import unreturnable

if TYPE_CHECKING:
    from belay.replies import ReplyReader
    from belay.runtime.board_clock import BoardClock
    from belay.runtime.submitting import Submitter

__all__ = ["BoardGenerators", "GeneratorStep"]


class GeneratorStep(NamedTuple):
    """What one step of a generator on the board brought.

    Attributes:
        finished: whether it has ended.
        value: the item, or the return value if it has ended.
    """

    finished: bool
    value: object


class BoardGenerators:
    """The generators of one board.

    Args:
        submitter: sends.
        replies: reads what comes.
        clock: knows when it was.
    """

    def __init__(self, submitter: Submitter, replies: ReplyReader, clock: BoardClock) -> None:
        self._submitter = submitter
        self._replies = replies
        self._clock = clock
        self._there: set[int] = set()
        submitter.on_forget.append(self._there.clear)

    def advance(
        self, number: int, start: str | None, step: str, *, timed: bool, timeout_s: float | None
    ) -> GeneratorStep:
        """Take one a step further; one turnaround, the first step included. See `Runtime.generator_next`."""
        if timed:
            self._clock.prepare()
        if start is None and number not in self._there:
            raise ConnectionLost(
                f"a generator of {self._submitter.description} is gone: the board has started anew since",
                hint="begin to iterate anew",
            )
        code = f"_belay_g({number},lambda g:{step})"
        sent_s = self._clock.now()
        answer = self._submitter.send(
            f"lambda:{timed_code(code) if timed else code}",
            helpers=("generators", *(CLOCK_HELPERS if timed else ())),
            prefix="" if start is None else f"_belay_gs[{number}]={start}\n",
            timeout_s=timeout_s,
            repeatable=start is not None,
        )
        received_s = self._clock.now()
        self._there.add(number)
        error = self._replies.error_of(answer, 0)
        if error is not None:
            self._there.discard(number)
            raise error
        reply = answer.replies[0]
        if timed:
            reply, span = self._replies.without_times(reply)
            moment = self._clock.learn(sent_s, received_s, [span])[0]
        try:
            value = self._replies.value(reply)
        except UnreturnableValueError as refusal:
            # The board's text is that of (flag, value), and the flag is nothing to tell of.
            raise unreturnable(refusal.board_text[len("(1, ") : -len(")")], refusal.type_name) from None
        if not (isinstance(value, tuple) and len(value) == 2):  # noqa: PLR2004 - (flag, value)
            raise InternalError(f"a generator on the board answered {value!r}")
        if not value[0]:
            self._there.discard(number)
        item = (value[1], moment) if timed and value[0] else value[1]
        return GeneratorStep(finished=not value[0], value=item)
