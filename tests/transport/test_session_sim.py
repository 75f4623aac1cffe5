"""A session against a real MicroPython: the on-board wrapper, raw paste, Ctrl-C, threads on both sides."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest

from belay.onboard import board_code
from belay_transport.errors import CallTimeout, ConnectionLost, ProtocolError
from belay_transport.opening import open_link, serve_simulated
from belay_transport.session import Session
from belay_transport.sim import SimOptions, open_sim

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from belay_transport.links import Link

COUNTING = """\
import sys
calls = []
def count(value):
    calls.append(value)
    return value
def write(data):
    sys.stdout.buffer.write(data)
"""

NASTY = {
    "no newline": b"50%",
    "a spoofed prefix": b"_BELAYR|0|7\r\n",
    "0x04": b"a\x04b",
    "0x04 at the end": b"\x04",
    "an end": b"\x04\x04>",
    "a traceback": b"\x04Traceback (most recent call last):\r\nKeyboardInterrupt: \r\n\x04>",
    "a raw banner": b"raw REPL; CTRL-B to exit\r\n>",
    "a friendly banner": b'Type "help()" for more information.\r\n>>> ',
    "every byte": bytes(range(256)),
}


class ChangingLink:
    """A link that lets a test change what comes, read by read.

    Attributes:
        change: takes what was read, returns what is read instead.
    """

    def __init__(self, link: Link) -> None:
        self._link = link
        self.change: Callable[[bytes], bytes] = bytes
        self.description = link.description
        self.flow_control = link.flow_control
        self.simulated = getattr(link, "simulated", None)
        self.wake = link.wake
        self.close = link.close
        self.write = link.write

    def read(self, timeout_s: float | None) -> bytes:
        """Read, and change what came."""
        return self.change(self._link.read(timeout_s))


class Bench:
    """A session with a board that knows the wrapper and counts calls."""

    def __init__(self, options: SimOptions, *, timeout_s: float) -> None:
        self.link = ChangingLink(open_sim(options))
        self.output = bytearray()
        self.session = Session(self.link, output=self.output.extend, timeout_s=timeout_s)

    def teach(self) -> None:
        """Bring the board the wrapper and the functions of these tests."""
        self.session.enter()
        self.session.call(
            "lambda:0", prefix=board_code("runtime").replace("TOKEN", self.session.token) + COUNTING
        )
        self.output.clear()

    def value(self, expression: str, **options: float) -> str:
        """Return the text of an expression's value."""
        return self.session.call(f"lambda:{expression}", **options).replies[0].payload.decode()  # type: ignore[arg-type] # timeouts


@contextmanager
def benched(options: SimOptions = SimOptions(), *, timeout_s: float = 10.0) -> Iterator[Bench]:  # noqa: B008 - an immutable value
    """Open a bench, and close it whatever happens."""
    bench = Bench(options, timeout_s=timeout_s)
    with closing(bench.session):
        bench.teach()
        yield bench


@pytest.fixture(scope="module")
def shared() -> Iterator[Bench]:
    """Return a bench that tests share which leave the board as they found it."""
    with benched() as bench:
        yield bench


@pytest.fixture
def bench() -> Iterator[Bench]:
    """Return a bench of the test's own."""
    with benched() as bench:
        yield bench


