"""Clocks and times on a real MicroPython."""

# Functions here are board code: names and imports are the board's.
# ruff: noqa: F821, PLC0415

from __future__ import annotations

import io
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import belay
from belay.runtime.board_clock import AUTOMATIC_SAMPLES

if TYPE_CHECKING:
    from collections.abc import Iterator

OWN_CLOCK = """
import sys, time
class Clock:
    real = time.ticks_ms
    shift = 0
    sleep_ms = time.sleep_ms
    def ticks_ms(self):
        return (Clock.real() + self.shift) % PERIOD
    def ticks_add(self, ticks, step):
        return (ticks + step) % PERIOD
PERIOD = 1 << 29
clock = Clock()
sys.modules['time'] = clock
"""
"""Puts a clock of 29 bits in the place of the board's, which a test can set."""

CIRCUITPYTHON_CLOCK = """
import sys, time
class Time:
    sleep_ms = time.sleep_ms
class Supervisor:
    real = time.ticks_ms
    def ticks_ms(self):
        return (Supervisor.real() + SHIFT) & 0x1fffffff
SHIFT = (1 << 29) - Supervisor.real() % (1 << 29) - 30
sys.modules['supervisor'] = Supervisor()
sys.modules['time'] = Time()
"""
"""CircuitPython's ticks, 30 ms before they go round."""

LONG_CLOCK = """
import sys, time
class Time:
    real = time.ticks_us
    def monotonic_ns(self):
        return Time.real() * 1000
sys.modules['time'] = Time()
sys.modules['supervisor'] = None
"""

NO_CLOCK = """
import sys
class Time:
    pass
sys.modules['time'] = Time()
sys.modules['supervisor'] = None
"""


@pytest.fixture(params=["sim:", "sim:?latency_ms=5"])
def device(request: pytest.FixtureRequest) -> Iterator[belay.Device]:
    """A board beside the host, and one at the end of a slow wire."""
    with belay.Device(request.param) as connected:
        yield connected


def unplug(device: belay.Device) -> None:
    """End the board at once; opening its address again gives another."""
    device._belay_runtime.session.link._launcher.end()  # type: ignore[attr-defined] # a simulated board's


def agree(first: belay.TimeOffset, second: belay.TimeOffset) -> bool:
    """Whether both can be right."""
    return abs(first.offset_s - second.offset_s) <= first.error_s + second.error_s


def on_the_host(board_ms: float, offset: belay.TimeOffset) -> float:
    """A time of the board in seconds since 1970."""
    return board_ms / 1000 - offset.offset_s


@pytest.mark.skipif(sys.platform != "linux", reason="here the simulated board's clock is the host's own")
def test_the_truth_lies_within_the_bound(device: belay.Device) -> None:
    """The simulated board reads the host's own monotonic clock: the true offset is known."""
    for samples in (1, 1, 5):
        found = device.sync_time(samples)
        before_s = time.clock_gettime(time.CLOCK_MONOTONIC)
        calendar_s = time.time()
        after_s = time.clock_gettime(time.CLOCK_MONOTONIC)

        truth_s = (before_s + after_s) / 2 - calendar_s
        assert abs(found.offset_s - truth_s) <= found.error_s + (after_s - before_s) / 2


def test_more_samples_are_counted(device: belay.Device) -> None:
    """`sync_time` takes ten samples more; with 0 it only says what is known."""
    first = device.sync_time()
    second = device.sync_time(samples=3)
    third = device.sync_time(0)

    assert (first.samples, second.samples, third.samples) == (10, 13, 13)
    assert agree(first, third)
    assert isinstance(device.time_offset, float)


def test_tasks_do_not_move_the_offset(device: belay.Device) -> None:
    """Three tasks that take long, and one with a long answer, leave the offset where it was."""

    @device.task(return_time=True)
    def work(size):
        sleep(0.05)
        return "x" * size

    before = device.sync_time()
    for size in (1, 1, 1, 20_000):
        value, _ = work(size)
        assert len(value) == size
    after = device.sync_time(0)

    assert after.samples == before.samples + 4
    assert agree(before, after)
    assert abs(device.time_offset - after.offset_s) <= after.error_s + before.error_s


