"""When code has had its time, as a whole and call by call; the clock is the test's."""

from __future__ import annotations

from belay_transport.deadlines import Deadlines
from belay_transport.testing import FakeClock


def test_no_deadline() -> None:
    """Without a time there is nothing to wait for, whatever comes."""
    deadlines = Deadlines(FakeClock(), None)

    deadlines.replied(1)

    assert deadlines.due_s is None


def test_the_whole_has_its_time_from_the_start() -> None:
    """Replies do not put the deadline of the whole off, starting anew does."""
    clock = FakeClock()
    deadlines = Deadlines(clock, 3.0)

    clock.advance(2.0)
    deadlines.replied(1)
    before = deadlines.due_s
    deadlines.start()

    assert (before, deadlines.due_s, deadlines.passing_s) == (3.0, 5.0, 3.0)


def test_each_call_has_its_time_from_the_end_of_the_one_before() -> None:
    """A call's time begins with the reply of the one before it; calls without a time have none."""
    clock = FakeClock()
    deadlines = Deadlines(clock, None, [1.0, None, 2.0])

    seen = [(deadlines.due_s, deadlines.passing_s)]
    for count in (1, 2, 3):
        clock.advance(0.5)
        deadlines.replied(count)
        seen.append((deadlines.due_s, deadlines.passing_s))

    assert seen == [(1.0, 1.0), (None, 0.0), (3.0, 2.0), (None, 0.0)]


def test_output_is_no_reply() -> None:
    """As long as no reply comes, the deadline stays where it is."""
    clock = FakeClock()
    deadlines = Deadlines(clock, None, [1.0])

    clock.advance(0.5)
    deadlines.replied(0)

    assert deadlines.due_s == 1.0


def test_the_earlier_of_two_counts() -> None:
    """A call cannot outlast the whole, nor the whole prolong a call."""
    clock = FakeClock()
    deadlines = Deadlines(clock, 2.0, [1.0, 5.0])

    first = (deadlines.due_s, deadlines.passing_s)
    deadlines.replied(1)

    assert first == (1.0, 1.0)
    assert (deadlines.due_s, deadlines.passing_s) == (2.0, 2.0)
