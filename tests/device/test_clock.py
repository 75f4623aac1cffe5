"""The arithmetic of a board's clock, on worlds whose truth is known."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from belay.clock import MOST_DRIFT, BoardClock, Moment

PERIODS = st.sampled_from([0, 1 << 24, 1 << 29, 1 << 30, 1 << 62])
LATENCIES_S = st.floats(0, 0.2)
TASKS_S = st.floats(0, 3.0)
RATES = st.floats(-200e-6, 200e-6)


class Exchange(NamedTuple):
    """What happens in a world: a pause, the way there, tasks one after the other, the way back."""

    pause_s: float
    there_s: float
    tasks_s: list[float]
    back_s: float
    rate: float


EXCHANGES = st.lists(
    st.builds(
        Exchange,
        st.floats(0, 4000.0),
        LATENCIES_S,
        st.lists(TASKS_S, min_size=1, max_size=3),
        LATENCIES_S,
        RATES,
    ),
    min_size=1,
    max_size=12,
)


class World:
    """A host's clock and a board's, the second running at a rate of its own; it knows the truth.

    `board_s` counts from the board's start and never wraps.
    """

    def __init__(self, host_s: float, board_s: float, period_ms: int) -> None:
        self.host_s = host_s
        self.board_s = board_s
        self.period_ms = period_ms
        self.rate = 0.0

    @property
    def offset_s(self) -> float:
        """The board's clock minus the host's."""
        return self.board_s - self.host_s

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.host_s += seconds
        self.board_s += seconds * (1 + self.rate)

    def reading(self) -> int:
        """The board's counter."""
        reading_ms = int(self.board_s * 1000)
        return reading_ms % self.period_ms if self.period_ms else reading_ms

    def exchange(self, clock: BoardClock, what: Exchange) -> list[tuple[Moment, float]]:
        """Let one happen and the clock learn of it; the moments, each with the truth."""
        self.rate = what.rate
        self.wait(what.pause_s)
        sent_s = self.host_s
        self.wait(what.there_s)
        spans = []
        truths = []
        for task_s in what.tasks_s:
            first = self.reading()
            truths.append(self.host_s + task_s / 2)
            self.wait(task_s)
            spans.append((first, self.reading()))
        self.wait(what.back_s)
        return list(zip(clock.learn(sent_s, self.host_s, spans), truths, strict=True))


def rounds_off(error_s: float, period_ms: int) -> float:
    """An offset's error but for whole periods, which nobody can know of a counter that was running before."""
    period_s = period_ms / 1000
    return abs(error_s - round(error_s / period_s) * period_s) if period_s else abs(error_s)


@settings(deadline=None)  # a loaded machine is no defect
@given(st.floats(0, 1e6), st.floats(0, 2e6), PERIODS, EXCHANGES)
def test_the_truth_lies_within_the_bounds(
    host_s: float, board_s: float, period_ms: int, exchanges: list[Exchange]
) -> None:
    """Whatever the ways, tasks, wraps and drifts, offset and times are as right as they say."""
    world = World(host_s, board_s, period_ms)
    clock = BoardClock(period_ms)

    for number, exchange in enumerate(exchanges, 1):
        moments = world.exchange(clock, exchange)
        found = clock.offset(world.host_s)

        assert found is not None
        assert found.samples == number
        assert rounds_off(found.offset_s - world.offset_s, period_ms) <= found.error_s
        for moment, truth_s in moments:
            assert abs(moment.host_s - truth_s) <= moment.error_s + 1e-6
    assert clock.jumps == 0


@settings(deadline=None)  # a loaded machine is no defect
@given(st.floats(0, 2e6), PERIODS, EXCHANGES, st.floats(0, 1e5), RATES)
def test_the_bounds_widen_until_the_next_exchange(
    board_s: float, period_ms: int, exchanges: list[Exchange], later_s: float, rate: float
) -> None:
    """An offset that is asked for long after the last exchange is still as right as it says."""
    world = World(0.0, board_s, period_ms)
    clock = BoardClock(period_ms)
    for exchange in exchanges:
        world.exchange(clock, exchange)

    world.rate = rate
    world.wait(later_s)
    found = clock.offset(world.host_s)

    assert found is not None
    assert rounds_off(found.offset_s - world.offset_s, period_ms) <= found.error_s


