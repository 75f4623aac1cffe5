"""A device driven from asyncio: the loop is never blocked, and what is cancelled ends on the board."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, TypeVar

import pytest

import belay

if TYPE_CHECKING:
    from collections.abc import Coroutine

R = TypeVar("R")

WAIT_S = 30


def run(work: Coroutine[object, object, R]) -> R:
    """Run a coroutine, which must end."""

    async def bounded() -> R:
        return await asyncio.wait_for(work, WAIT_S)

    return asyncio.run(bounded())


class Started:
    """An output that tells the loop when something is printed."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._event = asyncio.Event()

    def write(self, _data: bytes) -> None:
        """Tell the loop."""
        self._loop.call_soon_threadsafe(self._event.set)

    async def wait(self) -> None:
        """Wait until something was printed."""
        await self._event.wait()


@pytest.fixture
def counter(device: belay.Device) -> belay.Device:
    """A device with tasks."""

    @device.setup
    def prepare(start):
        total = start  # noqa: F841 - a global of the board

    @device.task
    def add(value):
        global total
        total += value
        return total

    @device.task
    def count(limit):
        yield from range(limit)

    return device


LOOP = "print('runs')\nwhile True:\n    pass"


def test_code(device: belay.Device) -> None:
    """`await device.aio(code)` gives what `device(code)` gives, options included."""

    async def work() -> object:
        await device.aio("x = 6", record=False)
        return await device.aio("x * 7", timeout_s=WAIT_S)

    assert run(work()) == 42


def test_tasks_setups_and_methods(counter: belay.Device) -> None:
    """What is registered is called by its name, and so is every method of the device; functions as they are."""

    async def work() -> list[object]:
        return [
            await counter.aio.prepare(10),
            await counter.aio.add(1),
            await counter.aio(counter.task.add, 2),
            await counter.aio(lambda: [counter.task.add(3), counter("total")]),
            await counter.aio.soft_reset(),
        ]

    assert run(work()) == [None, 11, 13, [16, 16], None]


def test_methods_of_a_class() -> None:
    """Tasks and plain methods of a device class are called by their names, those of decorators too."""

    class Board(belay.Device):
        @belay.Device.setup
        def setup():
            value = 5  # noqa: F841 - a global of the board

        @belay.Device.task
        def read():
            return value  # noqa: F821

        def twice(self) -> int:
            return self.read() * 2

    async def work() -> tuple[object, object]:
        with Board("sim:") as board:
            await board.aio.setup()
            return await board.aio.read(), await board.aio.twice()

    assert run(work()) == (5, 10)


def test_the_loop_goes_on(device: belay.Device) -> None:
    """While a call waits for the board, other coroutines run, and may be what ends the wait."""
    assert device.simulated is not None
    pin = device.simulated.pin(4)

    async def work() -> object:
        started = Started()
        call = asyncio.create_task(
            device.aio("p = Pin(4, Pin.IN)\nprint('waits')\nwhile not p.value(): pass", stream_out=started)
        )
        await started.wait()
        pin.drive(1)
        await call
        return await device.aio("p.value()")

    assert run(work()) == 1


def test_calls_keep_their_order(counter: belay.Device) -> None:
    """Calls that are made together run one after the other, in the order in which they began."""

    async def work() -> list[object]:
        await counter.aio.prepare(0)
        return await asyncio.gather(*(counter.aio.add(1) for _ in range(20)))

    assert run(work()) == list(range(1, 21))


def test_what_the_board_raises(device: belay.Device) -> None:
    """An exception of the board is raised where the call is awaited, with the line of the host's code."""

    async def work() -> None:
        await device.aio("1 / 0")

    with pytest.raises(ZeroDivisionError) as caught:
        run(work())

    assert f'File "{__file__}", line {work.__code__.co_firstlineno + 1}' in str(caught.value)


def test_a_function_that_raises_stop_iteration(device: belay.Device) -> None:
    """As in a coroutine, it becomes a RuntimeError."""
    with pytest.raises(RuntimeError, match="raised StopIteration"):
        run(device.aio(next, iter(())))


def test_generators(counter: belay.Device) -> None:
    """A generator task is for `async for`; it can be sent values and closed early, and is not awaited."""

    @counter.task
    def echo():
        got = None
        try:
            while got != "end":
                got = yield got
        finally:
            print("closed")

    async def work() -> list[object]:
        values: list[object] = [number async for number in counter.aio.count(4)]
        items = counter.aio(echo)
        values += [await items.__anext__(), await items.asend("a")]
        with pytest.raises(StopAsyncIteration):
            await items.asend("end")
        closed = counter.aio.echo()
        await closed.__anext__()
        await closed.aclose()
        with pytest.raises(StopAsyncIteration):
            await closed.__anext__()
        with pytest.raises(belay.ArgumentTypeError, match="is iterated, not awaited"):
            await counter.aio.count(1)
        return values

    assert run(work()) == [0, 1, 2, 3, None, "a"]


# Cancelling


def test_a_call_that_is_cancelled_ends_on_the_board(device: belay.Device) -> None:
    """Cancelling interrupts the board's program before `CancelledError` goes on; the device is usable."""

    async def work() -> object:
        started = Started()
        call = asyncio.create_task(
            device.aio(
                "try:\n    print('runs')\n    while True: pass\nfinally:\n    cleaned = True",
                stream_out=started,
            )
        )
        await started.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        return await device.aio("cleaned")

    assert run(work()) is True


def test_a_time_limit_of_asyncio(device: belay.Device) -> None:
    """`asyncio.wait_for` cancels: the program is interrupted and the loop gets its TimeoutError."""

    async def work() -> object:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(device.aio("while True: pass"), 0.05)
        return await device.aio("1 + 1")

    assert run(work()) == 2


