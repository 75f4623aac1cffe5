"""Operators, comparisons and conversions of proxies, on a simulated board."""

from __future__ import annotations

import math
import operator
from typing import TYPE_CHECKING, Any

import pytest

import belay

if TYPE_CHECKING:
    from collections.abc import Callable

    from belay import Device

NUMBER = """
class Number:
    def __init__(self, value):
        self.value = value
    def __neg__(self): return Number(-self.value)
    def __pos__(self): return Number(self.value)
    def __invert__(self): return Number(~self.value)
    def __abs__(self): return abs(self.value)
    def __int__(self): return self.value
    def __float__(self): return self.value / 1
    def __bool__(self): return self.value != 0
    def __hash__(self): return 1
    def __str__(self): return "number %d" % self.value
"""
SIGNS = {
    "add": "+",
    "sub": "-",
    "mul": "*",
    "matmul": "@",
    "truediv": "/",
    "floordiv": "//",
    "mod": "%",
    "pow": "**",
    "lshift": "<<",
    "rshift": ">>",
    "and": "&",
    "or": "|",
    "xor": "^",
}
COMPARISONS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}


@pytest.fixture
def number(device: Device) -> Any:
    """The proxy of an object that writes down which operator was asked for."""
    methods = "".join(
        f"    def __{name}__(self, other): return '{sign} ' + str(other)\n"
        f"    def __r{name}__(self, other): return str(other) + ' {sign}'\n"
        f"    def __i{name}__(self, other): return '{sign}= ' + str(other)\n"
        for name, sign in SIGNS.items()
    )
    methods += "".join(
        f"    def __{name}__(self, other): return {name!r} in 'le gt eq' and other == 5\n"
        for name in COMPARISONS
    )
    device(NUMBER + methods)
    return device.proxy("Number(7)")


@pytest.mark.parametrize("name", SIGNS)
def test_binary_operators(number: Any, name: str) -> None:
    """Each operator, its reflection and its in-place form are carried out by the board's object."""
    sign = SIGNS[name]
    plain: Callable[[Any, Any], Any] = getattr(operator, f"__{name}__")
    in_place: Callable[[Any, Any], Any] = getattr(operator, f"__i{name}__")

    assert plain(number, -2) == f"{sign} -2"
    assert plain(-2, number) == f"-2 {sign}"
    # without an in-place method a board takes the plain one; MicroPython knows those of `+` and `-` only
    assert in_place(number, -2) == f"{sign}{'=' if name in ('add', 'sub') else ''} -2"


@pytest.mark.parametrize("name", COMPARISONS)
def test_comparisons(device: Device, number: Any, name: str) -> None:
    """Each comparison is the board's; with the proxy on the right it is turned around, as Python does."""
    compare: Callable[[Any, Any], Any] = getattr(operator, name)

    for value in (5, 6):
        assert compare(number, value) is device(f"Number(7) {COMPARISONS[name]} {value}")
        turned = COMPARISONS[name].translate({ord("<"): ">", ord(">"): "<"})
        assert compare(value, number) is device(f"Number(7) {turned} {value}")


def test_unary_operators(number: Any) -> None:
    """`-`, `+`, `~` and `abs` are the board's."""
    assert int(-number) == -7
    assert int(+number) == 7
    assert int(~number) == -8
    assert abs(number) == 7


def test_conversions(number: Any) -> None:
    """`int`, `float`, `str` and `format` ask the board."""
    assert int(number) == 7
    assert float(number) == 7.0
    assert str(number) == "number 7"
    assert f"{number:>10}|{number}" == "  number 7|number 7"


def test_more_conversions(device: Device) -> None:
    """`bytes`, `complex` and `divmod` as the board has them; an index where it is one."""
    device("class Small(int): pass\nclass Index:\n    def __index__(self):\n        return 2")

    assert bytes(device.proxy("bytearray(b'ab')")) == b"ab"
    assert complex(device.proxy("1+2j")) == 1 + 2j
    assert tuple(divmod(device.proxy("Small(7)"), 2)) == (3, 1)
    assert [0, 1, 2][device.proxy("Index()")] == 2
    assert [0, 1, 2][device.proxy("Small(1)")] == 1
    with pytest.raises(TypeError, match="as an integer"):
        [0][device.proxy("[]")]