def test_the_time_is_the_middle_of_the_task(device: belay.Device) -> None:
    """The time is when the value was measured: halfway, by the board's own clock."""

    @device.task(return_time=True)
    def measure():
        import time

        start = time.ticks_ms()
        time.sleep_ms(60)
        return start, time.ticks_ms()

    sent = datetime.now()  # noqa: DTZ005 - as the times are
    (start_ms, end_ms), moment = measure()
    received = datetime.now()  # noqa: DTZ005 - as the times are

    offset = device.sync_time(0)
    assert sent < moment < received
    middle_s = on_the_host((start_ms + end_ms) / 2, offset)
    # Twice the bound: the time's own and the offset's; a reading may be 1 ms behind.
    assert abs(moment.timestamp() - middle_s) <= 2 * offset.error_s + 0.002
    assert end_ms - start_ms >= 60


def test_code_and_proxies_have_times(device: belay.Device) -> None:
    """`device(…, return_time=True)` gives the value of an expression with its time, and None for statements."""
    device("table = [1, 2, 3]")

    expression, _ = device("len(table)", return_time=True)
    statements, moment = device("total = 0\nfor x in table: total += x", return_time=True)
    proxy, _ = device(device.proxy("table"), return_time=True)

    assert (expression, statements, proxy) == (3, None, [1, 2, 3])
    assert isinstance(moment, datetime)
    assert device("total") == 6


VALUES = [
    None,
    7,
    "1), 5, 6",
    "two\nlines, 1, 2",
    "☃ \x00 \x04",
    (1, 2, 3),
    (),
    ((1, 2), 3, 4),
    [1.5, 2, 3],
    {"a": (1, 2)},
    b"\xff, 1, 2)",
    float("inf"),
    1 << 70,
]


def test_values_travel_as_without_a_time() -> None:
    """A value that looks like part of our reply is none."""
    with belay.Device("sim:") as device:

        @device.task(return_time=True)
        def same(value):
            return value

        assert [same(value)[0] for value in VALUES] == VALUES


def test_a_value_that_cannot_come_back(device: belay.Device) -> None:
    """It is refused as without a time: our readings are not in the text."""
    device("class Odd:\n def __repr__(self): return '1'\nodd = Odd()")

    with pytest.raises(belay.UnreturnableValueError) as caught:
        device("[odd]", return_time=True)

    assert caught.value.type_name == "Odd"
    assert caught.value.board_text == "[1]"


def test_what_it_raises(device: belay.Device) -> None:
    """An exception is what it is without a time, and its traceback shows none of our frames."""

    @device.task(return_time=True)
    def fail():
        return 1 / 0

    with pytest.raises(ZeroDivisionError) as caught:
        fail()

    assert "_belay" not in str(caught.value)
    assert "return 1 / 0" in str(caught.value)


def test_what_it_prints(device: belay.Device) -> None:
    """What the code prints goes where it is told to."""
    stream = io.StringIO()

    device("print('hello')", return_time=True, stream_out=stream)

    assert stream.getvalue() == "hello\n"


def test_a_deadline(device: belay.Device) -> None:
    """`timeout_s` holds for a timed call, and the device stays usable."""

    @device.task(return_time=True, timeout_s=0.1)
    def forever():
        while True:
            pass

    with pytest.raises(belay.CallTimeout):
        forever()

    assert device("1", return_time=True)[0] == 1


def test_each_item_of_a_generator_has_its_time(device: belay.Device) -> None:
    """Items come with times, in order; what is sent in and what is returned do not."""

    @device.task(return_time=True)
    def talk(count):
        word = None
        for number in range(count):
            sleep(0.01)
            word = yield number, word
        return word

    talking = talk(2)
    first, first_time = next(talking)
    second, second_time = talking.send("hello")
    with pytest.raises(StopIteration) as caught:
        talking.send("goodbye")

    assert (first, second) == ((0, None), (1, "hello"))
    assert (second_time - first_time).total_seconds() > 0
    assert caught.value.value == "goodbye"


