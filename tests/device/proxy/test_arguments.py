"""Proxies as arguments, alone and inside of containers, on simulated boards."""

# Functions here are board code.
# ruff: noqa: F821, F841

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any

import pytest

import belay

if TYPE_CHECKING:
    from belay import Device


def test_of_a_task(device: Device, sensor: Any) -> None:
    """A task gets the very object, by position and by name, alone and inside every kind of container."""

    @device.task
    def check(one, *others, named=None):
        return [one is sensor, [other is sensor for other in others], named is sensor]

    assert check(sensor, sensor.me(), named=sensor) == [True, [True], True]

    @device.task
    def inside(values, table, nested, several):
        return (
            values[0] is sensor
            and table["x"] is sensor
            and table[sensor] == 1
            and nested[0]["deep"][1] is sensor
            and sensor in several
        )

    assert inside([sensor], {"x": sensor, sensor: 1}, ({"deep": (0, sensor)},), {sensor, 5})


def test_a_method_as_an_argument(device: Device, sensor: Any) -> None:
    """A method that has not been called arrives as the board's bound method."""

    @device.task
    def call(function, value):
        return function(value)

    assert call(sensor.read, 4) == 8
    assert device(device.proxy("lambda f: [f(n) for n in (1, 2)]")(sensor.read)) == [2, 4]


def test_of_a_proxys_own_calls(device: Device, sensor: Any) -> None:
    """Calls, items and attributes of proxies take proxies."""
    sensor.items.append(sensor)
    sensor.table[sensor] = [sensor.items]

    assert device("sensor.items[-1] is sensor and sensor.table[sensor][0] is sensor.items")


def test_of_setups_and_generators(device: Device, sensor: Any) -> None:
    """A setup binds the very object to a global; a generator takes it at its start and by `send`."""

    @device.setup
    def prepare(found):
        same = found is sensor

    @device.task
    def echo(first):
        got = yield first is sensor
        yield got is sensor

    prepare(sensor)
    steps = echo(sensor)

    assert device("same and found is sensor")
    assert next(steps) is True
    assert steps.send(sensor) is True


def test_of_threads(device: Device, sensor: Any) -> None:
    """A thread gets the very object."""

    @device.thread
    def append(items, value):
        items.append(value)

    append(sensor.items, value=sensor)

    @device.task
    def wait():
        while len(sensor.items) < 4:
            sleep(0.001)
        return sensor.items[-1] is sensor

    assert wait()


def test_that_nobody_else_holds(device: Device) -> None:
    """An object lives until the call that it is given to, even if that is sent later."""

    @device.task
    def first(values):
        return values[0]

    @device.task
    def walk(values):
        yield from values

    steps = walk(device.proxy("[5, 6]"))
    gc.collect()
    device("None")
    with_batch = device.proxy("[7]")
    with device.batch():
        handle = first(with_batch)
        del with_batch
        gc.collect()
        other = first([8])

    assert list(steps) == [5, 6]
    assert (handle.value, other.value) == (7, 8)
    assert first.map([device.proxy("[1]"), device.proxy("[2]")]) == [1, 2]


def test_of_another_device(device: Device, sensor: Any) -> None:
    """Another device's object is refused before anything is sent, wherever it stands."""

    @device.task
    def same(value):
        return value

    with belay.Device("sim:") as other:
        foreign = other.proxy("[1]")
        uses = (
            lambda: same(foreign),
            lambda: same([{"x": foreign}]),
            lambda: sensor.read(foreign),
            lambda: sensor.read(offset=foreign),
            lambda: sensor.items.append([foreign]),
            lambda: sensor.table[foreign],
            lambda: setattr(sensor, "x", foreign),
            lambda: sensor.items + foreign,
            lambda: device(foreign),
            lambda: foreign in sensor.items,
        )
        for use in uses:
            with pytest.raises(belay.UnsendableValueError, match="another device, Device"):
                use()


def test_what_cannot_be_sent(sensor: Any) -> None:
    """An argument that cannot travel is refused with the method's name."""
    with pytest.raises(belay.UnsendableValueError) as caught:
        sensor.read(1, object())

    assert str(caught.value).endswith(": argument 2 of `read`")


def test_fetching_values(device: Device, sensor: Any) -> None:
    """`device(proxy)` is the value of the object, if it has one."""
    assert device(sensor.items) == [1, "two", [3]]
    assert device(sensor.pair()) == (1, [2])
    with pytest.raises(belay.UnreturnableValueError):
        device(sensor)
