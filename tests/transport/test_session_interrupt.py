"""A call that another thread ends: on a real MicroPython."""

from __future__ import annotations

import threading
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from belay.onboard import board_code
from belay_transport.errors import CallInterrupted, CallTimeout, ProtocolError
from belay_transport.session import Session
from belay_transport.sim import SimOptions, open_sim

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WAIT_S = 30

LOOP = "print('runs')\nwhile True:\n    pass"

STUBBORN = """
print('runs')
while True:
    try:
        while True:
            pass
    except KeyboardInterrupt:
        pass
"""

CATCHING = """
def catch(times):
    while times:
        try:
            while True:
                pass
        except KeyboardInterrupt:
            times -= 1
"""


@pytest.fixture
def session() -> Iterator[Session]:
    """Return a session with a fresh board."""
    session = Session(open_sim(SimOptions()))
    with closing(session):
        session.enter()
        yield session


class Caller:
    """A thread that runs code, and what became of it."""

    def __init__(self, session: Session, code: str) -> None:
        self.runs = threading.Event()
        self.error: BaseException | None = None
        self._session = session
        self._code = code
        self.thread = threading.Thread(target=self._call)
        self.thread.start()

    def _call(self) -> None:
        try:
            self._session.run(self._code, output=lambda _: self.runs.set())
        except BaseException as error:  # noqa: BLE001 - the test looks at it
            self.error = error

    def wait_for_end(self) -> BaseException | None:
        """Wait until the call has ended and return what it raised."""
        self.thread.join(WAIT_S)
        assert not self.thread.is_alive()
        return self.error


def printed(session: Session, code: str) -> bytes:
    """What code prints."""
    output = bytearray()
    assert session.run(code, output=output.extend) == ""
    return bytes(output)


def end_by_interrupt(session: Session, _caller: Caller) -> bool:
    """End the call that runs."""
    return session.interrupt()


def end_by_bar(session: Session, caller: Caller) -> bool:
    """End the calls of that thread."""
    ident = caller.thread.ident
    assert ident is not None
    return session.bar(ident)


@pytest.mark.parametrize("end", [end_by_interrupt, end_by_bar])
def test_a_call_is_ended(session: Session, end: Callable[[Session, Caller], bool]) -> None:
    """The program gets Ctrl-C, the call raises `CallInterrupted`, and the session is usable at once."""
    caller = Caller(session, LOOP)
    assert caller.runs.wait(WAIT_S)

    assert end(session, caller)
    error = caller.wait_for_end()

    assert isinstance(error, CallInterrupted)
    assert str(error) == "another thread interrupted the call to simulated board"
    assert printed(session, "print(6 * 7)") == b"42\r\n"


def test_the_program_may_clean_up(session: Session) -> None:
    """What the program does about Ctrl-C it does before the call ends."""
    caller = Caller(session, "try:\n    print('runs')\n    while True: pass\nfinally:\n    cleaned = True")
    assert caller.runs.wait(WAIT_S)

    session.interrupt()
    caller.wait_for_end()

    assert printed(session, "print(cleaned)") == b"True\r\n"


def test_between_calls_there_is_nothing_to_interrupt(session: Session) -> None:
    """Without a call that runs it says so, and the next call is not touched."""
    assert not session.interrupt()
    assert printed(session, "print(1)") == b"1\r\n"

    assert not session.interrupt()
    assert printed(session, "print(2)") == b"2\r\n"


def test_a_barred_thread_calls_when_it_is_admitted(session: Session) -> None:
    """A thread that is barred between its calls begins none until it is admitted; others call as ever."""
    ident = threading.get_ident()

    assert not session.bar(ident)
    with pytest.raises(CallInterrupted):
        session.run("print(1)")
    other = Caller(session, "print(2)")
    assert other.wait_for_end() is None
    session.admit(ident)

    assert printed(session, "print(3)") == b"3\r\n"


def test_a_barred_thread_ends_no_other_call(session: Session) -> None:
    """Barring a thread that waits for its turn leaves the call of the other alone, and its own never runs."""
    first = Caller(session, LOOP)
    assert first.runs.wait(WAIT_S)
    second = Caller(session, "print(1)")

    assert not end_by_bar(session, second)
    assert not second.runs.is_set()
    assert session.interrupt()
    errors = first.wait_for_end(), second.wait_for_end()

    assert isinstance(errors[0], CallInterrupted)
    assert isinstance(errors[1], CallInterrupted)
    assert not second.runs.is_set()


def test_a_program_that_ignores_it() -> None:
    """A program that catches Ctrl-C for ever is an error of the board, as at a deadline."""
    with closing(Session(open_sim(SimOptions()), timeout_s=0.5)) as session:
        session.enter()
        caller = Caller(session, STUBBORN)
        assert caller.runs.wait(WAIT_S)

        session.interrupt()

        assert isinstance(caller.wait_for_end(), ProtocolError)


@pytest.mark.once
def test_no_word_of_the_prompt_shows_in_the_next_call(session: Session) -> None:
    """A program that catches Ctrl-C and then ends well leaves nothing of the questions that it was asked."""
    runtime = board_code("runtime").replace("TOKEN", session.token)
    session.call("lambda:0", prefix=runtime + CATCHING, output=bytearray().extend)
    output = bytearray()

    for _ in range(6):
        with pytest.raises(CallTimeout):
            session.call("lambda:catch(3)", output=output.extend, timeout_s=0.01)
        answer = session.call("lambda:42", output=output.extend)
        assert [reply.payload for reply in answer.replies] == [b"42"]

    assert bytes(output) == b""