def test_an_item_that_cannot_come_back(device: belay.Device) -> None:
    """An item that cannot come back is lost; the next one comes with its time."""

    @device.task(return_time=True)
    def odd():
        yield object()
        yield 2

    items = odd()
    with pytest.raises(belay.UnreturnableValueError, match=r": `<object>`"):
        next(items)

    assert next(items)[0] == 2


def test_a_batch(device: belay.Device) -> None:
    """In a batch only those calls have times that asked for them, each its own."""

    @device.task(return_time=True)
    def wait(value):
        sleep(0.02)
        return value

    @device.task
    def plain(value):
        return value

    with device.batch() as batch:
        first, second, third = wait(1), plain(2), wait("x\n")
        code = batch.call("4", return_time=True)

    assert first.value[0] == 1
    assert second.value == 2
    assert third.value[0] == "x\n"
    assert code.value[0] == 4
    times = [handle.value[1] for handle in (first, third, code)]
    assert (times[1] - times[0]).total_seconds() >= 0.01
    assert times[2] > times[1]


def test_a_batch_that_fails(device: belay.Device) -> None:
    """The calls before the one that fails have their values and times."""

    @device.task(return_time=True)
    def inverse(value):
        return 1 / value

    with pytest.raises(ZeroDivisionError), device.batch():
        handles = [inverse(value) for value in (4, 0, 2)]

    assert handles[0].value[0] == 0.25
    assert isinstance(handles[0].value[1], datetime)
    assert isinstance(handles[2].error, belay.NotRunError)


def test_a_map() -> None:
    """`map` over more items than fit into one block: each has its time, in order."""
    with belay.Device("sim:") as device:

        @device.task(return_time=True)
        def double(value):
            return value * 2

        pairs = double.map(range(450))

    assert [value for value, _ in pairs] == [2 * number for number in range(450)]
    assert pairs[0][1] < pairs[-1][1]
    # Blocks are exchanges of their own: only in one of them the order is sure, in all else within the errors.
    assert [moment for _, moment in pairs[:20]] == sorted(moment for _, moment in pairs[:20])


def test_names_of_the_users(device: belay.Device) -> None:
    """A program may call its own things as our helper's files call theirs, before and after."""
    device("time = supervisor = ticks_ms = ticks_add = monotonic_ns = a = f = n = 'mine'")

    assert device("3", return_time=True)[0] == 3
    assert device("time, a, f, n, ticks_ms", return_time=True)[0] == ("mine",) * 5


def test_only_names_of_ours(device: belay.Device) -> None:
    """What the clock leaves in the board's globals begins with `_belay`."""
    device("before = set(globals())")

    device.sync_time()

    assert device("[n for n in globals() if n not in before and not n.startswith('_belay')]") == ["before"]


def test_before_the_first_comparison() -> None:
    """With `auto_sync_time=False` the board is not asked unasked: the error is a ValueError too."""
    with belay.Device("sim:", auto_sync_time=False) as device:
        with pytest.raises(ValueError, match="nothing is known of the clock of Device") as caught:
            _ = device.time_offset
        with pytest.raises(belay.TimeNotSyncedError):
            device.sync_time(0)
        assert isinstance(caught.value, belay.BelayException)
        assert caught.value.hint == "call `device.sync_time()`"

        device("1", return_time=True)

        assert device.sync_time(0).samples == 2  # one to find the clock, and the call itself
        assert device.time_offset < 0


def test_the_clock_is_learnt_when_it_is_first_needed(device: belay.Device) -> None:
    """Connecting and calls without a time send nothing of it; the first use takes five samples."""
    assert device("'_belay_t' in globals()") is False

    assert device.time_offset < 0

    assert device.sync_time(0).samples == AUTOMATIC_SAMPLES


def test_samples_cannot_be_negative(device: belay.Device) -> None:
    """A negative number of samples is refused."""
    with pytest.raises(ValueError, match="`samples` must be 0 or more, not -1"):
        device.sync_time(-1)


def test_a_board_that_started_anew(device: belay.Device) -> None:
    """After a reset nothing is known; the next use compares the clocks again."""
    device.sync_time(20)
    device.soft_reset()
    with pytest.raises(belay.TimeNotSyncedError):
        device.sync_time(0)

    value, moment = device("1 + 1", return_time=True)

    assert value == 2
    assert isinstance(moment, datetime)
    assert device.sync_time(0).samples == AUTOMATIC_SAMPLES + 1