@settings(deadline=None)  # a loaded machine is no defect
@given(EXCHANGES)
def test_wraps_are_counted(exchanges: list[Exchange]) -> None:
    """A counter that goes round again and again, in pauses and in tasks, goes on in the offset."""
    period_ms = 1 << 20  # 17 minutes, so that many pauses are longer
    world = World(1000.0, 5.0, period_ms)
    clock = BoardClock(period_ms)
    world.exchange(clock, Exchange(0.0, 0.001, [0.0], 0.001, 0.0))

    for exchange in exchanges:
        world.exchange(clock, exchange)
    found = clock.offset(world.host_s)

    assert found is not None
    assert abs(found.offset_s - world.offset_s) <= found.error_s
    assert clock.jumps == 0


@settings(deadline=None)  # a loaded machine is no defect
@given(EXCHANGES, st.floats(10, 1e5), EXCHANGES)
def test_a_reset_is_noticed(before: list[Exchange], up_s: float, after: list[Exchange]) -> None:
    """A counter that begins anew contradicts what is known, which is forgotten; all times stay right."""
    world = World(0.0, up_s, 1 << 30)
    clock = BoardClock(1 << 30)
    for exchange in before:
        world.exchange(clock, exchange)

    world.board_s = 0.5
    for exchange in after:
        for moment, truth_s in world.exchange(clock, exchange):
            assert abs(moment.host_s - truth_s) <= moment.error_s + 1e-6
    found = clock.offset(world.host_s)

    assert clock.jumps == 1
    assert found is not None
    assert found.samples == len(after)
    assert abs(found.offset_s - world.offset_s) <= found.error_s


@settings(deadline=None)  # a loaded machine is no defect
@given(RATES, st.lists(st.tuples(st.floats(0, 0.005), st.floats(0, 0.005)), min_size=40, max_size=40))
def test_the_drift_is_seen(rate: float, ways: list[tuple[float, float]]) -> None:
    """After a quarter of an hour with an exchange every twenty seconds the drift is known to 20 millionths."""
    world = World(0.0, 100.0, 1 << 30)
    clock = BoardClock(1 << 30)

    for there_s, back_s in ways:
        world.exchange(clock, Exchange(20.0, there_s, [0.0], back_s, rate))
    found = clock.offset(world.host_s)

    assert found is not None
    assert abs(found.drift_ppm - rate * 1e6) <= 20


def test_a_bad_beginning_does_not_spoil_the_drift() -> None:
    """If the first exchange was slow one way, a better one soon after it is where the drift is measured from."""
    world = World(0.0, 100.0, 1 << 30)
    clock = BoardClock(1 << 30)
    world.exchange(clock, Exchange(0.0, 0.4, [0.0], 0.0, 0.0))
    world.exchange(clock, Exchange(1.0, 0.001, [0.0], 0.001, 0.0))

    world.exchange(clock, Exchange(400.0, 0.001, [0.0], 0.001, 0.0))
    found = clock.offset(world.host_s)

    assert found is not None
    assert abs(found.drift_ppm) <= 10


def test_the_drift_is_made_use_of() -> None:
    """The estimate runs on at the rate that was seen: after an hour it is right to milliseconds."""
    world = World(0.0, 100.0, 1 << 30)
    clock = BoardClock(1 << 30)
    for _ in range(100):
        world.exchange(clock, Exchange(10.0, 0.001, [0.0], 0.001, 150e-6))

    world.wait(3600.0)
    found = clock.offset(world.host_s)

    assert found is not None
    assert abs(found.offset_s - world.offset_s) < 0.02  # without the drift 0.54
    assert found.error_s > 0.54  # nobody promised that it would stay so


def test_a_long_task_does_not_blur_the_offset() -> None:
    """The bounds come from the two ways alone, however long the task ran."""
    short, long = BoardClock(0), BoardClock(0)
    World(0.0, 7.0, 0).exchange(short, Exchange(0.0, 0.002, [0.0], 0.002, 0.0))
    world = World(0.0, 7.0, 0)
    world.exchange(long, Exchange(0.0, 0.002, [60.0], 0.002, 0.0))

    quick, slow = short.offset(0.004), long.offset(60.004)

    assert quick is not None
    assert slow is not None
    assert quick.error_s == pytest.approx(0.0025, abs=1e-5)
    assert slow.error_s - quick.error_s <= 60.004 * MOST_DRIFT + 1e-9