def test_in_place_changes_the_boards_object(device: Device, sensor: Any) -> None:
    """`+=` of a list changes that list, and the name still stands for it."""
    items = same = sensor.items

    items += [4]

    assert items is same
    assert device("sensor.items") == [1, "two", [3], 4]


def test_in_place_of_an_attribute(device: Device, sensor: Any) -> None:
    """`proxy.attribute += 1` works for values and for objects."""
    sensor.factor += 3
    sensor.items += (5,)
    sensor.table["a"] += 1

    assert device("(sensor.factor, sensor.items[-1], sensor.table['a'])") == (5, 5, 2)


def test_in_place_makes_something_new(device: Device) -> None:
    """`+=` of a tuple gives another one and leaves the first alone."""
    first = second = device.proxy("(1, [2])")

    second += (3,)

    assert device(first) == (1, [2])
    assert device(second) == (1, [2], 3)


def test_equality(device: Device, sensor: Any) -> None:
    """`==` compares on the board; what cannot be sent, and another device's object, is unequal."""
    assert sensor == sensor.me()
    assert device.proxy("[1, 2]") == [1, 2]
    assert device.proxy("(1, 2)") != (1, 3)
    assert sensor != object()
    with belay.Device("sim:") as other:
        assert sensor != other.proxy("[]")


def test_two_proxies_in_one_operation(device: Device) -> None:
    """Both sides may be proxies."""
    assert device(device.proxy("[1]") + device.proxy("[2]")) == [1, 2]
    assert device.proxy("[1]") < device.proxy("[2]")


def test_hash(device: Device, sensor: Any) -> None:
    """`hash` is the board's identity: proxies of one object are one key."""
    assert hash(sensor) == hash(sensor.me())
    assert {sensor: 1}[sensor.me()] == 1
    assert hash(sensor.items) != hash(sensor.table)
    assert hash(sensor.read) == hash(sensor.read)
    device("Sensor.Kind = int")
    assert hash(device.proxy("Sensor").Kind) == hash(device.proxy("int"))


@pytest.mark.parametrize(
    ("code", "truth"), [("[]", False), ("[0]", True), ("{}", False), ("sensor", True), ("range(0)", False)]
)
def test_truth(device: Device, code: str, truth: bool) -> None:
    """`bool` is the board's, with `__bool__`, with `__len__` and without both."""
    assert bool(device.proxy(code)) is truth


def test_operators_that_are_not_there(sensor: Any) -> None:
    """An operator that the board's object lacks is a TypeError."""
    for use in (
        lambda: sensor + 1,
        lambda: 1 - sensor,
        lambda: -sensor,
        lambda: sensor < 1,
        lambda: int(sensor),
        lambda: operator.iadd(sensor, 1),
    ):
        with pytest.raises(TypeError):
            use()


def test_an_operand_that_cannot_be_sent(sensor: Any) -> None:
    """An operand that cannot go to the board is refused, with its type."""
    with pytest.raises(belay.UnsendableValueError, match="object"):
        operator.add(sensor.items, [object()])


def test_rounding_and_a_power_with_a_modulus(device: Device) -> None:
    """`round`, `math.trunc` and `pow` with three arguments are the board's, its refusals too."""
    device("class Small(int): pass\nclass Half:\n    def __float__(self):\n        return 2.26")
    half, seven = device.proxy("Half()"), device.proxy("Small(7)")

    assert (round(half), round(half, 1)) == (2, 2.3)
    assert (math.trunc(seven), pow(seven, 2)) == (7, 49)
    with pytest.raises(belay.PyboardException, match="3 arguments requires integers"):
        pow(seven, 2, 5)
