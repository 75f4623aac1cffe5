"""A program on a real MicroPython that talks with the host while it runs: notes one way, data the other."""

from __future__ import annotations

import threading
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from belay.onboard import board_code
from belay_transport.errors import CallTimeout
from belay_transport.session import Session
from belay_transport.sim import SimOptions, open_sim

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from belay_transport.repl import Note

HELPERS = """\
import sys
def credit(number):
    sys.stdout.write("\\2TOKENx;%x\\3" % number)
def take(blocks, size):
    total = 0
    for number in range(blocks):
        credit(number)
        total += sum(sys.stdin.buffer.read(size))
    return total
def fail(size):
    credit(0)
    sys.stdin.buffer.read(1)
    return 1 / 0
def later():
    __import__("time").sleep_ms(50)
    _belay_s(4, "mevent", b"between calls")
"""


class Bench:
    """A session with a board that knows the wrapper and the functions of these tests."""

    def __init__(self) -> None:
        self.output = bytearray()
        self.messages: list[Note] = []
        self.heard: Callable[[], None] = lambda: None
        self.session = Session(open_sim(SimOptions()), output=self.output.extend, listen=self._hear)
        self.session.enter()
        code = (board_code("runtime") + HELPERS).replace("TOKEN", self.session.token)
        self.session.call("lambda:0", prefix=code)

    def _hear(self, note: Note) -> None:
        self.messages.append(note)
        self.heard()


@pytest.fixture
def bench() -> Iterator[Bench]:
    """Return a bench of the test's own."""
    bench = Bench()
    with closing(bench.session):
        yield bench


def test_data_follow_each_note(bench: Bench) -> None:
    """Each note of the running call brings it what `respond` returns, and the reply comes as ever."""
    numbers: list[int] = []

    def respond(note: Note) -> bytes:
        numbers.append(note.number)
        return bytes([note.number + 10] * 100)

    answer = bench.session.call("lambda:take(5,100)", respond=respond, timeout_s=10)

    assert numbers == [0, 1, 2, 3, 4]
    assert answer.replies[0].payload == b"6000"


def test_the_time_begins_anew_with_each_note(bench: Bench) -> None:
    """A program that gets no data is interrupted after `timeout_s`, and the session is usable."""
    with pytest.raises(CallTimeout):
        bench.session.call("lambda:take(2,100)", respond=lambda _note: b"x" * 50, timeout_s=0.05)

    assert bench.session.call("lambda:6*7").replies[0].payload == b"42"


def test_data_that_a_failed_program_left_unread_are_no_code(bench: Bench) -> None:
    """What was sent to a program that failed early is thrown away, and the next call works."""
    answer = bench.session.call("lambda:fail(9)", respond=lambda _note: b"x=1\r\n" * 200, timeout_s=10)

    assert answer.replies[0].kind == "e"
    assert bench.session.call("lambda:'x' in globals()").replies[0].payload == b"False"


def test_an_error_while_responding_ends_the_program(bench: Bench) -> None:
    """When the host cannot go on, the board's program is interrupted, and the session is usable."""

    def respond(_note: Note) -> bytes:
        raise OSError("the file is gone")

    with pytest.raises(OSError, match="the file is gone"):
        bench.session.call("lambda:take(2,100)", respond=respond, timeout_s=10)

    assert bench.session.call("lambda:6*7").replies[0].payload == b"42"


def test_messages_go_to_the_listener(bench: Bench) -> None:
    """A message is for the session's listener, during a call and between calls, and no output."""
    come = threading.Event()
    bench.heard = come.set

    bench.session.call("lambda:_belay_s(3,'mevent',b'in a call')")
    during = list(bench.messages)
    come.clear()
    bench.session.call("lambda:__import__('_thread').start_new_thread(later,())and None")
    bench.session.listen()
    assert come.wait(10)

    assert [(note.number, note.kind, note.payload) for note in during] == [(3, "mevent", b"in a call")]
    assert [(note.number, note.payload) for note in bench.messages[1:]] == [(4, b"between calls")]
    assert bench.output == b""


def test_notes_that_nobody_asked_for_are_dropped(bench: Bench) -> None:
    """A note to a call that gives no `respond` is neither output nor an error."""
    answer = bench.session.call("lambda:credit(1)")

    assert answer.replies[0].payload == b"None"
    assert bench.output == b""
