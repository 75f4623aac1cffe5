"""Many calls in few submissions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from belay.exceptions import UnreturnableValueError, board_exception
from belay.roles.submission import Entry, Outcome, submit

if TYPE_CHECKING:
    from collections.abc import Iterator

FAILURE = board_exception("Traceback (most recent call last):\nValueError: no\n")


def test_blocks_fit_the_board(paper: Any) -> None:
    """No submission holds more bytes than the board takes, counted as it gets them."""
    paper.block_bytes = 60
    entries = [Entry("foo('é')")] * 7

    outcomes = list(submit(paper, entries))

    assert len(outcomes) == 7
    assert [len(block) for block in paper.asked] == [3, 3, 1]


def test_a_call_longer_than_a_block_goes_alone(paper: Any) -> None:
    """What exceeds the limit by itself is still sent; the board will say whether it can."""
    paper.block_bytes = 30

    list(submit(paper, [Entry("a()"), Entry("b('" + "x" * 99 + "')"), Entry("c()")]))

    assert [len(block) for block in paper.asked] == [1, 1, 1]


def test_a_block_has_no_more_calls_than_a_board_can_be_given(paper: Any) -> None:
    """However short the calls, a block stays below MicroPython's limit of 255 arguments."""
    paper.block_bytes = 10**6

    list(submit(paper, [Entry("a()")] * 450))

    assert [len(block) for block in paper.asked] == [200, 200, 50]


def test_entries_are_taken_as_they_are_needed(paper: Any) -> None:
    """After a failure no more entries are asked for than its block had."""
    taken: list[int] = []
    paper.block_bytes = 30
    paper.answers.append(([1], FAILURE))

    def entries() -> Iterator[Entry]:
        for number in range(100):
            taken.append(number)
            yield Entry(f"a({number})")

    outcomes = list(submit(paper, entries()))

    assert outcomes == [Outcome(1), Outcome(None, FAILURE)]
    assert len(taken) == 3


def test_a_value_that_cannot_come_back_stops_nothing(paper: Any) -> None:
    """Only a failure on the board stops the rest."""
    lost = UnreturnableValueError("a `Pin` came back")
    paper.answers.append(([1, lost, 3], None))

    outcomes = list(submit(paper, [Entry("a()"), Entry("b()"), Entry("c()")]))

    assert outcomes == [Outcome(1), Outcome(None, lost), Outcome(3)]


def test_only_calls_that_ran_are_recorded(paper: Any) -> None:
    """A reconnection repeats what was to be recorded and ran, as far as that came."""
    paper.answers.append(([None, None], FAILURE))

    list(
        submit(
            paper,
            [Entry("a()", record=True), Entry("b()"), Entry("c()", record=True), Entry("d()", record=True)],
        )
    )

    assert paper.recorded == ["a()", "c(), whatever it raises"]


def test_each_call_has_its_own_deadline(paper: Any) -> None:
    """A call's deadline counts whatever the others have; that of the submission comes besides."""
    timed, untimed = Entry("a()", timeout_s=2.0), Entry("b()")

    list(submit(paper, [timed, timed]))
    list(submit(paper, [timed, untimed]))
    list(submit(paper, [timed, untimed], timeout_s=7.0))

    assert paper.deadlines == [None, None, 7.0]
    assert paper.deadlines_each == [[2.0, 2.0], [2.0, None], [2.0, None]]


def test_timed_calls_are_longer(paper: Any) -> None:
    """What a timed call is wrapped in counts as well, and the board is told which they are."""
    paper.block_bytes = 60

    list(submit(paper, [Entry("foo()", timed=True), Entry("foo()"), Entry("foo()", timed=True)]))

    assert [len(block) for block in paper.asked] == [2, 1]
    assert paper.timed == [{0}, {0}]