def test_the_moment_is_the_middle_of_the_task() -> None:
    """Not its end, nor the middle of the exchange: the answer was long on its way."""
    world = World(0.0, 7.0, 0)
    clock = BoardClock(0)
    world.exchange(clock, Exchange(0.0, 0.001, [0.0], 0.001, 0.0))

    (moment, truth_s), *_ = world.exchange(clock, Exchange(0.0, 0.001, [2.0], 4.0, 0.0))

    assert truth_s == pytest.approx(1.003)
    assert moment.host_s == pytest.approx(truth_s, abs=0.008)
    assert moment.error_s < 0.008  # what four seconds may drift is most of it


def test_a_better_exchange_narrows_the_bounds() -> None:
    """The shortest way counts most; a slow exchange after it takes nothing away."""
    world = World(0.0, 7.0, 0)
    clock = BoardClock(0)
    errors = []

    for way_s in (0.1, 0.001, 0.1):
        world.exchange(clock, Exchange(0.0, way_s, [0.0], way_s, 0.0))
        found = clock.offset(world.host_s)
        assert found is not None
        errors.append(found.error_s)

    assert errors[0] > 0.1
    assert errors[1] < 0.002
    assert errors[2] < 0.002


def test_a_task_of_weeks() -> None:
    """A counter that went round thrice in one task is put right by the host's clock."""
    world = World(0.0, 7.0, 1 << 29)
    clock = BoardClock(1 << 29)

    ((moment, truth_s),) = world.exchange(clock, Exchange(0.0, 0.01, [20 * 86400.0], 0.01, 0.0))

    assert moment.host_s == pytest.approx(truth_s, abs=1)
    assert moment.error_s < 2 * 20 * 86400 * MOST_DRIFT
    assert clock.jumps == 0


def test_a_counter_that_goes_round_among_several_tasks() -> None:
    """In an exchange of several tasks the counter may go round in one of them."""
    world = World(0.0, (1 << 20) / 1000 - 1, 1 << 20)
    clock = BoardClock(1 << 20)

    moments = world.exchange(clock, Exchange(0.0, 0.01, [0.5, 1.0, 0.5], 0.01, 0.0))

    for moment, truth_s in moments:
        assert abs(moment.host_s - truth_s) <= moment.error_s <= 0.02
    assert clock.jumps == 0


def test_several_tasks_of_weeks() -> None:
    """If it is not known in which of several tasks the counter went round, their times are only in between."""
    world = World(0.0, 7.0, 1 << 29)
    clock = BoardClock(1 << 29)

    moments = world.exchange(clock, Exchange(0.0, 0.01, [8 * 86400.0, 8 * 86400.0], 0.01, 0.0))

    for moment, truth_s in moments:
        assert abs(moment.host_s - truth_s) <= moment.error_s
    assert clock.offset(world.host_s) is None


def test_a_clock_that_was_set_while_the_task_ran() -> None:
    """A board's clock that says more time has passed than there was is not believed."""
    clock = BoardClock(0)

    moments = clock.learn(100.0, 101.0, [(5000, 65_000)])

    assert moments == [Moment(100.5, 0.5)]
    assert clock.offset(101.0) is None
    assert clock.jumps == 1


def test_readings_that_go_back() -> None:
    """A board's clock that runs backwards in one exchange is not believed."""
    clock = BoardClock(0)

    assert clock.learn(100.0, 101.0, [(5000, 4900)]) == [Moment(100.5, 0.5)]
    assert clock.offset(101.0) is None


def test_nothing_known() -> None:
    """Before the first exchange there is no offset."""
    assert BoardClock(1 << 30).offset(0.0) is None


def test_exchanges_of_two_threads() -> None:
    """Exchanges may be told in another order than they ended in."""
    world = World(0.0, 7.0, 0)
    clock = BoardClock(0)
    readings = []
    for _ in range(2):
        sent_s = world.host_s
        world.wait(0.001)
        readings.append((sent_s, world.host_s + 0.001, [(world.reading(), world.reading())]))
        world.wait(10.0)

    for sent_s, received_s, spans in reversed(readings):
        clock.learn(sent_s, received_s, spans)
    found = clock.offset(world.host_s)

    assert found is not None
    assert found.samples == 2
    assert abs(found.offset_s - 7.0) <= found.error_s
    assert clock.jumps == 0