def test_a_generator_after_a_reset(device: belay.Device) -> None:
    """A timed generator that begins after a reset finds its helper, and the clock's."""

    @device.task(return_time=True)
    def count():
        yield 1

    assert [value for value, _ in count()] == [1]
    device.soft_reset()

    assert [value for value, _ in count()] == [1]


def test_a_timed_call_on_a_board_that_was_found_again() -> None:
    """A timed call whose board goes away is made again on the one that is found, with the time it has there."""
    with belay.Device("sim:", attempts=3, startup="") as device:
        device(OWN_CLOCK + "clock.shift = 5000 - Clock.real()")  # a clock that begins with the board
        before = device.sync_time()
        unplug(device)

        sent = datetime.now()  # noqa: DTZ005 - as the times are
        (value, moment), received = device("7", return_time=True), datetime.now()  # noqa: DTZ005 - as above
        after = device.sync_time(5)

    assert value == 7
    assert sent < moment < received
    assert after.samples <= AUTOMATIC_SAMPLES + 6  # nothing of the board that is gone
    assert after.offset_s < before.offset_s


def test_reconnecting_forgets_the_clock(device: belay.Device) -> None:
    """After `reconnect` the clocks are compared anew."""
    device.sync_time(20)

    device.reconnect()

    with pytest.raises(belay.TimeNotSyncedError):
        device.sync_time(0)
    assert device.time_offset < 0
    assert device.sync_time(0).samples == AUTOMATIC_SAMPLES


@pytest.mark.parametrize("clock", [OWN_CLOCK, CIRCUITPYTHON_CLOCK])
def test_a_counter_that_goes_round(clock: str) -> None:
    """MicroPython's ticks and CircuitPython's go round in the middle of a task and between calls."""
    with belay.Device("sim:", startup="") as device:
        device(clock)
        if clock == OWN_CLOCK:
            device("clock.shift = PERIOD - Clock.real() % PERIOD - 30")

        before = device.sync_time(5)
        (_, moment), host_s = device("sys.modules['time'].sleep_ms(100)", return_time=True), time.time()
        after = device.sync_time(3)

    assert agree(before, after)
    assert after.samples == 9
    assert host_s - moment.timestamp() > 0.02


def test_a_clock_that_never_goes_round() -> None:
    """CircuitPython boards without `supervisor.ticks_ms` have `time.monotonic_ns`."""
    with belay.Device("sim:", startup="") as device:
        device(LONG_CLOCK)

        before = device.sync_time(3)
        value, _ = device("'value'", return_time=True)

        assert value == "value"
        assert agree(before, device.sync_time(3))


def test_a_board_without_a_clock() -> None:
    """It says so; nothing of the call runs, and the device stays usable."""
    with belay.Device("sim:", startup="") as device:
        device(NO_CLOCK)
        device("ran = False")

        with pytest.raises(belay.FeatureUnavailableError, match=r"Device\('sim:'\) has no clock"):
            device("ran = True", return_time=True)
        with pytest.raises(belay.FeatureUnavailableError):
            device.sync_time()

        assert device("ran") is False


def test_the_example() -> None:
    """`examples/timestamps.py` runs on a simulated board and ends well."""
    script = Path(__file__).parents[2] / "examples" / "timestamps.py"

    done = subprocess.run([sys.executable, script, "sim:"], capture_output=True, text=True, check=False)

    assert done.stderr == ""
    assert done.returncode == 0
    assert done.stdout.startswith("the board's clock is ")
    assert len(done.stdout.splitlines()) == 9


def test_a_clock_that_is_set() -> None:
    """A board's clock that jumps is noticed by the next comparison: the offset follows, and is learnt anew."""
    with belay.Device("sim:", startup="") as device:
        device(OWN_CLOCK)
        before = device.sync_time(8)

        device("clock.shift += 60_000")
        device("0", return_time=True)
        after = device.sync_time(4)

    assert after.samples == 5
    assert abs(after.offset_s - before.offset_s - 60) <= before.error_s + after.error_s