def test_a_call_that_waits_and_is_cancelled_never_runs(device: belay.Device) -> None:
    """Of two calls the second is cancelled while the first runs: the first goes on, the second never begins."""
    assert device.simulated is not None
    pin = device.simulated.pin(4)

    async def work() -> object:
        started = Started()
        first = asyncio.create_task(
            device.aio("p = Pin(4, Pin.IN)\nprint('waits')\nwhile not p.value(): pass", stream_out=started)
        )
        second = asyncio.create_task(device.aio("ran = True"))
        await started.wait()
        second.cancel()
        with pytest.raises(asyncio.CancelledError):
            await second
        pin.drive(1)
        await first
        return await device.aio("'ran' in globals()")

    assert run(work()) is False


def test_a_call_behind_another_threads_never_runs(device: belay.Device) -> None:
    """A call that waits for another thread's and is cancelled is given up at once, and the other goes on."""
    assert device.simulated is not None
    pin = device.simulated.pin(4)
    runs = threading.Event()

    class Output:
        def write(self, _data: bytes) -> None:
            runs.set()

    other = threading.Thread(
        target=lambda: device(
            "p = Pin(4, Pin.IN)\nprint('waits')\nwhile not p.value(): pass", stream_out=Output()
        )
    )

    async def work() -> object:
        call = asyncio.create_task(device.aio("ran = True"))
        await asyncio.sleep(0)  # it is on its way to the worker
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        pin.drive(1)
        return await device.aio("'ran' in globals()")

    other.start()
    assert runs.wait(WAIT_S)
    result = run(work())
    other.join(WAIT_S)

    assert result is False


def test_a_function_of_many_calls_is_cancelled(device: belay.Device) -> None:
    """A function that calls the board again and again ends with its next call."""
    ended = threading.Event()

    def forever() -> None:
        try:
            while True:
                device("1")
        finally:
            ended.set()

    async def work() -> object:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(device.aio(forever), 0.05)
        return await device.aio("1 + 1")

    assert run(work()) == 2
    assert ended.is_set()


def test_a_step_of_a_generator_is_cancelled(device: belay.Device) -> None:
    """A generator whose step is interrupted has ended; the device is usable."""

    @device.task
    def stuck():
        yield 1
        while True:
            pass

    async def work() -> object:
        items = device.aio.stuck()
        assert await items.__anext__() == 1
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(items.__anext__(), 0.05)
        with pytest.raises(StopAsyncIteration):
            await items.__anext__()
        return await device.aio("1 + 1")

    assert run(work()) == 2


def test_a_loop_that_ends_ends_the_program(device: belay.Device) -> None:
    """When `asyncio.run` ends, what still runs is cancelled as ever, and the board's program has ended."""

    async def work() -> asyncio.Task[object]:
        started = Started()
        call = asyncio.create_task(device.aio(LOOP, stream_out=started))
        await started.wait()
        return call

    call = run(work())

    assert call.cancelled()
    assert device("1 + 1") == 2


# The end


def test_closing(device: belay.Device) -> None:
    """The device closes in its turn; a call behind that raises `ConnectionLost`, and the worker ends."""
    others = set(threading.enumerate())

    async def work() -> None:
        await device.aio("1")
        (worker,) = (each for each in set(threading.enumerate()) - others if each.name == "belay aio")
        closing = device.aio.close()
        late = device.aio("1")
        await closing
        worker.join(WAIT_S)
        assert not worker.is_alive()
        with pytest.raises(belay.ConnectionLost):
            await late

    run(work())


def test_a_dropped_device_takes_its_thread_along() -> None:
    """A device that nobody has any more is collected, and its worker ends."""
    others = set(threading.enumerate())
    device = belay.Device("sim:")
    run(device.aio("1"))
    mine = set(threading.enumerate()) - others

    del device
    gc.collect()
    for thread in mine:
        if thread.name.startswith("belay"):
            thread.join(WAIT_S)

    assert not [thread for thread in mine if thread.name.startswith("belay") and thread.is_alive()]


def test_a_call_inside_a_call(device: belay.Device) -> None:
    """A function that awaits a call of its own device is refused, for its turn would never come; others go on."""

    async def main() -> object:
        with pytest.raises(belay.NestedCallError, match="whose turn comes after it") as caught:
            await device.aio(lambda: asyncio.run(device.aio("1")))
        assert "call the device itself" in str(caught.value.hint)
        assert await device.aio(lambda: device("2")) == 2
        return await device.aio("3")

    assert run(main()) == 3


@pytest.mark.board("sim:")  # of its own, so that `repr` has the address
def test_wrong_uses(device: belay.Device) -> None:
    """What cannot be called is refused at once, by name."""
    with pytest.raises(AttributeError, match="no task, setup, thread or method `nothing`"):
        device.aio.nothing
    with pytest.raises(AttributeError, match="method `implementation`"):
        device.aio.implementation
    with pytest.raises(belay.ArgumentTypeError, match=r"not 3 \(int\)"):
        device.aio(3)
    with pytest.raises(belay.ArgumentTypeError, match="by name only"):
        device.aio("1", 3)
    assert repr(device.aio) == "<asyncio face of Device('sim:')>"


def test_importing_belay_does_not_load_asyncio() -> None:
    """Who does not use asyncio does not pay for it, with handlers of events neither."""
    script = (
        "import sys, belay; d = belay.Device('sim:'); d.events.on('it', print); d.close(); "
        "print('asyncio' in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout == "False\n"
