"""The board's clock in the host's time, with clocks of our own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from belay.timing import Timekeeper

if TYPE_CHECKING:
    from datetime import datetime

NOON = 1_800_000_000.0


class Clocks:
    """The host's two clocks, which a test moves by hand."""

    def __init__(self) -> None:
        """Begin long after the host's start, in 2027."""
        self.now_s = 5000.0
        self.calendar_s = NOON
        self.pauses_s: list[float] = []

    def now(self) -> float:
        """Seconds since the host's start."""
        return self.now_s

    def calendar(self) -> float:
        """Seconds since 1970, read after the next of the pauses."""
        pause_s = self.pauses_s.pop(0) if self.pauses_s else 0.0
        self.wait(pause_s)
        return self.calendar_s

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now_s += seconds
        self.calendar_s += seconds


@pytest.fixture
def clocks() -> Clocks:
    """The host's clocks."""
    return Clocks()


@pytest.fixture
def keeper(clocks: Clocks) -> Timekeeper:
    """A keeper of a board that started 100 s after the host did."""
    keeper = Timekeeper(now=clocks.now, calendar=clocks.calendar)
    keeper.begin(1 << 30)
    return keeper


def exchange(keeper: Timekeeper, clocks: Clocks, task_s: float = 0.0) -> list[datetime]:
    """An exchange of 2 ms and a task, with a board that is 100 s behind the host."""
    sent_s = clocks.now_s
    clocks.wait(0.001)
    first = round((clocks.now_s - 100) * 1000)
    clocks.wait(task_s)
    last = round((clocks.now_s - 100) * 1000)
    clocks.wait(0.001)
    return keeper.learn(sent_s, clocks.now_s, [(first, last)])


def test_the_offset_is_to_the_calendar(keeper: Timekeeper, clocks: Clocks) -> None:
    """The board's seconds minus those since 1970."""
    exchange(keeper, clocks)

    found = keeper.offset()

    assert found is not None
    assert found.offset_s == pytest.approx(4900 - NOON, abs=found.error_s)
    assert 0.001 < found.error_s < 0.002


def test_a_time_is_local_and_halfway(keeper: Timekeeper, clocks: Clocks) -> None:
    """A time is the middle of the task, by the host's wall."""
    (moment,) = exchange(keeper, clocks, task_s=2.0)

    assert moment.tzinfo is None
    assert moment.timestamp() == pytest.approx(NOON + 1.001, abs=0.003)


def test_a_host_clock_that_is_set(keeper: Timekeeper, clocks: Clocks) -> None:
    """If the host's calendar is set, offset and times go by the new one, with bounds as narrow as before."""
    exchange(keeper, clocks)
    before = keeper.offset()

    clocks.calendar_s -= 3600
    after = keeper.offset()
    (moment,) = exchange(keeper, clocks)

    assert before is not None
    assert after is not None
    assert after.offset_s - before.offset_s == pytest.approx(3600)
    assert after.error_s == before.error_s
    assert moment.timestamp() == pytest.approx(NOON - 3600, abs=0.01)
    later = keeper.offset()
    assert later is not None
    assert later.samples == 2


def test_a_host_clock_that_is_set_during_the_task(keeper: Timekeeper, clocks: Clocks) -> None:
    """A time is given by the calendar that holds when it is given."""
    sent_s = clocks.now_s
    clocks.wait(1.0)
    clocks.calendar_s += 86400

    (moment,) = keeper.learn(sent_s, clocks.now_s, [(4_900_000, 4_901_000)])

    assert moment.timestamp() == pytest.approx(NOON + 86400.5, abs=0.003)


def test_an_interruption_between_the_hosts_clocks(keeper: Timekeeper, clocks: Clocks) -> None:
    """The calendar is read three times, and the reading that was interrupted least counts, with its error."""
    exchange(keeper, clocks)
    clocks.pauses_s = [0.5, 0.01, 0.3]

    found = keeper.offset()

    assert found is not None
    assert found.offset_s == pytest.approx(4900 - NOON, abs=found.error_s)
    assert 0.006 < found.error_s < 0.008


def test_beginning_anew_forgets(keeper: Timekeeper, clocks: Clocks) -> None:
    """A board that has started anew has a clock of which nothing is known."""
    exchange(keeper, clocks)

    keeper.begin(1 << 30)

    assert keeper.offset() is None
