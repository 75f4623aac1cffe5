"""The host's side of a generator on the board: what is sent when, on paper."""

from __future__ import annotations

import gc
from collections.abc import Generator
from typing import Any, NamedTuple

import pytest

from belay.exceptions import CallTimeout, UnreturnableValueError, board_exception
from belay.roles import BoardGenerator


class Step(NamedTuple):
    """What a board answers."""

    finished: bool
    value: object


def test_making_one_costs_nothing(paper: Any) -> None:
    """Nothing is sent before the first item is asked for, nor for one that is never used."""
    generator = BoardGenerator(paper, "items(3)")
    generator.close()
    with pytest.raises(StopIteration):
        next(generator)

    assert paper.asked == []


def test_the_first_step_carries_the_call(paper: Any) -> None:
    """The call travels once, with the first item; the others name the generator only."""
    paper.answers.extend([Step(False, 1), Step(False, 2), Step(True, "end")])

    generator = BoardGenerator(paper, "items(3)", timeout_s=2.0)
    items = [next(generator), generator.send("x")]
    with pytest.raises(StopIteration) as caught:
        next(generator)

    assert items == [1, 2]
    assert caught.value.value == "end"
    assert paper.asked == [("items(3)", "g.send(None)"), (None, "g.send('x')"), (None, "g.send(None)")]
    assert paper.deadlines == [2.0] * 3


def test_after_the_end_nothing_is_sent(paper: Any) -> None:
    """A finished generator stays finished: `next`, `send` and `close` cost nothing, `throw` raises."""
    paper.answers.append(Step(True, None))
    generator = BoardGenerator(paper, "items()")
    assert list(generator) == []

    with pytest.raises(StopIteration):
        next(generator)
    with pytest.raises(StopIteration):
        generator.send(1)
    with pytest.raises(KeyError):
        generator.throw(KeyError("x"))
    generator.close()
    del generator
    gc.collect()

    assert len(paper.asked) == 1
    assert paper.released == []


def test_sending_a_value_before_the_first_item_is_refused(paper: Any) -> None:
    """As Python does, and without a call; the generator can be started afterwards."""
    paper.answers.append(Step(False, 1))
    generator = BoardGenerator(paper, "items()")

    with pytest.raises(TypeError, match="just-started generator"):
        generator.send(5)

    assert generator.send(None) == 1


def test_throwing_before_the_first_item_ends_it(paper: Any) -> None:
    """As Python does: the exception comes back, and there are no items."""
    generator = BoardGenerator(paper, "items()")

    with pytest.raises(KeyError, match="x"):
        generator.throw(KeyError, "x")
    assert list(generator) == []
    assert paper.asked == []


def test_an_exception_of_the_board_ends_it(paper: Any) -> None:
    """There are no items after an exception, and nothing is left to release."""
    paper.answers.extend(
        [Step(False, 1), board_exception("Traceback (most recent call last):\nKeyError: 3\n")]
    )
    generator = BoardGenerator(paper, "items()")
    next(generator)

    with pytest.raises(KeyError):
        next(generator)
    assert list(generator) == []
    del generator
    gc.collect()

    assert paper.released == []


def test_a_deadline_ends_it(paper: Any) -> None:
    """The board's program was interrupted, so there are no items any more."""
    paper.answers.append(CallTimeout("too slow"))
    generator = BoardGenerator(paper, "items()")

    with pytest.raises(CallTimeout):
        next(generator)

    assert list(generator) == []


def test_an_item_that_cannot_come_back_does_not_end_it(paper: Any) -> None:
    """One item is lost, the next comes."""
    paper.answers.extend([UnreturnableValueError("a `Pin` came back"), Step(False, 2)])
    generator = BoardGenerator(paper, "items()")

    with pytest.raises(UnreturnableValueError):
        next(generator)

    assert next(generator) == 2


def test_one_that_is_dropped_is_released_without_a_call(paper: Any) -> None:
    """The garbage collector sends nothing; it leaves a word for the next call."""
    paper.answers.append(Step(False, 1))
    generator = BoardGenerator(paper, "items()")
    next(generator)
    asked = len(paper.asked)

    del generator
    gc.collect()

    assert len(paper.asked) == asked
    assert len(paper.released) == 1


def test_closing_ends_it_on_the_board_at_once(paper: Any) -> None:
    """`close` is one call, after which nothing is left to release."""
    paper.answers.extend([Step(False, 1), Step(True, None)])
    generator = BoardGenerator(paper, "items()")
    next(generator)

    generator.close()
    generator.close()
    del generator
    gc.collect()

    assert paper.asked[1:] == [(None, "g.close()or g.send(None)")]
    assert paper.released == []


def test_no_two_generators_have_one_number(paper: Any) -> None:
    """Generators of all boards are told apart."""
    paper.answers.extend([Step(False, 1)] * 3)
    generators = [BoardGenerator(paper, "items()") for _ in range(3)]
    for generator in generators:
        next(generator)

    del generator, generators
    gc.collect()

    assert len(set(paper.released)) == 3


def test_it_is_a_generator_to_python(paper: Any) -> None:
    """`yield from`, `isinstance` and the repr treat it as one."""
    paper.answers.extend([Step(False, 1), Step(True, "end")])
    generator = BoardGenerator(paper, "items()")
    states = [repr(generator)]

    def delegate() -> Generator[Any, Any, Any]:
        return (yield from generator)

    outer = delegate()
    next(outer)
    states.append(repr(generator))
    with pytest.raises(StopIteration, match="end"):
        next(outer)
    states.append(repr(generator))

    assert isinstance(generator, Generator)
    assert states == [
        f"<generator items() of Device('paper'): {state}>" for state in ("not started", "running", "finished")
    ]
