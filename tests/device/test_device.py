"""The face of the device runtime, on a simulated board."""

from __future__ import annotations

import io
import threading
from typing import TYPE_CHECKING

import pytest

import belay
from belay.output import OutputWriter
from belay_transport.opening import open_link, serve_simulated

if TYPE_CHECKING:
    from pathlib import Path


def test_what_a_board_is(device: belay.Device) -> None:
    """`implementation` says what runs on the board."""
    found = device.implementation

    assert found.name == "micropython"
    assert found.version >= (1, 20, 0)
    assert found.arch == "x64"
    assert found.emitters == ("native", "viper")


def test_convenience_names(device: belay.Device) -> None:
    """The manual's convenience names are there; that the board lacks CircuitPython's is no error."""
    names = ["os", "sys", "time", "machine", "sleep", "const", "ADC", "I2C", "Pin", "PWM", "SPI", "Timer"]

    present = device(f"[name in globals() for name in {names!r}]")

    assert present == [True] * len(names)
    assert device("'digitalio' in globals()") is False


def test_a_link_of_ones_own() -> None:
    """An open link will do in the place of an address; the device closes it."""
    link = open_link("sim:")

    with belay.Device(link) as device:
        answer = device("6 * 7")
        shown = repr(device)

    assert answer == 42
    assert shown == "Device('simulated board')"
    with pytest.raises(belay.ConnectionLost):
        link.read(0)


def test_startup_of_ones_own() -> None:
    """A `startup` text runs instead of the convenience imports."""
    with belay.Device("sim:", startup="\n    import math\n    half = math.pi / 2\n") as device:
        assert device("half > 1.5")
        assert device("'machine' in globals()") is False


def test_output_of_ones_own() -> None:
    """What a device prints goes to its own stream, unless a call says otherwise."""
    printed, other = io.StringIO(), io.BytesIO()

    with belay.Device("sim:", startup="print('starting')", stream_out=printed) as device:
        device("print('one')")
        device("print('two')", stream_out=other)

    assert printed.getvalue() == "starting\none\n"
    assert other.getvalue() == b"two\r\n"


def test_output_that_is_no_stream() -> None:
    """It is refused before anything is opened."""
    with pytest.raises(belay.ArgumentTypeError, match="output goes to a stream or to None"):
        belay.Device("COM99", stream_out="out.txt")


def test_no_startup() -> None:
    """An empty `startup` binds no convenience name."""
    with belay.Device("sim:", startup="") as device:
        assert device("'machine' in globals() or 'sleep' in globals()") is False


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("1 + 2", 3),
        ("'hello'", "hello"),
        ("'a' + 'b'", "ab"),
        ("'abc'.upper()", "ABC"),
        ("foo = 1 + 2", None),
        ("  (1,\n   2)", (1, 2)),
        ("\n\n    1 + 2\n", 3),
        ("\n    # first\n    'two'  # second\n", "two"),
        ("'naïve ☃ \\x04 \\x00'", "naïve ☃ \x04 \x00"),
        ("'''two\nlines'''", "two\nlines"),
        ("", None),
        ("# nothing but a comment", None),
        ("x = 1; y = 2", None),
        ("[\n  # inside\n  1,\n]", [1]),
        ("lambda: 1", belay.UnreturnableValueError),
    ],
)
def test_expressions_and_statements(device: belay.Device, code: str, value: object) -> None:
    """An expression comes back as its value, a statement as None, whatever it looks like."""
    if isinstance(value, type):
        with pytest.raises(value):
            device(code)
    else:
        assert device(code) == value


@pytest.mark.parametrize("lines", [10, 300, 3000])
def test_code_of_any_length(device: belay.Device, lines: int) -> None:
    """Code of any length reaches the board whole: by one write, or by raw paste."""
    code = "total = 0\n" + "\n".join(f"total += {number}" for number in range(lines))

    device(code)

    assert device("total") == sum(range(lines))


@pytest.mark.parametrize("size", [0, 1, 1023, 1024, 1025, 200_000])
def test_texts_of_any_size(size: int) -> None:
    """A reply is cut into frames and joined again, wherever the cuts fall."""
    with belay.Device("sim:?heap=8m") as device:
        assert device(f"'é' * {size}") == "é" * size


def test_a_large_list() -> None:
    """A list of 200 kB comes back."""
    with belay.Device("sim:?heap=16m") as device:
        assert device("list(range(30000))") == list(range(30000))


@pytest.mark.once
def test_large_bytes_both_ways() -> None:
    """A megabyte of bytes goes there and comes back."""
    data = bytes(range(256)) * 4096

    with belay.Device("sim:?heap=32m") as device:

        @device.task
        def same(value):
            return value

        assert same(data) == data


