"""Items, slices, `len`, `in` and iteration of proxies, on a simulated board."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import belay

if TYPE_CHECKING:
    from belay import Device


def test_items(device: Device, sensor: Any) -> None:
    """Items of lists and dicts are read, set and deleted on the board."""
    items, table = sensor.items, sensor.table

    assert (items[0], items[-2], items[2][0], table["a"], table["b"][0]) == (1, "two", 3, 1, 2)
    items[0] = [7]
    items[2][0] = 8
    table[("k", 1)] = None
    del items[1]
    del table["a"]

    assert device("(sensor.items, sensor.table)") == ([[7], [8]], {"b": [2], ("k", 1): None})


def test_slices(device: Device) -> None:
    """Slices, with and without ends and steps, negative ones too, read, set and delete."""
    numbers = device.proxy("list(range(10))")
    expected = list(range(10))

    for key in (slice(None), slice(2, 5), slice(None, -3), slice(-3, None), slice(None, None, 3)):
        assert device(numbers[key]) == expected[key]
    numbers[2:4] = [0]
    expected[2:4] = [0]
    del numbers[-3:]
    del expected[-3:]

    assert device(numbers) == expected
    assert device.proxy("memoryview(b'abc')")[1:][0] == ord("b")


def test_a_key_of_several_slices(device: Device) -> None:
    """Slices in a tuple arrive as they were written; a key may be a proxy."""
    device(
        "class Grid:\n    def __getitem__(self, key):\n        return repr(key)\ngrid = Grid()\nspot = [1]"
    )
    grid = device.proxy("grid")

    assert grid[1:2, ..., -3] == "(slice(1, 2, None), Ellipsis, -3)"
    assert grid[device.proxy("spot")] == "[1]"
    assert grid[()] == "()"


def test_len_and_in(sensor: Any) -> None:
    """`len` and `in` are answered by the board, for values and proxies."""
    assert len(sensor.items) == 3
    assert 1 in sensor.items
    assert -1 not in sensor.items
    assert sensor.items[2] in sensor.items
    assert "a" in sensor.table
    with pytest.raises(TypeError):
        len(sensor)
    with pytest.raises(TypeError):
        assert 3 in sensor


def test_errors_of_items(sensor: Any) -> None:
    """KeyError and IndexError are those of Python, with what the board says."""
    with pytest.raises(KeyError, match="zz") as caught:
        sensor.table["zz"]
    assert isinstance(caught.value, belay.BoardException)
    assert caught.value.message == "zz"
    with pytest.raises(IndexError, match="out of range"):
        sensor.items[9]
    with pytest.raises(TypeError):
        sensor[0]


@pytest.mark.parametrize("size", [0, 1, 15, 16, 17, 48, 200])
@pytest.mark.parametrize("kind", ["list", "tuple", "bytearray", "set", "iter"])
def test_iteration_ends(device: Device, kind: str, size: int) -> None:
    """Every kind of object gives each item once, wherever the blocks end."""
    proxy = device.proxy(f"{kind}(bytes([n % 256 for n in range({size})]))")

    assert sorted(proxy) == list(range(size))


def test_iteration_of_dicts_and_ranges(device: Device, sensor: Any) -> None:
    """A dict gives its keys, `items()` pairs, a range its numbers; unpacking and `dict` work."""
    assert sorted(sensor.table) == ["a", "b"]
    assert {key: device(value) for key, value in sensor.table.items() if key == "b"} == {"b": [2]}
    assert dict(device.proxy("{1: 2, 'x': None}")) == {1: 2, "x": None}
    assert list(device.proxy("range(0, 50, 7)")) == list(range(0, 50, 7))
    one, two = sensor.pair()
    assert (one, device(two)) == (1, [2])
    assert list(device.proxy("'abc'.split()")) == ["abc"]


def test_items_that_are_no_values_are_proxies(device: Device) -> None:
    """Objects among the items stay on the board, one number each."""
    device("boxes = [[n] for n in range(40)]")

    boxes = list(device.proxy("boxes"))
    for box in boxes:
        box.append(1)

    assert device("boxes") == [[n, 1] for n in range(40)]


def test_a_loop_that_changes_the_list(device: Device) -> None:
    """A list that the loop's body changes is read again: the loop sees it, as on the board."""
    numbers = device.proxy("[1, 2, 3, 4]")
    seen = []

    for number in numbers:
        seen.append(number)
        if number == 2:
            numbers[2] = 30
            numbers.append(5)

    assert seen == [1, 2, 30, 4, 5]


def test_a_generator_is_not_read_ahead(device: Device, sensor: Any) -> None:
    """A generator does only what the host has asked for, and can be left."""
    for number in sensor.count(10):
        if number == 2:
            break

    assert device("sensor.log") == [0, 1, 2]


def test_an_exception_in_the_middle(device: Device) -> None:
    """What the board's iterator raises comes through at its item, and a generator has ended then."""
    device("def some():\n    yield 1\n    yield 2\n    raise ValueError('no more')")
    steps = iter(device.proxy("some()"))

    assert [next(steps), next(steps)] == [1, 2]
    with pytest.raises(ValueError, match="no more"):
        next(steps)
    with pytest.raises(StopIteration):
        next(steps)


def test_next(sensor: Any) -> None:
    """`next` takes an iterator one step further; its end is StopIteration, with a default too."""
    steps = sensor.count(2)

    assert next(steps) == 0
    assert next(steps) == 1
    with pytest.raises(StopIteration):
        next(steps)
    assert next(steps, "over") == "over"
    with pytest.raises(TypeError):
        next(sensor)


def test_what_cannot_be_iterated(sensor: Any) -> None:
    """An object without items is a TypeError."""
    with pytest.raises(TypeError):
        list(sensor)
    with pytest.raises(TypeError):
        _a, _b = sensor


def test_classes_called_like_builtins(device: Device) -> None:
    """A class of the user's that is called `list` is not read ahead."""
    device(
        "class list:\n    def __init__(self):\n        self.given = 0\n    def __iter__(self):\n        return self\n"
        "    def __next__(self):\n        self.given += 1\n        return self.given\nendless = list()"
    )
    endless = device.proxy("endless")

    steps = iter(endless)

    assert [next(steps), next(steps)] == [1, 2]
    assert endless.given == 2


def test_an_iterable_whose_iterators_are_bare(device: Device) -> None:
    """An iterator without an `__iter__` of its own will do, as in Python; each loop begins anew."""
    device(
        "class Steps:\n    def __init__(self):\n        self.n = 0\n    def __next__(self):\n        self.n += 1\n"
        "        if self.n > 2:\n            raise StopIteration\n        return self.n\n"
        "class Many:\n    def __iter__(self):\n        return Steps()\nmany = Many()"
    )
    many = device.proxy("many")

    assert list(many) == [1, 2]
    assert list(many) == [1, 2]


def test_items_too_large_to_come_together() -> None:
    """A list whose block does not fit the board's memory comes item by item."""
    with belay.Device("sim:?heap=128k") as device:
        device("big = ['x' * 9000] + ['y' * 9500] * 12")

        lengths = [len(item) for item in device.proxy("big")]

    assert lengths == [9000] + [9500] * 12


def test_reversed(device: Device) -> None:
    """`reversed` is the board's."""
    assert list(reversed(device.proxy("[1, 2, 3]"))) == [3, 2, 1]