class TestReplies:
    """The wrapper on the board and the frames."""

    def test_values_and_failures(self, shared: Bench) -> None:
        """A batch brings each value, and ends with the first failure."""
        answer = shared.session.call("lambda:1,lambda:'ä\\n',lambda:1/0,lambda:2", replies=4)

        assert [reply.kind for reply in answer.replies] == ["vint", "vstr", "e"]
        assert [reply.payload.decode() for reply in answer.replies[:2]] == ["1", r"'\xe4\n'"]
        assert b"ZeroDivisionError" in answer.replies[2].payload

    @pytest.mark.parametrize("size", [1023, 1024, 1025, 100_000])
    def test_long_values(self, shared: Bench, size: int) -> None:
        """A value of any length comes whole."""
        assert shared.value(f"'x'*{size}") == repr("x" * size)

    @pytest.mark.parametrize("printed", NASTY.values(), ids=NASTY)
    def test_any_output(self, shared: Bench, printed: bytes) -> None:
        """Any output comes byte for byte, and the reply behind it."""
        shared.output.clear()

        value = shared.value(f"(write({printed!r}), 5)[1]")

        assert value == "5"
        assert bytes(shared.output) == printed

    def test_much_output(self, shared: Bench) -> None:
        """A megabyte of any bytes comes as it was written."""
        shared.output.clear()

        shared.value("[write(bytes((i+j*7)&255 for j in range(1000))) for i in range(200)] and 1")

        assert bytes(shared.output) == bytes((i + j * 7) & 255 for i in range(200) for j in range(1000))

    @pytest.mark.parametrize(
        "change",
        [
            lambda data: data.replace(b"x", b"y", 1),
            lambda data: data.replace(b"\x03", b"", 1),
            lambda data: data.replace(b";", b":", 1),
            lambda data: data[: len(data) // 2],
            lambda data: data + data,
        ],
        ids=["changed", "no end", "no header", "half", "twice"],
    )
    def test_a_damaged_reply(self, shared: Bench, change: Callable[[bytes], bytes]) -> None:
        """A reply that the wire damages is asked for again, and the call runs once."""
        changes = [lambda data: change(data) if b"\x02" in data else data]

        def once(data: bytes) -> bytes:
            if b"vstr" not in data or not changes:
                return data
            return changes.pop()(data)

        shared.value("calls.clear()")
        shared.link.change = once
        try:
            value = shared.value("count('x'*3000)", timeout_s=20)
            count = shared.value("len(calls)")
        finally:
            shared.link.change = bytes

        assert value == repr("x" * 3000)
        assert count == "1"
        assert changes == []

    def test_a_call_on_a_board_that_forgot(self, bench: Bench) -> None:
        """After a soft reset the board knows no wrapper, and says so."""
        bench.session.soft_reset()

        answer = bench.session.call("lambda:1")

        assert (answer.replies, answer.started) == ([], False)
        assert "NameError: name '_belay' isn't defined" in answer.error


class TestSending:
    """Code on its way to the board."""

    @pytest.mark.parametrize("size", [0, 1, 127, 128, 129, 2040, 2048, 2049, 4096, 20_000])
    def test_code_of_any_length(self, shared: Bench, size: int) -> None:
        """Code of any length runs once, and nothing of the way it was sent shows in the output."""
        shared.output.clear()

        error = shared.session.run("#" * size + "\nprint('x')")

        assert error == ""
        assert bytes(shared.output) == b"x\r\n"

    def test_no_code(self, shared: Bench) -> None:
        """Empty code does nothing; in particular it does not reset the board."""
        shared.session.run("kept = 1")

        error = shared.session.run("")

        assert error == ""
        assert shared.value("kept") == "1"

    @pytest.mark.parametrize("size", [0, 3000])
    @pytest.mark.parametrize("place", ["front", "end"])
    def test_a_syntax_error(self, shared: Bench, size: int, place: str) -> None:
        """A syntax error, wherever it stands in short or long code, is told, and nothing has run."""
        shared.output.clear()
        padding = "\n" + "#" * 99 + "\n"
        wrong = "print('ran')\n((]"
        code = padding * (size // 100) + wrong if place == "end" else wrong + padding * (size // 100)

        error = shared.session.run(code)

        assert "SyntaxError" in error
        assert bytes(shared.output) == b""
        assert shared.value("7") == "7"

    @pytest.mark.parametrize("size", [0, 3000])
    def test_a_syntax_error_around_a_call(self, shared: Bench, size: int) -> None:
        """A call that does not compile is told as what it is."""
        answer = shared.session.call("lambda:((]", prefix="#" * size + "\n")

        assert "SyntaxError" in answer.error
        assert not answer.started

    def test_line_ends_do_not_count_twice(self, shared: Bench) -> None:
        """Code with other line ends has the same line numbers."""
        error = shared.session.run("a = 1\r\nb = 2\rraise ValueError\r\n")

        assert 'File "<stdin>", line 3' in error

    @pytest.mark.parametrize("size", [100, 3000])
    def test_a_wire_without_flow_control(self, size: int) -> None:
        """A board whose small receive buffer overflows gets all code all the same."""
        with benched(SimOptions(ring_bytes=260, baud=1_152_000, flow_control=False)) as bench:
            bench.output.clear()

            error = bench.session.run("a = '" + "x" * size + "'\nprint(len(a))")

        assert error == ""
        assert bytes(bench.output) == b"%d\r\n" % size


class TestInterrupting:
    """Programs that run for ever."""

    def test_a_deadline(self, shared: Bench) -> None:
        """A program that runs too long is interrupted, and the session goes on."""
        shared.session.run("def forever():\n    while True:\n        pass\n")

        with pytest.raises(CallTimeout, match=r"ran longer than 0\.05 s and was interrupted"):
            shared.value("forever()", timeout_s=0.05)

        assert shared.value("8") == "8"

    def test_a_deadline_for_a_program_that_prints(self, shared: Bench) -> None:
        """A program that prints without end is interrupted too."""
        shared.session.run("def chatter():\n    while True:\n        print('tick')\n")

        with pytest.raises(CallTimeout):
            shared.value("chatter()", timeout_s=0.05)

        assert shared.value("8") == "8"

    def test_a_deadline_in_plain_code(self, shared: Bench) -> None:
        """Plain code is interrupted just so."""
        with pytest.raises(CallTimeout):
            shared.session.run("while True: pass", timeout_s=0.05)

        assert shared.value("8") == "8"

    def test_a_program_that_catches_some_ctrl_c(self, shared: Bench) -> None:
        """A program that catches the first Ctrl-C gets another one."""
        shared.session.run(
            "def hardy():\n"
            "    try:\n"
            "        while True: pass\n"
            "    except KeyboardInterrupt:\n"
            "        print('once')\n"
            "        while True: pass\n"
        )
        shared.output.clear()

        with pytest.raises(CallTimeout):
            shared.value("hardy()", timeout_s=0.05)

        assert bytes(shared.output) == b"once\r\n"
        assert shared.value("8") == "8"

    def test_a_program_that_ignores_ctrl_c(self) -> None:
        """A program that ignores Ctrl-C is an error with advice; the next call says that it still runs."""
        with benched(timeout_s=0.7) as bench:
            bench.session.run(
                "def deaf():\n    import micropython\n    micropython.kbd_intr(-1)\n    while True: pass\n"
            )

            with pytest.raises(ProtocolError, match=r"did not stop within 0\.7 s") as first:
                bench.value("deaf()", timeout_s=0.05)
            with pytest.raises(ProtocolError, match="while entering the raw REPL") as second:
                bench.value("1")

        assert "reset button" in str(first.value.hint)
        assert "reset button" in str(second.value.hint)

    def test_ctrl_c_on_the_host(self) -> None:
        """Ctrl-C ends the board's program and waits for that; then it is raised, and the session goes on."""
        program = subprocess.Popen(
            [sys.executable, "-c", INTERRUPTED_PROGRAM], stdout=subprocess.PIPE, text=True
        )
        with program:
            try:
                assert program.stdout is not None
                first = program.stdout.readline()
                os.kill(program.pid, signal.SIGINT)
                rest = program.communicate(timeout=30)[0]
            finally:
                program.kill()

        assert first == "running\n"
        assert rest.splitlines() == ["cleaning up", "KeyboardInterrupt", "42"]
        assert program.returncode == 0


INTERRUPTED_PROGRAM = """\
import signal
import sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background has it ignored
from belay.onboard import board_code
from belay_transport.session import Session
from belay_transport.sim import SimOptions, open_sim

def show(data):
    sys.stdout.write(data.decode().replace("\\r", ""))
    sys.stdout.flush()

session = Session(open_sim(SimOptions()), output=show)
session.enter()
session.call("lambda:0", prefix=board_code("runtime").replace("TOKEN", session.token))
session.run('''
def forever():
    print("running")
    try:
        while True:
            pass
    finally:
        print("cleaning up")
''')
try:
    session.call("lambda:forever()")
except KeyboardInterrupt:
    print("KeyboardInterrupt")
print(session.call("lambda:42").replies[0].payload.decode())
session.close()
"""


class TestThreads:
    """Threads on both sides of the wire."""

    def test_eight_host_threads(self, shared: Bench) -> None:
        """Eight threads that make fifty calls each get the right answers, all of them."""
        wrong: list[str] = []
        done: list[int] = []

        def work(name: int) -> None:
            for i in range(50):
                value = shared.value(f"count({name * 1000 + i})")
                if value != str(name * 1000 + i):
                    wrong.append(value)
            done.append(name)

        shared.value("calls.clear()")
        threads = [threading.Thread(target=work, args=(name,)) for name in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)

        assert wrong == []
        assert sorted(done) == list(range(8))
        assert shared.value("len(calls) == len(set(calls)) and len(calls)") == "400"

    def test_a_thread_of_the_board_that_prints(self, bench: Bench) -> None:
        """A board thread that prints every millisecond disturbs no call; it is heard in calls and between."""
        between = threading.Event()
        calling = True

        def hear(data: bytes) -> None:
            bench.output.extend(data)
            if not calling and b"tick" in data:
                between.set()

        bench.session._talk._output = hear
        bench.session.listen()
        bench.session.run(
            "import _thread, time\n"
            "go = True\n"
            "def ticker():\n"
            "    while go:\n"
            "        print('tick;', end='')\n"
            "        time.sleep_ms(1)\n"
            "_thread.start_new_thread(ticker, ())\n"
        )

        values = [bench.value(f"count({i})") for i in range(200)]
        calling = False
        heard = between.wait(20)
        calling = True
        long_value = bench.value("'y'*50000")
        bench.session.run("go = False\ntime.sleep_ms(20)\n")

        assert values == [str(i) for i in range(200)]
        assert heard
        assert long_value == repr("y" * 50000)
        assert bench.value("len(calls)") == "200"
        assert re.fullmatch(rb"(tick;)*", bytes(bench.output))

    def test_closing_while_a_call_runs(self) -> None:
        """Closing from another thread ends the program and the call."""
        bench = Bench(SimOptions(), timeout_s=10.0)
        running = threading.Event()
        errors: list[str] = []

        def call() -> None:
            try:
                bench.session.run("print('running')\nwhile True: pass", output=lambda _: running.set())
            except ConnectionLost as error:
                errors.append(str(error))

        caller = threading.Thread(target=call)
        caller.start()
        heard = running.wait(20)
        bench.session.close()
        caller.join(20)

        assert heard
        assert errors == ["simulated board was closed while a call ran; its program was interrupted"]


class TestPrompts:
    """Entering, resetting, leaving."""

    def test_a_busy_main_py(self, bench: Bench) -> None:
        """A board whose `main.py` runs for ever is taken over by the next call."""
        bench.session.run("with open('main.py', 'w') as f: f.write('print(\"main\")\\nwhile True: pass\\n')")
        heard = threading.Event()

        def hear(data: bytes) -> None:
            bench.output.extend(data)
            if b"main" in bench.output:
                heard.set()

        bench.session._talk._output = hear
        bench.session.listen()
        bench.session.run_main()
        came = heard.wait(20)
        error = bench.session.run("print('mine')")

        assert came
        assert error == ""
        assert bytes(bench.output).endswith(b"mine\r\n")

    def test_soft_resets_forget(self, bench: Bench) -> None:
        """A soft reset forgets what the board held, and runs `boot.py` but not `main.py`."""
        bench.session.run("gone = 1\nopen('main.py', 'w').write('open(\"ran\", \"w\")')")

        bench.session.soft_reset()

        assert "NameError" in bench.session.run("gone")
        assert "OSError" in bench.session.run("open('ran')")

    @pytest.mark.parametrize("code", ["raise SystemExit", "import machine; machine.soft_reset()"])
    def test_a_program_that_resets_the_board(self, bench: Bench, code: str) -> None:
        """Plain code that resets the board ends with an error that says so; the next code runs."""
        with pytest.raises(ConnectionLost, match="started anew while code ran"):
            bench.session.run(code)

        assert bench.session.run("print(1)") == ""

    def test_a_hard_reset_in_a_call(self, bench: Bench) -> None:
        """A call that resets the board ends with an error that says so; the board can be taught again."""
        with pytest.raises(ConnectionLost):
            bench.value("__import__('machine').reset()", timeout_s=20)

        bench.teach()
        assert bench.value("9") == "9"

    @pytest.mark.parametrize("name", ["boot.py", "main.py"])
    @pytest.mark.parametrize(
        "end", ["raise SystemExit", "import machine; machine.soft_reset()", "import machine; machine.reset()"]
    )
    def test_a_board_that_resets_itself_for_ever(self, bench: Bench, name: str, end: str) -> None:
        """A board whose files reset it at once is entered all the same."""
        bench.session.run(f"with open({name!r}, 'w') as f: f.write('print(1)\\n{end}')")
        bench.link.simulated.restart()

        bench.session.enter()

        assert bench.session.run("print('mine')") == ""
        assert bytes(bench.output).endswith(b"mine\r\n")

    def test_closing_leaves_the_friendly_prompt(self) -> None:
        """A board that was left waits at its friendly prompt: what comes last is that."""
        bench = Bench(SimOptions(), timeout_s=10.0)
        last = bytearray()
        bench.link.change = lambda data: last.extend(data) or data  # type: ignore[func-returns-value] # extend, then data

        bench.session.run("print(1)")
        bench.session.close()

        assert bytes(last).endswith(b">>> ")


def test_code_that_is_left_to_itself() -> None:
    """It runs on while nobody asks and when the session is closed; the next call interrupts it."""
    with serve_simulated() as board:
        session = Session(open_link(board.path))
        session.enter()
        session.start("count = 0\nwhile True: count += 1")
        session.close()

        session = Session(open_link(board.path))
        try:
            session.enter()
            output = bytearray()
            session.run("print(count > 0)", output=output.extend)
        finally:
            session.close()

    assert bytes(output) == b"True\r\n"


def test_code_that_has_ended_at_once() -> None:
    """It is over before anybody could see it run, which is no failure, and the session goes on."""
    with serve_simulated() as board:
        session = Session(open_link(board.path))
        session.enter()
        output = bytearray()
        session.start("x = 7")
        session.run("print(x)", output=output.extend)
        session.close()

    assert bytes(output) == b"7\r\n"


def test_code_that_ends_when_nobody_is_there() -> None:
    """The board comes to its friendly prompt then, where any tool finds it."""
    with serve_simulated() as board:
        session = Session(open_link(board.path))
        session.enter()
        session.start("import time\ntime.sleep(0.1)")
        session.close()
        link = open_link(board.path)
        seen = b""
        while b">>> " not in seen:
            piece = link.read(20)
            assert piece, seen
            seen += piece
        link.close()


def test_code_that_the_board_does_not_take() -> None:
    """A board that does not answer when code comes is told as for every other step."""
    with serve_simulated() as board:
        session = Session(open_link(board.path), timeout_s=0.2)
        session.enter()
        session.link.write = lambda *_: None  # type: ignore[method-assign] # a wire that is cut in one direction
        with pytest.raises(ProtocolError, match="did not answer"):
            session.start("x = 1\n" * 1000)
        del session.link.write
        session.close()