def test_what_prints_itself_like_a_named_tuple(device: belay.Device) -> None:
    """A class that prints itself like a named tuple does not pass for one, even beside one of its name."""
    device(
        """
        from collections import namedtuple
        Point = namedtuple("P", ("x",))
        class P:
            def __repr__(self):
                return "P(x=1)"
        """
    )

    assert device("[Point(1), (Point(2), os.uname()[:0])]") == [(1,), ((2,), ())]
    assert device("Point(1)").x == 1
    for code in ("P()", "[P()]", "[Point(1), P()]", "Point(P())"):
        with pytest.raises(belay.UnreturnableValueError, match="a `P`, which cannot come back") as caught:
            device(code)
        assert caught.value.type_name == "P"


def test_a_value_that_contains_itself(device: belay.Device) -> None:
    """The error says what to do; a program that calls itself too deep is not told of values."""
    device("circle = []\ncircle.append(circle)\ndef deeper(): return deeper()")

    with pytest.raises(RuntimeError, match="recursion") as caught:
        device("circle")
    with pytest.raises(RuntimeError, match="recursion") as deep:
        device("deeper()")

    assert isinstance(caught.value, belay.BoardException)
    assert isinstance(deep.value, belay.BoardException)
    assert caught.value.hint is not None
    assert caught.value.hint.startswith("the value contains itself, or is nested too deep: ")
    assert deep.value.hint is None


def test_prints_to_a_text_stream(device: belay.Device) -> None:
    """A text stream gets text, with line ends of its own."""
    stream = io.StringIO()

    device("print('one'); print('zwei ☃', end='')", stream_out=stream)

    assert stream.getvalue() == "one\nzwei ☃"


def test_prints_to_a_binary_stream(device: belay.Device) -> None:
    """A binary stream gets every byte as the board sent it."""
    stream = io.BytesIO()

    device("import sys; print('one'); sys.stdout.buffer.write(b'\\xff\\x04\\n')", stream_out=stream)

    assert stream.getvalue() == b"one\r\n\xff\x04\n"


def test_prints_to_nowhere(device: belay.Device, capsys: pytest.CaptureFixture[str]) -> None:
    """`stream_out=None` drops the output."""
    device("print('unseen')", stream_out=None)

    assert capsys.readouterr().out == ""


def test_prints_come_live(device: belay.Device) -> None:
    """Output comes while the program runs: it can be answered."""
    board = device.simulated
    assert board is not None

    class Answering(io.StringIO):
        def write(self, text: str) -> int:
            if "press" in text:
                board.pin(5).drive(1)
            return super().write(text)

    stream = Answering()
    device("button = Pin(5, Pin.IN)\nprint('press')\nwhile not button.value(): pass", stream_out=stream)

    assert stream.getvalue() == "press\n"


def test_an_output_that_fails_stops_the_program(device: belay.Device) -> None:
    """If what is printed cannot be written, the program is interrupted and the error is the stream's."""

    class Broken(io.StringIO):
        def write(self, _text: str) -> int:
            raise BrokenPipeError("the reader has gone")

    with pytest.raises(BrokenPipeError):
        device("while True: print('on and on')", stream_out=Broken())

    assert device("1") == 1


def test_a_deadline(device: belay.Device) -> None:
    """`timeout_s` interrupts the board's program, and the device stays usable."""
    with pytest.raises(belay.CallTimeout, match=r"longer than 0\.1 s"):
        device("while True: pass", timeout_s=0.1)

    assert device("6 * 7") == 42


def test_a_traceback_names_the_line_of_the_call(device: belay.Device) -> None:
    """Code that was given as a text is found again in the host's file."""
    with pytest.raises(ZeroDivisionError) as caught:
        device("1 / 0")

    assert isinstance(caught.value, belay.BoardException)
    text = caught.value.args[0]
    assert f'File "{__file__}", line ' in text
    assert "1 / 0" in text
    assert "_belay" not in text


def test_a_traceback_names_every_frame(device: belay.Device) -> None:
    """A call through setup, task and nested function shows each of them with its own line."""

    @device.setup
    def prepare():

        def inner(value):
            return 1 / value

    @device.task
    def outer(value):
        # a comment
        return inner(value)  # noqa: F821 - the setup's

    prepare()
    with pytest.raises(ZeroDivisionError) as caught:
        outer(0)

    lines = caught.value.args[0].splitlines()
    assert [line.strip() for line in lines if not line.startswith("  File")] == [
        "Traceback (most recent call last):",
        "return inner(value)  # noqa: F821 - the setup's",
        "return 1 / value",
        "ZeroDivisionError: divide by zero",
    ]
    assert lines[1].startswith(f'  File "{__file__}"')
    assert lines[1].endswith("in outer")
    assert lines[3].endswith("in inner")


def test_a_syntax_error_is_one(device: belay.Device) -> None:
    """What the board cannot parse raises a SyntaxError that is a BoardException."""
    with pytest.raises(SyntaxError) as caught:
        device("this is no python")

    assert isinstance(caught.value, belay.BoardException)


def test_sys_exit_ends_no_host(device: belay.Device) -> None:
    """`sys.exit` on the board is an exception with its code, and the board goes on."""
    with pytest.raises(belay.BoardSystemExit) as caught:
        device("import sys; sys.exit(3)")

    assert caught.value.code == 3
    assert device("1") == 1


