"""Arguments that cannot be what they are: each is refused by name, before anything is sent."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import pytest

import belay
from belay.arguments import MOST_SECONDS
from belay.mounting import mount
from belay.roles import Batch
from belay.scripts import evaluate_text, run_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NO_TIMES = [
    ("x", TypeError, "`timeout_s` must be a number of seconds or None, not 'x' (str)"),
    (True, TypeError, "`timeout_s` must be a number of seconds or None, not True (bool)"),
    (-1, ValueError, "`timeout_s` must be more than 0 seconds, and finite, not -1"),
    (0, ValueError, "`timeout_s` must be more than 0 seconds, and finite, not 0"),
    (float("nan"), ValueError, "`timeout_s` must be more than 0 seconds, and finite, not nan"),
    (float("inf"), ValueError, "`timeout_s` must be more than 0 seconds, and finite, not inf"),
    (1e300, ValueError, "`timeout_s` must be at most 2000000 seconds, which are 23 days, not 1e+300"),
]


@pytest.mark.parametrize(
    ("options", "kind", "text"),
    [
        ({"timeout_s": "x"}, TypeError, "`timeout_s` must be a number of seconds, not 'x' (str)"),
        ({"timeout_s": None}, TypeError, "`timeout_s` must be a number of seconds, not None (NoneType)"),
        ({"timeout_s": -1}, ValueError, "`timeout_s` must be more than 0 seconds, and finite, not -1"),
        ({"baudrate": "x"}, TypeError, "`baudrate` must be an int, not 'x' (str)"),
        ({"baudrate": 0}, ValueError, "`baudrate` must be 1 or more, not 0"),
        ({"attempts": True}, TypeError, "`attempts` must be an int, not True (bool)"),
        ({"attempts": 1.5}, TypeError, "`attempts` must be an int, not 1.5 (float)"),
        ({"user": 3}, TypeError, "`user` must be a str, not 3 (int)"),
        ({"password": None}, TypeError, "`password` must be a str, not None (NoneType)"),
        ({"startup": 3}, TypeError, "`startup` must be a str or None, not 3 (int)"),
        ({"exclusive": "y"}, TypeError, "`exclusive` must be True or False, not 'y' (str)"),
        ({"auto_sync_time": 3}, TypeError, "`auto_sync_time` must be True or False, not 3 (int)"),
    ],
)
def test_a_device_says_which_argument_is_wrong(
    options: dict[str, Any], kind: type[Exception], text: str
) -> None:
    """A wrong argument of `Device` is named, with its value and its type, and no board is opened."""
    with pytest.raises(kind) as caught:
        belay.Device("sim:?no-such-option=1", **options)

    assert isinstance(caught.value, belay.BelayException)
    assert str(caught.value) == text


@pytest.mark.parametrize("code", [None, 3, b"x", ["1"]])
def test_code_is_text(device: belay.Device, code: Any) -> None:
    """What is no text is no code, wherever code is taken."""
    for take in (
        device,
        device.proxy,
        Batch(device._belay_runtime).call,
        lambda code: run_text(device, code),
        lambda code: evaluate_text(device, code),
    ):
        with pytest.raises(belay.ArgumentTypeError, match=rf"must be a str, not .*\({type(code).__name__}\)"):
            take(code)


def test_a_nul_in_code_is_refused(device: belay.Device) -> None:
    """A board would make another byte of it, so it is told where it is; in an argument it is a byte as any other."""
    for take in (device, lambda code: run_text(device, code)):
        with pytest.raises(belay.ArgumentValueError, match="the control byte 0x00 at index 6, which a board"):
            take("x = 'a\0b'")

    assert device("'a\\0b'") == device.task(_same)("a\0b") == "a\0b"


@pytest.mark.parametrize(("timeout_s", "kind", "text"), NO_TIMES)
def test_a_deadline_is_a_time(device: belay.Device, timeout_s: Any, kind: type[Exception], text: str) -> None:
    """What is no time to wait is refused where it is given, also by decorators, and not when it passes."""
    for take in (
        lambda: device("1", timeout_s=timeout_s),
        lambda: device.task(timeout_s=timeout_s),
        lambda: device.setup(timeout_s=timeout_s),
        lambda: belay.Device.teardown(timeout_s=timeout_s),
        lambda: Batch(device._belay_runtime, timeout_s=timeout_s),
        lambda: run_text(device, "1", timeout_s=timeout_s),
        lambda: evaluate_text(device, "1", timeout_s=timeout_s),
        lambda: belay.run_file(device, "missing.py", timeout_s=timeout_s),
    ):
        with pytest.raises(kind) as caught:
            take()
        assert isinstance(caught.value, belay.BelayException)
        assert str(caught.value) == text


def test_the_longest_deadline_can_be_waited_for() -> None:
    """What is accepted as a deadline is no more than the system's own waits take."""
    with belay.Device("sim:", timeout_s=MOST_SECONDS) as device:
        assert device("6 * 7", timeout_s=MOST_SECONDS) == 42


