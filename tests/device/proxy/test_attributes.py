"""Attributes and methods of proxies, on a simulated board."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import belay

if TYPE_CHECKING:
    from belay import Device


def test_values_come_back_as_values(device: Device) -> None:
    """None, bool, int, float, str and bytes are themselves; no subclass passes for one of them."""
    device("class Number(int): pass")

    for code in ("None", "True", "2**70", "1.5", "'ü\\n'", "b'\\x00'"):
        assert device.proxy(code) == device(code)
        assert type(device.proxy(code)) is type(device(code))
    assert isinstance(device.proxy("Number(3)"), belay.ProxyObject)


@pytest.mark.parametrize(
    "code", ["[1]", "(1, 2)", "{}", "{1}", "range(3)", "bytearray(2)", "1j", "...", "int"]
)
def test_the_rest_comes_back_as_proxies(device: Device, code: str) -> None:
    """Containers, classes and everything else stay on the board."""
    assert isinstance(device.proxy(code), belay.ProxyObject)


def test_reading(device: Device, sensor: Any) -> None:
    """Attributes of the instance, of the class and properties are read on the board each time."""
    assert (sensor.factor, sensor.unit, sensor.doubled) == (2, "C", 4)

    device("sensor.factor = 7")

    assert (sensor.factor, sensor.doubled) == (7, 14)


def test_setting(device: Device, sensor: Any) -> None:
    """Setting an attribute sets it on the board, with values, containers and proxies."""
    sensor.factor = 9
    sensor.fresh = [1, {"x": (2,)}]
    sensor.myself = sensor

    assert device("(sensor.factor, sensor.fresh, sensor.myself is sensor)") == (9, [1, {"x": (2,)}], True)


def test_deleting(device: Device, sensor: Any) -> None:
    """`del` deletes on the board; what is not there is an AttributeError."""
    del sensor.factor

    assert device("hasattr(sensor, 'factor')") is False
    with pytest.raises(AttributeError):
        del sensor.factor


def test_a_missing_attribute(sensor: Any) -> None:
    """AttributeError as Python has it, so `hasattr` and `getattr` with a default work."""
    with pytest.raises(AttributeError, match="nothing") as caught:
        sensor.nothing

    assert isinstance(caught.value, belay.BoardException)
    assert hasattr(sensor, "factor")
    assert hasattr(sensor, "read")
    assert not hasattr(sensor, "nothing")
    assert getattr(sensor, "nothing", 5) == 5


def test_names_that_python_asks_for(sensor: Any) -> None:
    """Dunder names that Python looks for on its own account are not looked for on the board; a few are."""
    with pytest.raises(AttributeError, match="does not look for it"):
        sensor.__wrapped__
    with pytest.raises(AttributeError, match="Belay's own"):
        sensor._belay_anything = 1

    assert sensor.make.__name__ == "make"
    assert sensor.me().__class__ is belay.ProxyObject


def test_names_of_any_kind(device: Device, sensor: Any) -> None:
    """Keywords and words of any script and shape are attribute names, if the board has them."""
    for name in ("from", "größe", "two words", "items", "call", "ask", "kept", "text"):
        setattr(sensor, name, 1)
        assert getattr(sensor, name) == 1
        assert device(f"getattr(sensor, {name!r})") == 1
    with pytest.raises(AttributeError, match="two words"):
        delattr(sensor, "two words")


def test_calls(device: Device, sensor: Any) -> None:
    """Arguments go as Python passes them; what comes is a value or a proxy."""
    assert sensor.read() == 2
    assert sensor.read(4, offset=1) == 9
    assert sensor.read(*[5], offset=2) == 12
    assert isinstance(sensor.pair(), belay.ProxyObject)
    assert sensor.pair()[0] == 1
    assert sensor.half(5) == 2.5
    device("def named(self, name=2): return self, name")
    assert device(device.proxy("named")(self=1)) == (1, 2)
    assert sensor.make().factor == 2


def test_calls_of_objects(device: Device) -> None:
    """Functions, classes and objects with `__call__` are called by the proxy itself."""
    device("class Caller:\n    def __call__(self, value):\n        return [value]\ncaller = Caller()")

    assert device.proxy("len")([1, 2]) == 2
    assert device(device.proxy("caller")("x")) == ["x"]
    assert device(device.proxy("Caller")()(3)) == [3]
    with pytest.raises(TypeError, match="callable"):
        device.proxy("[]")()


def test_an_attribute_of_the_instance_hides_a_method(device: Device) -> None:
    """A value under a method's name comes back as that value, if it was there when the proxy was made."""
    device("sensor.read = 5")

    assert device.proxy("sensor").read == 5


def test_a_method_that_is_replaced_through_a_proxy(sensor: Any) -> None:
    """What the host sets under a method's name is what it reads from then on, and deleting brings it back."""
    other = sensor.me()

    sensor.read = 5
    assert other.read == 5
    assert type(other.read) is int

    del sensor.read
    assert other.read(2) == 4


def test_a_method_that_the_board_replaces(device: Device, sensor: Any) -> None:
    """A method that board code replaced meanwhile acts as what it is now: it is looked up at each use."""
    read = sensor.read
    device("sensor.read = 5")

    assert read == 5
    assert sensor.read + 1 == 6
    assert [10, 20][int(sensor.read) - 4] == 20
    with pytest.raises(TypeError):
        read(1)


def test_an_attribute_becomes_callable(device: Device, sensor: Any) -> None:
    """What was a value and is a function now can be called."""
    assert sensor.factor == 2

    device("sensor.factor = lambda number: number + 1")

    assert sensor.factor(1) == 2


def test_globals_of_the_user_hide_no_builtin_of_ours(device: Device) -> None:
    """A board whose globals are called like builtins changes nothing for proxies."""
    names = (
        "type bool int str bytes float getattr setattr hasattr callable len list tuple dict set range bytearray"
        " iter next id sys globals isinstance StopIteration"
    )
    device("\n".join(f"{name} = 0" for name in names.split()))

    sensor = device.proxy("sensor")

    assert sensor.read(2) == 4
    sensor.factor = 3
    assert sensor.factor == 3
    assert len(sensor.items) == 3
    assert [item for item in sensor.items][:2] == [1, "two"]  # noqa: C416 - the protocol as it is
    assert hash(sensor) == hash(sensor.me())


def test_dir(sensor: Any) -> None:
    """`dir` shows what the board's object has."""
    names = dir(sensor)

    assert {"factor", "read", "items"} <= set(names)


def test_repr_asks_nothing(device: Device, sensor: Any) -> None:
    """`repr` names type and device, a method with its name, also when the device is closed."""
    read = sensor.read
    device.close()

    assert repr(sensor) == "<ProxyObject Sensor of Device('sim:')>"
    assert repr(read) == "<ProxyObject Sensor.read of Device('sim:')>"


def test_more_types_than_are_numbered(device: Device) -> None:
    """Past 64 types the board tells no more methods: calls take longer, and stay right."""
    device(
        "kinds = []\nfor i in range(70):\n    class Kind:\n        def me(self): return self\n    kinds.append(Kind())"
    )

    for index in (0, 69):
        for proxy in [device.proxy(f"kinds[{number}]") for number in range(70)][index : index + 1]:
            assert proxy.me() == proxy
