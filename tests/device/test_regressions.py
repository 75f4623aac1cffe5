"""Defects that were seen in earlier tools, each of which must not come back."""

from __future__ import annotations

import io
import sys

import pytest

import belay

SPOOFS = [
    "_BELAYR||7",
    "_BELAYA",
    "_BELAYS",
    "\\x02",
    "\\x02ABCDv0,1,00000000:1\\x03",
    "\\x04",
    "\\x04\\x04>",
    "\\x04Traceback (most recent call last):\\r\\nValueError: no\\r\\n\\x04>",
    "raw REPL; CTRL-B to exit\\r\\n>",
    'MicroPython v1\\r\\nType \\"help()\\" for more information.\\r\\n>>> ',
    "OK",
]


@pytest.mark.parametrize("end", ["\\n", ""])
@pytest.mark.parametrize("text", SPOOFS)
def test_no_print_forges_or_loses_a_reply(device: belay.Device, text: str, end: str) -> None:
    """Whatever a program prints, its value comes back and its output arrives whole."""
    stream = io.BytesIO()
    device(f'def speak():\n print("{text}", end="{end}")\n return 5')

    assert device("speak()", stream_out=stream) == 5
    expected = (text + end).encode().decode("unicode_escape").encode().replace(b"\r\n", b"\n")
    assert stream.getvalue().replace(b"\r\n", b"\n") == expected
    assert device("1 + 1") == 2


def test_an_unterminated_print_keeps_the_result(
    device: belay.Device, capsys: pytest.CaptureFixture[str]
) -> None:
    """`print("50%", end="")` followed by a return gives the value, and nothing of ours is printed."""

    @device.task
    def progress():
        print("50%", end="")
        return 5

    assert progress() == 5
    assert capsys.readouterr().out == "50%"


def test_output_that_is_no_utf8(device: belay.Device, capsys: pytest.CaptureFixture[str]) -> None:
    """Bytes that are no UTF-8 arrive on a text stream as replacement characters, and the call succeeds."""
    device("import sys; sys.stdout.buffer.write(b'\\xff\\xfe')")

    assert capsys.readouterr().out == "\ufffd\ufffd"


@pytest.mark.parametrize(
    "code", ["object()", "Pin(3)", "lambda: 1", "os", "[1, object()]", "{'a': Pin(3)}", "(x for x in ())"]
)
def test_what_cannot_come_back_is_an_error(device: belay.Device, code: str) -> None:
    """A value with no counterpart raises and names its type; it is never a stand-in."""
    with pytest.raises(belay.UnreturnableValueError) as caught:
        device(code)

    assert caught.value.type_name
    assert caught.value.hint


def test_an_object_cannot_pass_for_the_literal_that_it_prints(device: belay.Device) -> None:
    """A class that prints itself as `1` is no 1, neither alone nor inside a list."""
    device("class One:\n def __repr__(self): return '1'")

    for code in ("One()", "[One()]", "{1: (One(),)}"):
        with pytest.raises(belay.UnreturnableValueError, match="One"):
            device(code)


@pytest.mark.parametrize("code", ["float('nan')", "float('inf')", "bytearray(b'ab')", "range(3)"])
def test_values_that_were_lost_come_back(device: belay.Device, code: str) -> None:
    """nan, inf, bytearray and range are values."""
    value = device(code)

    assert repr(value) == repr(eval(code))


def test_a_board_thread_that_prints_breaks_nothing(device: belay.Device) -> None:
    """A thread of the board that prints all the time neither loses nor forges a reply."""

    @device.thread
    def chatter():
        while not stop:  # noqa: F821 - a global of the board
            print("tick \x04>")
            sleep(0.001)  # noqa: F821 - the board's

    device("stop = False")
    chatter()
    for number in range(100):
        assert device(f"{number} * 2") == number * 2
    device("stop = True")


def test_soft_reset_leaves_a_usable_device(device: belay.Device) -> None:
    """After a soft reset `main.py` has run, and the next call works."""
    device("f = open('/main.py', 'w')\nf.write('made_by_main = 7')\nf.close()")

    @device.task
    def double(value):
        return value * 2

    device("x = 1")

    device.soft_reset()

    assert double(21) == 42
    assert device("made_by_main") == 7
    with pytest.raises(NameError):
        device("x")


def test_thread_with_parentheses_is_a_thread(device: belay.Device) -> None:
    """`@device.thread()` registers a thread, not a task."""

    @device.thread()
    def background():
        global done
        done = True

    assert background() is None
    assert "background" not in dir(device.task)
    assert device.thread.background is background


def test_setup_keeps_ignore_errors(device: belay.Device) -> None:
    """`@device.setup(ignore_errors=True)` discards what the body raises."""

    @device.setup(ignore_errors=True)
    def fragile():
        raise ValueError("ignored")

    fragile()

    assert device("1") == 1


@pytest.mark.parametrize("mpy", [13 << 10 | 6, 15 << 10, (1 << 16) | (12 << 10) | 6, 0, None])
def test_unknown_architectures_are_no_error(mpy: int | None) -> None:
    """Any `_mpy`, with flags or an architecture not known yet, is a fact and no failure."""
    assert belay.Implementation.from_board("micropython", (1, 30, 0), "new", mpy=mpy).name == "micropython"


@pytest.mark.parametrize(
    ("address", "part", "reason"),
    [
        ("/dev/no-such-port", "/dev/no-such-port", "there is no such"),
        ("exec:no-such-program-anywhere", "no-such-program-anywhere", "no such"),
        ("socket://127.0.0.1:1", "127.0.0.1", "refused"),
    ],
)
def test_a_failed_connection_says_why(address: str, part: str, reason: str) -> None:
    """A link that cannot be opened names the address and the reason, at once."""
    with pytest.raises(belay.ConnectionFailedError) as caught:
        belay.Device(address)

    assert part in str(caught.value)
    assert reason in str(caught.value)


def test_a_process_that_dies_is_a_lost_connection() -> None:
    """A program behind `exec:` that ends at once raises with its code, instead of hanging."""
    with pytest.raises(belay.ConnectionLost, match="3"):
        belay.Device(f"exec:{sys.executable} -c 'raise SystemExit(3)'")


def test_a_generator_closed_early_leaves_nothing(device: belay.Device) -> None:
    """Closing a generator frees it on the board; its return value is not lost when it ends."""

    @device.task
    def count(limit):
        try:
            yield from range(limit)
        finally:
            print("freed")
        return "all"

    early = count(5)
    assert next(early) == 0
    early.close()
    assert device("len(_belay_gs)") == 0

    whole = count(1)
    assert next(whole) == 0
    with pytest.raises(StopIteration) as ended:
        next(whole)
    assert ended.value.value == "all"
    assert device("len(_belay_gs)") == 0


def test_a_setup_on_one_line(device: belay.Device) -> None:
    """The body of `def f(): x = 1` runs."""

    # fmt: off
    @device.setup
    def one(): x = 1  # noqa: F841 - one line is the point
    # fmt: on

    one()

    assert device("x") == 1


def test_async_and_lambda_tasks_fail_clearly(device: belay.Device) -> None:
    """What cannot be a task says so when it is decorated."""

    async def coming():
        """Board code."""
        return 1

    for function in (coming, lambda: 1):
        with pytest.raises(belay.UnsupportedFunctionError):
            device.task(function)