def test_verbs_say_which_argument_is_wrong(device: belay.Device) -> None:
    """A wrong argument of a verb is named, with its value and its type, and the link is left alone."""
    double = device.task(_double)
    wrong: dict[str, Any] = {
        "`attempts` must be an int, not 'x' (str)": lambda: device.reconnect("x"),  # type: ignore[arg-type] # the point
        "`timeout_s` must be a number of seconds or None, not 'x' (str)": lambda: device.wait_for_board("x"),  # type: ignore[arg-type] # the point
        "`samples` must be an int, not 'x' (str)": lambda: device.sync_time("x"),  # type: ignore[arg-type] # the point
        "`exit_char` must be a str, not 3 (int)": lambda: device.terminal(3),  # type: ignore[arg-type] # the point
        "`code` must be a str, not 3 (int)": lambda: belay.minify(3),  # type: ignore[arg-type] # the point
        "`items` must be iterable, not 5 (int)": lambda: double.map(5),  # type: ignore[arg-type] # the point
        "`rows` must be iterable, not 5 (int)": lambda: double.starmap(5),  # type: ignore[arg-type] # the point
        "`a row of arguments` must be iterable, not 5 (int)": lambda: double.starmap([5]),  # type: ignore[list-item] # the point
    }
    for text, take in wrong.items():
        with pytest.raises(belay.ArgumentTypeError) as caught:
            take()
        assert str(caught.value) == text

    assert double.map([1, 2]) == [2, 4]


def test_a_switch_is_true_or_false(device: belay.Device, tmp_path: Path) -> None:
    """What is neither is refused where it is given, by calls and by decorators, before anything runs."""
    script = tmp_path / "script.py"
    script.write_text("x = 1")
    device("x = 0")
    wrong: Any = "no"
    switches: dict[str, tuple[Callable[[], object], ...]] = {
        "minify": (
            lambda: device("x = 1", minify=wrong),
            lambda: device.task(minify=wrong),
            lambda: belay.Device.setup(minify=wrong),
            lambda: run_text(device, "x = 1", minify=wrong),
            lambda: belay.run_file(device, script, minify=wrong),
        ),
        "record": (
            lambda: device("x = 1", record=wrong),
            lambda: device.task(record=wrong),
            lambda: Batch(device._belay_runtime).call("x = 1", record=wrong),
        ),
        "proxy": (lambda: device("x = 1", proxy=wrong),),
        "return_time": (lambda: device("x = 1", return_time=wrong), lambda: device.task(return_time=wrong)),
        "register": (lambda: device.task(register=wrong), lambda: device.thread(register=wrong)),
        "ignore_errors": (lambda: device.setup(ignore_errors=wrong),),
        "autoinit": (lambda: belay.Device.setup(autoinit=wrong),),
    }
    for name, takes in switches.items():
        for take in takes:
            with pytest.raises(belay.ArgumentTypeError) as caught:
                take()
            assert str(caught.value) == f"`{name}` must be True or False, not 'no' (str)"

    assert device("x") == 0


