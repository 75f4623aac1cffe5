"""How long a board keeps an object for its proxies, on simulated boards."""

from __future__ import annotations

import copy
import gc
import pickle
import threading
from typing import TYPE_CHECKING, Any

import pytest

import belay
from belay_transport.opening import serve_simulated

if TYPE_CHECKING:
    from belay import Device

KEPT = "sum(map(len, _belay_o.values()))"


def test_it_is_freed_with_the_next_call(device: Device, sensor: Any) -> None:
    """The board forgets an object with the call after its last proxy is gone."""
    items = sensor.items
    assert device(KEPT) == 2

    del items

    assert device(KEPT) == 1
    assert sensor.read() == 2


def test_many_are_held(device: Device) -> None:
    """A thousand proxies are held at once: no table of theirs needs a large piece of memory."""
    make = device.proxy("lambda n: [n]")

    held = [make(number) for number in range(1000)]

    assert device(KEPT) == 1001
    assert [held[number][0] for number in (0, 500, 999)] == [0, 500, 999]


def test_many_are_held_by_a_small_board() -> None:
    """Seven hundred small objects are held with 64 kB of heap, and the code of a call still finds its piece."""
    with belay.Device("sim:?heap=64k") as device:
        device("class Small:\n def number(self): return 7")

        held = [device("Small()", proxy=True) for _ in range(700)]

        assert [held[number].number() for number in (0, 350, 699)] == [7, 7, 7]


def test_a_method_keeps_its_object(device: Device) -> None:
    """A method, an iterator and a copy of the name each keep the object alive."""
    read = device.proxy("Sensor()").read
    steps = iter(device.proxy("iter([1, 2])"))
    gc.collect()
    device("None")

    assert read(3) == 6
    assert list(steps) == [1, 2]
    del read, steps
    assert device(KEPT) == 0


def test_intermediate_objects_are_freed(device: Device, sensor: Any) -> None:
    """What an expression passes through leaves nothing behind; values do not either."""
    for _ in range(50):
        assert sensor.me().items[2][0] == 3
        list(sensor.count(3))
        sensor.factor += 1
        sensor.items += []
    for _ in range(20):
        device("None")

    assert device(KEPT) == 1


def test_failures_leave_nothing_behind(device: Device, sensor: Any) -> None:
    """A call that raises, or whose deadline passes, keeps nothing."""
    for _ in range(3):
        with pytest.raises(OSError, match="ENOENT"):
            sensor.fail()
        with pytest.raises(TypeError):
            sensor.items += 5
    device("None")

    assert device(KEPT) == 1


def test_from_a_collector_in_the_middle_of_a_call(device: Device, sensor: Any) -> None:
    """A proxy that is dropped while a call runs, in any thread, waits for the next call."""
    cycles: list[Any] = [sensor.items]
    cycles.append(cycles)
    board = device.simulated
    assert board is not None

    class Dropping:
        def write(self, text: str) -> int:
            cycles.clear()
            gc.collect()
            return len(text)

    device("print('now')", stream_out=Dropping())

    assert device(KEPT) == 1


def test_many_threads(device: Device, sensor: Any) -> None:
    """Threads that make, use and drop proxies at once each get their own answers; nothing is left."""
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for step in range(15):
                box = device.proxy(f"[{number}, {step}]")
                box.append(sensor.read(step))
                assert list(box) == [number, step, 2 * step]
                assert sensor.me() == sensor
        except BaseException as error:  # noqa: BLE001 - shown below
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for _ in range(10):
        device("None")

    assert failures == []
    assert device(KEPT) == 1


