"""What a proxy costs: turnarounds counted on the wire of a simulated board."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from tests.device.proxy.conftest import CountedBoard


def test_the_first_proxy(counted: CountedBoard) -> None:
    """Making a proxy is one turnaround, the first included, which sends the helper along."""
    counted.proxy("sensor")
    assert counted.turnarounds() == 1

    counted.proxy("sensor.items")
    assert counted.turnarounds() == 1


def test_a_method_call(counted: CountedBoard) -> None:
    """A method call is one turnaround, the very first and every later one, also through another proxy."""
    sensor = counted.proxy("sensor")
    counted.turnarounds()

    assert sensor.read(3, offset=1) == 7
    assert counted.turnarounds() == 1
    for _ in range(5):
        sensor.read(1)
    assert counted.turnarounds() == 5
    assert sensor.me().read() == 2
    assert counted.turnarounds() == 2


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("import math", lambda math: math.floor(2.5)),
        ("Sensor", lambda kind: kind.make()),
        ("Sensor", lambda kind: kind.half(4)),
        ("Sensor", lambda kind: kind()),
        ("sensor.items", lambda items: items.append(1)),
        ("__import__('io').StringIO('one')", lambda stream: stream.read()),
    ],
    ids=["module", "class method", "static method", "class", "builtin method", "stream"],
)
def test_calls_of_modules_classes_and_builtins(
    counted: CountedBoard, code: str, call: Callable[[Any], object]
) -> None:
    """A function of a module, a method of a class and one of a builtin type are one turnaround as well."""
    proxy = counted.proxy(code)
    counted.turnarounds()

    call(proxy)

    assert counted.turnarounds() == 1


ONE = {
    "attribute": lambda sensor: sensor.factor,
    "object": lambda sensor: sensor.items,
    "property": lambda sensor: sensor.doubled,
    "set": lambda sensor: setattr(sensor, "factor", 5),
    "delete": lambda sensor: delattr(sensor, "factor"),
    "compare": lambda sensor: sensor != 3,
    "bool": bool,
    "hash": hash,
    "str": str,
    "dir": dir,
    "missing": lambda sensor: getattr(sensor, "missing", None),
}


@pytest.mark.parametrize("name", ONE)
def test_everything_else(counted: CountedBoard, name: str) -> None:
    """Attributes, conversions and comparisons are one turnaround each."""
    sensor = counted.proxy("sensor")
    counted.turnarounds()

    ONE[name](sensor)

    assert counted.turnarounds() == 1


def test_repr_costs_nothing(counted: CountedBoard) -> None:
    """`repr` asks nothing of the board."""
    sensor = counted.proxy("sensor")
    counted.turnarounds()

    repr(sensor)

    assert counted.turnarounds() == 0


def test_a_method_without_its_call_costs_nothing(counted: CountedBoard) -> None:
    """Taking a method asks nothing: it is looked up when it is called."""
    sensor = counted.proxy("sensor")
    counted.turnarounds()

    read = sensor.read
    assert counted.turnarounds() == 0

    assert read(4) == 8
    assert counted.turnarounds() == 1


def test_items_come_in_blocks(counted: CountedBoard) -> None:
    """A hundred items of a list are three turnarounds: blocks of 16, 32 and 64, and none for the end."""
    numbers = counted.proxy("list(range(100))")
    counted.turnarounds()

    items = [item for item in numbers]  # noqa: C416 - `list` would ask for the length first

    assert items == list(range(100))
    assert counted.turnarounds() == 3


def test_a_generator_is_a_turnaround_for_each_item(counted: CountedBoard) -> None:
    """What has effects is never read ahead: one turnaround for each item, and one for the end."""
    steps = counted.proxy("sensor.count(3)")
    counted.turnarounds()

    assert [item for item in steps] == [0, 1, 2]  # noqa: C416 - as above
    assert counted.turnarounds() == 4


def test_a_release_travels_with_the_next_call(counted: CountedBoard) -> None:
    """Dropping a hundred proxies costs no turnaround; they go in batches with the calls that follow."""
    kept = [counted.proxy("[]") for _ in range(100)]
    counted.turnarounds()

    kept.clear()
    assert counted.turnarounds() == 0

    for _ in range(7):
        counted.runtime.call("None")
    assert counted.turnarounds() == 7
    assert counted.runtime.call("sum(map(len,_belay_o.values()))") == 0


def test_a_small_call_stays_small(counted: CountedBoard) -> None:
    """A method call on the wire is its own text and some 30 bytes around it."""
    sensor = counted.proxy("sensor")
    sensor.read(1)
    counted.turnarounds()

    sensor.read(1)

    assert len(counted.link.sent[0]) <= len("_belay(5,lambda:_belay_op(10,_belay_o[1][1].read(1)))") + 6