def test_verbs_beside_the_device_say_which_argument_is_wrong(device: belay.Device, tmp_path: Path) -> None:
    """What takes a device, a path or a text names what it got instead."""
    nothing: Any = None

    class Unlimited(belay.Device, skip=True):
        MAX_CMD_HISTORY_LEN = nothing

    wrong: dict[str, Callable[[], object]] = {
        "`device` must be a `belay.Device`, not None (NoneType)": lambda: mount(nothing, tmp_path),
        "`device` must be a `belay.Device`, not 3 (int)": lambda: belay.run_file(3, "x.py"),  # type: ignore[arg-type] # the point
        "`folder` must be a path, not None (NoneType)": lambda: mount(device, nothing),
        "`folder` is empty": lambda: mount(device, ""),
        "`path` must be a path, not None (NoneType)": lambda: belay.run_file(device, nothing),
        "`at` must be a name behind one slash, not '/x\\ny'": lambda: mount(device, tmp_path, "/x\ny"),
        "`MAX_CMD_HISTORY_LEN` must be an int, not None (NoneType)": lambda: Unlimited("sim:"),
    }

    for text, take in wrong.items():
        with pytest.raises((belay.ArgumentTypeError, belay.ArgumentValueError)) as caught:
            take()
        assert str(caught.value) == text


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("(" * 500 + ")" * 500, ()),
        ("[" * 300 + "'](', 'a'[0], # )\n" + "]" * 300 + "[0]" * 299, ["](", "a"]),
        ("x = " + "[" * 300 + "]" * 300, None),
    ],
)
def test_what_nests_deeper_than_the_host_reads(device: belay.Device, code: str, value: object) -> None:
    """An expression is one, and statements are statements, however deep the brackets."""
    assert device(code) == value


def test_what_nobody_here_can_read_is_refused(device: belay.Device) -> None:
    """Where it cannot be known what code is, that is said; nothing is sent."""
    with pytest.raises(
        belay.ArgumentValueError, match="the code, 799997 characters, nests so deep"
    ) as caught:
        device(" + ".join(["1"] * 200_000))

    assert "device(" in str(caught.value.hint)


def test_output_goes_to_a_stream(device: belay.Device) -> None:
    """What cannot be written to is refused before the code runs."""
    device("x = 0")

    with pytest.raises(belay.ArgumentTypeError, match=r"not to 3 \(int\), which has no `write`"):
        device("x = 1\nprint(x)", stream_out=3)

    assert device("x") == 0


def test_only_functions_are_decorated(device: belay.Device) -> None:
    """What is no function is refused with its value and its type."""
    for decorate in (device.task, device.setup, device.thread, device.teardown, belay.Device.task):
        with pytest.raises(belay.UnsupportedFunctionError, match="not a `int`: 3"):
            decorate(3)  # type: ignore[arg-type, call-overload] # the point


def test_an_unknown_class_is_a_key_error() -> None:
    """`Device["x"]` of a name that no class has says so in words, whatever the name is."""
    for name in ("no such class", 3):
        with pytest.raises(KeyError) as caught:
            belay.Device[name]  # type: ignore[index] # the point

        assert isinstance(caught.value, belay.UnknownDeviceClassError)
        assert str(caught.value).startswith(f"no subclass of Device is called {name!r}; there are: ")


@pytest.mark.parametrize(
    "code",
    ["\n1 + 1\n", "  1 + 1", "\n\n    1 + \\\n    1\n", "\n# two\n1 + 1", "\r\n1 + 1", "\n(1 +\n1) # two\n"],
)
@pytest.mark.parametrize("minify", [True, False])
def test_blank_lines_around_an_expression(device: belay.Device, code: str, minify: bool) -> None:
    """An expression with empty lines, comments and blanks around it is an expression."""
    assert device(code, minify=minify) == 2


def test_lines_of_such_an_expression_are_kept(device: belay.Device) -> None:
    """A traceback from an expression behind an empty line names the right line."""
    with pytest.raises(ZeroDivisionError) as caught:
        device("""

            1 / 0
        """)

    line = inspect.getsourcelines(test_lines_of_such_an_expression_are_kept)[1] + 5
    assert f'File "{__file__}", line {line}' in str(caught.value)


def test_a_startup_that_fails_names_its_line() -> None:
    """The traceback of `startup` code names the host's file, and the line and its text."""
    with pytest.raises(ZeroDivisionError) as caught:
        belay.Device(
            "sim:",
            startup="""
                x = 1
                x / 0
            """,
        )

    line = inspect.getsourcelines(test_a_startup_that_fails_names_its_line)[1] + 7
    assert f'File "{__file__}", line {line}, in <device call>\n    x / 0\n' in str(caught.value)


def _double(value: int) -> int:
    return value * 2


def _same(value: str) -> str:
    return value