def test_the_first_proxies_of_many_threads() -> None:
    """Threads that make the first proxies at the same time do not empty each other's table."""
    with belay.Device("sim:") as device:
        proxies: dict[int, Any] = {}
        start = threading.Barrier(5)

        def work(number: int) -> None:
            start.wait(10)
            proxies[number] = device.proxy(f"[{number}]")

        threads = [threading.Thread(target=work, args=(number,)) for number in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert {number: proxy[0] for number, proxy in proxies.items()} == {
            number: number for number in range(5)
        }


def test_after_a_soft_reset(device: Device, sensor: Any) -> None:
    """A proxy from before a reset says so, in every use; one made afterwards works."""
    read = sensor.read
    steps = iter(sensor.count(3))

    @device.task
    def same(value):
        return value

    device.soft_reset()

    for use in (
        lambda: sensor.factor,
        lambda: sensor.read,
        lambda: read(1),
        lambda: sensor.items,
        lambda: setattr(sensor, "x", 1),
        lambda: next(steps),
        lambda: same(sensor),
        lambda: device(sensor),
        lambda: sensor == 1,
        lambda: bool(sensor),
    ):
        with pytest.raises(belay.StaleProxyError, match="has started anew, and the `"):
            use()
    assert device.proxy("[4]")[0] == 4
    with pytest.raises(ReferenceError):
        sensor.factor


def test_after_a_reset_that_nobody_told(device: Device, sensor: Any) -> None:
    """A board that was reset behind our back: the first use finds out, and old proxies stay dead for ever."""
    with pytest.raises(belay.ConnectionLost):
        device("machine.reset()")
    device("class Sensor:\n    def read(self): return 'another'\nsensor = Sensor()")
    fresh = device.proxy("sensor")
    many = [device.proxy("[]") for _ in range(30)]

    assert fresh.read() == "another"
    assert many[0] == []
    with pytest.raises(belay.StaleProxyError):
        sensor.read()


def test_dropping_stale_proxies_harms_nobody(device: Device, sensor: Any) -> None:
    """Proxies and generators from before a reset may be dropped at any time."""
    steps = iter(sensor.count(3))
    next(steps)

    @device.task
    def walk():
        yield 1
        yield 2

    begun = walk()
    next(begun)
    device.soft_reset()
    kept = device.proxy("[1]")

    del sensor, steps, begun
    gc.collect()

    assert device("1 + 1") == 2
    assert kept[0] == 1
    assert list(walk()) == [1, 2]


def test_after_the_device_is_closed(device: Device, sensor: Any) -> None:
    """A proxy of a closed device says so, each time, and may be dropped."""
    device.close()

    for _ in range(2):
        with pytest.raises(belay.ConnectionLost, match="is closed"):
            sensor.factor
    del sensor
    gc.collect()


def test_two_devices_in_a_row_on_one_board() -> None:
    """Another session's first proxy frees what the one before has left on the board."""
    with serve_simulated() as board:
        with belay.Device(board.path) as first:
            left = first.proxy("[1]")
            assert left[0] == 1
        with belay.Device(board.path) as second:
            fresh = second.proxy("[2]")
            assert fresh[0] == 2
            assert second(KEPT) == 1


def test_copies_are_refused(sensor: Any) -> None:
    """A proxy is neither copied nor pickled, and says what to do instead."""
    for use in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(belay.ProxyUseError, match="is on the board") as caught:
            use(sensor)
        assert "device(proxy)" in (caught.value.hint or "")
    with pytest.raises(belay.ProxyUseError):
        copy.deepcopy([sensor])


def test_it_cannot_be_awaited(sensor: Any) -> None:
    """`await` of a proxy is a TypeError."""

    async def wait() -> None:
        """Wait for what is no awaitable."""
        await sensor

    with pytest.raises(TypeError, match="await"):
        wait().send(None)


def test_batches_refuse_what_a_proxy_does(device: Device, sensor: Any) -> None:
    """In a batch a proxy may be an argument; what it does itself cannot wait, and is refused."""

    @device.task
    def length(values):
        return len(values)

    items = sensor.items
    with device.batch():
        handle = length(items)
        for use in (
            lambda: sensor.factor,
            lambda: sensor.read(1),
            lambda: device.proxy("1"),
            lambda: len(items),
        ):
            with pytest.raises(belay.BatchError, match="what a proxy does cannot wait in a batch"):
                use()

    assert handle.value == 3