def test_close_twice(device: belay.Device) -> None:
    """Closing twice is no error; a call after it says that it is closed."""
    device.close()
    device.close()

    with pytest.raises(belay.ConnectionLost, match="closed"):
        device("1")


def test_teardowns_run_in_order_whatever_fails(capsys: pytest.CaptureFixture[str]) -> None:
    """`close` tries all teardowns and raises the first failure."""
    device = belay.Device("sim:")

    @device.teardown
    def first():
        print("first")

    @device.teardown
    def second():
        raise ValueError("second")

    @device.teardown
    def third():
        print("third")

    with pytest.raises(ValueError, match="second"):
        device.close()
    assert capsys.readouterr().out == "first\nthird\n"


def test_the_blocks_error_comes_first() -> None:
    """An error inside the `with` block is not hidden by a teardown that fails too."""

    def work() -> None:
        with belay.Device("sim:") as device:

            @device.teardown
            def failing():
                raise ValueError

            raise KeyError("the block's")

    with pytest.raises(KeyError):
        work()


def test_prints_between_calls_arrive(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a timer of the board prints while no call runs is delivered as it comes."""
    came = threading.Event()

    class Listening(io.StringIO):
        def write(self, text: str) -> int:
            if "tick" in text:
                came.set()
            return super().write(text)

    monkeypatch.setattr("sys.stdout", Listening())
    with belay.Device("sim:") as device:
        device("timer = Timer(-1)\ntimer.init(period=20, callback=lambda _: print('tick'))")

        assert came.wait(10)
        assert device("1 + 1") == 2


def test_close_leaves_the_board_at_its_friendly_prompt() -> None:
    """After `close` the next tool finds the friendly prompt."""
    with serve_simulated() as board:
        belay.Device(board.path).close()
        link = open_link(board.path)
        link.write(b"\r", 1.0)
        came = b""
        while not came.endswith(b"\r\n>>> "):
            piece = link.read(5.0)
            assert piece
            came += piece
        link.close()


def test_a_board_that_was_reset_in_the_middle(device: belay.Device) -> None:
    """A reset during a call is a lost connection; tasks work again afterwards, other state is gone."""

    @device.task
    def double(value):
        return value * 2

    device("x = 1")
    with pytest.raises(belay.ConnectionLost, match="started anew"):
        device("machine.reset()")

    assert double(4) == 8
    with pytest.raises(NameError):
        device("x")


def test_host_threads_take_turns(device: belay.Device) -> None:
    """Calls from several host threads each get their own answer."""

    @device.task
    def double(value):
        return value * 2

    answers: dict[int, list[int]] = {}

    def work(start: int) -> None:
        answers[start] = [double(start + step) for step in range(25)]

    threads = [threading.Thread(target=work, args=(start * 100,)) for start in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == {start * 100: [2 * (start * 100 + step) for step in range(25)] for start in range(6)}


def test_a_proxy(device: belay.Device) -> None:
    """A proxy stands for an object: called on the board, fetched by the device, given to a task."""

    @device.task
    def first(values):
        return values[0]

    device("table = {'a': [1, 2, 3]}")
    table = device.proxy("table")

    assert device(table["a"]) == [1, 2, 3]
    assert table["a"].index(3) == 2
    assert first(table["a"]) == 1
    assert repr(table) == f"<ProxyObject dict of {device!r}>"


def test_repr_says_which() -> None:
    """`repr` names the address."""
    with belay.Device("sim:") as device:
        assert repr(device) == "Device('sim:')"


def test_output_that_nobody_asks_for(capsys: pytest.CaptureFixture[str]) -> None:
    """A writer that drops shows nothing any more, also of what it held back."""
    writer = OutputWriter()
    writer(b"shown\r")
    writer.drop()
    writer(b"\ndropped")
    writer.end()

    assert capsys.readouterr().out == "shown"


def test_a_subclass_may_use_the_names_of_verbs_for_itself(tmp_path: Path) -> None:
    """What a device does by itself looks no public name up: whatever a subclass calls its own, the rest works."""
    (tmp_path / "note.txt").write_text("x")

    class Own(belay.Device):
        fs = events = aio = implementation = simulated = proxy = batch = sync_time = time_offset = None  # type: ignore[assignment]
        soft_reset = terminal = wait_for_board = sync_dependencies = None  # type: ignore[assignment]

        @belay.Device.setup(autoinit=True)
        def prepare():
            value = 1  # noqa: F841 - the board's global

        @belay.Device.task
        def double(number):  # noqa: N805 - a task takes no `self`
            return number * 2

        @belay.Device.teardown
        def end():
            value = 0  # noqa: F841 - the board's global

    with Own("sim:") as device:
        assert (device.double(4), device("value")) == (8, 1)
        assert [action.path for action in device.sync(tmp_path).actions] == ["/note.txt"]
        device.reconnect()
        assert (device.double(4), device("value", return_time=True)[0]) == (8, 1)
        assert device("open('/note.txt').read()") == "x"
