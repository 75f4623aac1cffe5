"""What `device.proxy` takes, `with` blocks and errors of proxies, on a simulated board."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest

import belay

if TYPE_CHECKING:
    from belay import Device


def test_names_and_expressions(device: Device) -> None:
    """A name and any other expression are evaluated once, when the proxy is made."""
    first = device.proxy("sensor")
    made = device.proxy("\n    [\n        sensor,  # a comment\n    ]\n")

    device("sensor = None")

    assert first.read() == 2
    assert made[0] == first


@pytest.mark.parametrize(
    ("code", "reprs"),
    [
        ("import machine", ["module"]),
        ("  import machine  ", ["module"]),
        ("import machine as hardware", ["module"]),
        ("import machine, math as m", ["module", "module"]),
        ("import os; import math", ["module", "module"]),
        ("from machine import Pin", ["type"]),
        ("from machine import Pin, ADC as Converter", ["type", "type"]),
        ("from machine import (\n    Pin,\n    ADC,\n)", ["type", "type"]),
    ],
)
def test_imports(device: Device, code: str, reprs: list[str]) -> None:
    """An import statement gives one proxy, or a tuple of several."""
    found = device.proxy(code)

    assert isinstance(found, tuple) == (len(reprs) > 1)
    several = found if isinstance(found, tuple) else (found,)
    assert [repr(proxy) for proxy in several] == [f"<ProxyObject {kind} of Device('sim:')>" for kind in reprs]


def test_what_imports_bind(device: Device) -> None:
    """The names are bound on the board too; values come back as values; `import a.b` gives `a`."""
    assert device.proxy("from math import pi") == device("__import__('math').pi")
    Pin = device.proxy("from machine import Pin as Leg")  # noqa: N806 - as on a board
    led = Pin(25, Pin.OUT)
    led.value(1)

    assert led.value() == 1
    assert device("Leg(25).value()") == 1
    assert device.proxy("import os.path" if device("hasattr(os, 'path')") else "import os").getcwd() == "/"


def test_a_call_that_gives_a_proxy(device: Device) -> None:
    """`device(…, proxy=True)` gives what `device.proxy(…)` gives, printing and deadlines as for any call."""
    printed = io.BytesIO()

    found = device("[print('made'), sensor][1]", proxy=True, stream_out=printed, timeout_s=10)
    machine, math = device("import machine, math", proxy=True, delete=False, with_timing=False)

    assert found == device.proxy("sensor", delete=True)
    assert printed.getvalue() == b"made\r\n"
    assert device("1 + 1", proxy=True) == 2
    assert device(found, proxy=True) is found
    assert (machine.Pin(1).value(), math.floor(1.5)) == (0, 1)
    with pytest.raises(belay.ProxyUseError, match="`x = 1` is no expression and no import"):
        device("x = 1", proxy=True)
    with pytest.raises(belay.CallTimeout):
        device("__import__('time').sleep(60)", proxy=True, timeout_s=0.1)
    with pytest.raises(belay.ArgumentValueError, match="`proxy=True` and `return_time=True` do not"):
        device("sensor", proxy=True, return_time=True)


def test_the_keywords_of_the_first_belay(device: Device) -> None:
    """`delete` and `with_timing` are accepted with any call, and change nothing."""
    assert device("6 * 7", trusted=True, delete=True, with_timing=True) == 42
    assert device("x = 1", trusted=False, delete=None, with_timing=None, proxy=False) is None


def test_an_import_that_fails(device: Device) -> None:
    """A module that the board lacks is an ImportError."""
    with pytest.raises(ImportError, match="no module named 'nosuch'"):
        device.proxy("import nosuch")
    with pytest.raises(ImportError):
        device.proxy("from math import nosuch")


@pytest.mark.parametrize(
    "code", ["x = 1", "", "from math import *", "import math; x = 1", "pass", "1 +", "del x"]
)
def test_what_is_neither(device: Device, code: str) -> None:
    """Statements, and what is no Python at all, are refused before anything is sent."""
    with pytest.raises(belay.ProxyUseError, match="is no expression and no import") as caught:
        device.proxy(code)

    assert isinstance(caught.value, TypeError)
    assert "device(" in (caught.value.hint or "")


def test_errors_keep_type_and_message(device: Device, sensor: Any) -> None:
    """What the board raises is that builtin too, with its message, its number and the board's text."""
    device("class Own(ValueError): pass\ndef fail():\n    raise Own('mine', 3)")

    with pytest.raises(OSError, match="ENOENT") as full:
        sensor.fail()
    with pytest.raises(NameError, match="nothing"):
        device.proxy("nothing")
    with pytest.raises(belay.BoardException) as own:
        device.proxy("fail")()
    with pytest.raises(ZeroDivisionError, match="divi"):
        device.proxy("1 / 0")

    assert full.value.errno == 2
    assert (own.value.type_name, own.value.message) == ("Own", "('mine', 3)")
    assert "in fail" in str(full.value)


def test_a_traceback_names_the_line(device: Device) -> None:
    """The expression of a proxy is found again in the host's file."""
    with pytest.raises(ZeroDivisionError) as caught:
        device.proxy("1 / 0")

    assert f'File "{__file__}", line ' in caught.value.args[0]
    assert "_belay" not in caught.value.args[0]


GATE = """
class Gate:
    def __init__(self, swallow=False):
        self.swallow = swallow
        self.seen = []
    def __enter__(self):
        self.seen.append("in")
        return self
    def __exit__(self, kind, error, trace):
        self.seen.append(kind and (kind.__name__, error.args))
        return self.swallow
class Pass:
    def __enter__(self):
        return 5
    def __exit__(self, *error):
        return None
"""


def test_with(device: Device) -> None:
    """`with` enters and leaves on the board, and binds what `__enter__` gives there."""
    device(GATE)
    gate = device.proxy("Gate()")

    with gate as entered:
        assert entered is gate
    with device.proxy("Pass()") as value:
        assert value == 5

    assert device(gate.seen) == ["in", None]


def test_an_error_in_a_with_block(device: Device) -> None:
    """`__exit__` learns of the error, and may swallow it."""
    device(GATE)
    strict, lenient = device.proxy("Gate()"), device.proxy("Gate(True)")

    with pytest.raises(KeyError), strict:
        raise KeyError("k")
    with lenient:
        raise belay.BatchError(object())

    assert device(strict.seen[1]) == ("KeyError", ("k",))
    assert strict.seen[1][0] == "KeyError"
    assert lenient.seen[1][0] == "Exception"


def test_a_file_of_the_board(device: Device) -> None:
    """A file on the board is written and read through its proxy."""
    with device.proxy("open")("/note.txt", "w") as file:
        assert file.write("one\ntwo\n") == 8

    assert list(device.proxy("open('/note.txt')")) == ["one\n", "two\n"]


def test_a_board_that_is_lost_in_a_with_block(device: Device) -> None:
    """The error of the block is the one to see when there is no object left to leave."""
    device(GATE)

    def work() -> None:
        with device.proxy("Gate()"):
            device.soft_reset()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()


def test_with_of_what_cannot(sensor: Any) -> None:
    """An object without `__enter__` is refused by the board."""
    with pytest.raises(AttributeError), sensor:
        pass
