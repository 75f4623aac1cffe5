"""The idle reader delivers what a board prints between calls, gives way to callers, and survives handlers."""

from __future__ import annotations

import logging
import queue
import threading
from typing import TYPE_CHECKING

import pytest

from belay_transport.errors import ConnectionLost
from belay_transport.idle import IdleReader
from belay_transport.repl import Reply
from belay_transport.repl.board import BoardRepl
from belay_transport.repl.wrapper import BoardWrapper, Called
from belay_transport.session import Session
from belay_transport.testing import ScriptedLink

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WAIT_S = 20


class SignallingReader(IdleReader):
    """A reader that tells when it goes to sleep."""

    parked: threading.Event

    def _park(self) -> None:
        self.parked.set()
        super()._park()


class SignallingLink(ScriptedLink):
    """A link that tells when somebody reads without an end."""

    reading: threading.Event

    def read(self, timeout_s: float | None) -> bytes:
        """Read, and tell."""
        if timeout_s is None:
            self.reading.set()
        return super().read(timeout_s)


class Bench:
    """An idle reader, what it delivers, and the link that it reads."""

    def __init__(self) -> None:
        self.link = SignallingLink()
        self.link.reading = threading.Event()
        self.lock = threading.RLock()
        self.heard: queue.Queue[bytes] = queue.Queue()
        self.handler: Callable[[bytes], None] = self.heard.put
        self.parked = threading.Event()
        self.reader = SignallingReader(self.lock, self.link, self._deliver)
        self.reader.parked = self.parked

    def _deliver(self, data: bytes) -> None:
        self.handler(data)


@pytest.fixture
def bench() -> Iterator[Bench]:
    """Return a bench, and end its thread."""
    made = Bench()
    yield made
    made.reader.stop()


class TestReader:
    """The reader alone."""

    def test_what_comes_is_delivered(self, bench: Bench) -> None:
        """Bytes are delivered as they come."""
        bench.reader.start()

        bench.link.feed(b"one")
        first = bench.heard.get(timeout=WAIT_S)
        bench.link.feed(b"two")

        assert (first, bench.heard.get(timeout=WAIT_S)) == (b"one", b"two")

    def test_a_second_start_is_no_error(self, bench: Bench) -> None:
        """One thread reads, however often it is started."""
        before = threading.active_count()

        bench.reader.start()
        bench.reader.start()

        assert threading.active_count() == before + 1

    def test_a_start_after_the_end_does_nothing(self, bench: Bench) -> None:
        """A reader that was stopped stays so."""
        bench.reader.stop()

        bench.reader.start()

        assert bench.reader._thread is None

    def test_it_gives_way(self, bench: Bench) -> None:
        """A caller gets the lock at once, although the reader waits for bytes that never come."""
        bench.reader.start()
        reading = bench.link.reading.wait(WAIT_S)

        bench.reader.give_way()
        got = bench.lock.acquire(timeout=WAIT_S)
        if got:
            bench.lock.release()
        bench.reader.resume()
        bench.link.feed(b"two")

        assert reading
        assert got
        assert bench.heard.get(timeout=WAIT_S) == b"two"

    def test_it_does_not_read_while_somebody_calls(self, bench: Bench) -> None:
        """What comes while a caller is there is the caller's."""
        bench.reader.start()
        bench.reader.give_way()
        with bench.lock:
            bench.link.feed(b"mine")
            mine = bench.link.read(0) or bench.link.read(0)
        bench.reader.resume()
        bench.link.feed(b"yours")

        assert mine == b"mine"
        assert bench.heard.get(timeout=WAIT_S) == b"yours"

    def test_it_sleeps_through_a_long_call(self, bench: Bench) -> None:
        """While a call lasts the reader sleeps, and its end wakes it."""
        bench.reader.start()
        bench.reader.give_way()
        slept = bench.parked.wait(WAIT_S)

        bench.reader.resume()
        bench.link.feed(b"after")

        assert slept
        assert bench.heard.get(timeout=WAIT_S) == b"after"

    def test_a_caller_that_never_came_back(self, bench: Bench) -> None:
        """A caller that Ctrl-C stopped before it could say so is forgotten with its next call."""
        bench.reader.start()
        bench.reader.give_way()

        bench.reader.give_way()
        bench.reader.resume()
        bench.link.feed(b"after")

        assert bench.heard.get(timeout=WAIT_S) == b"after"

    def test_a_handler_that_raises_is_logged(self, bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
        """A handler that fails is logged, with its traceback, and reading goes on."""
        failed = threading.Event()

        def broken(_: bytes) -> None:
            bench.handler = bench.heard.put
            failed.set()
            raise OSError("the disk is full")

        bench.handler = broken
        with caplog.at_level(logging.ERROR, "belay.session"):
            bench.reader.start()
            bench.link.feed(b"one")
            failed.wait(WAIT_S)
            bench.link.feed(b"two")
            heard = bench.heard.get(timeout=WAIT_S)

        assert heard == b"two"
        assert "the output handler failed between calls" in caplog.text
        assert "the disk is full" in caplog.text

    def test_the_end_of_the_link_ends_it(self, bench: Bench) -> None:
        """A link that breaks ends the reader quietly; what came before is delivered."""
        bench.reader.start()
        bench.link.feed(b"last")
        bench.link.break_wire("unplugged")

        heard = bench.heard.get(timeout=WAIT_S)
        assert bench.reader._thread is not None
        bench.reader._thread.join(WAIT_S)

        assert heard == b"last"
        assert not bench.reader._thread.is_alive()

    def test_stopping_ends_the_thread(self, bench: Bench) -> None:
        """Stopping ends the thread in any state, and twice is no error."""
        bench.reader.start()
        bench.link.feed(b"one")
        bench.heard.get(timeout=WAIT_S)

        bench.reader.stop()
        bench.reader.stop()

        assert bench.reader._thread is not None
        assert not bench.reader._thread.is_alive()

    def test_stopping_in_a_handler(self, bench: Bench) -> None:
        """A handler may stop the reader that called it."""

        def stop(data: bytes) -> None:
            bench.reader.stop()
            bench.heard.put(data)

        bench.handler = stop
        bench.reader.start()
        bench.link.feed(b"one")

        heard = bench.heard.get(timeout=WAIT_S)
        assert bench.reader._thread is not None
        bench.reader._thread.join(WAIT_S)

        assert heard == b"one"
        assert not bench.reader._thread.is_alive()


class SessionBench:
    """A session that listens, and a board in memory."""

    def __init__(self) -> None:
        self.wrapper = BoardWrapper(lambda arguments: Called(b"out;", [("vint", arguments)]))
        self.board = BoardRepl(self.wrapper.run)
        self.link = ScriptedLink(board=self.board.feed)
        self.heard: queue.Queue[bytes] = queue.Queue()
        self.handler: Callable[[bytes], None] = self.heard.put
        self.session = Session(self.link, output=self._hear)
        self.wrapper.token = self.session.token.encode()
        self.session.enter()
        self.session.listen()

    def _hear(self, data: bytes) -> None:
        self.handler(data)


@pytest.fixture
def listening() -> Iterator[SessionBench]:
    """Return a session that listens, and close it."""
    made = SessionBench()
    yield made
    made.session.close()


class TestSession:
    """The reader between the calls of a session."""

    def test_output_between_calls(self, listening: SessionBench) -> None:
        """What a board prints between calls is delivered between calls, and calls go on."""
        heard = []
        for i in range(20):
            listening.link.feed(b"tick%d;" % i)
            heard.append(listening.heard.get(timeout=WAIT_S))
            reply = listening.session.call(str(i)).replies[0]
            heard.append(listening.heard.get(timeout=WAIT_S))
            assert reply == Reply(i, "vint", b"%d" % i)

        assert heard == [data for i in range(20) for data in (b"tick%d;" % i, b"out;")]

    def test_the_prompt_of_the_last_call_is_not_heard(self, listening: SessionBench) -> None:
        """The prompt behind a call is no output, whoever reads it."""
        listening.session.call("1")
        listening.heard.get(timeout=WAIT_S)
        listening.link.feed(b"tick;")

        assert listening.heard.get(timeout=WAIT_S) == b"tick;"

    def test_a_restart_between_calls(self, listening: SessionBench) -> None:
        """A board that restarts between two calls is entered anew by the next one."""
        listening.board.mode = "friendly"
        listening.link.feed(b'MicroPython v1.28.0\r\nType "help()" for more information.\r\n>>> ')
        listening.heard.get(timeout=WAIT_S)

        reply = listening.session.call("1").replies[0]

        assert reply == Reply(0, "vint", b"1")

    def test_a_link_that_breaks_between_calls(self, listening: SessionBench) -> None:
        """After a break that the reader met, the next call says so at once and why."""
        listening.link.break_wire("unplugged")
        thread = listening.session._turns.idle._thread
        assert thread is not None
        thread.join(WAIT_S)
        before = len(listening.link.writes)

        with pytest.raises(ConnectionLost, match=r"the link is no longer there: .*unplugged"):
            listening.session.call("1")

        assert len(listening.link.writes) == before

    def test_closing_in_a_handler_between_calls(self, listening: SessionBench) -> None:
        """A handler may close the session from the reader's thread."""
        closed = threading.Event()

        def close(_: bytes) -> None:
            listening.session.close()
            closed.set()

        listening.handler = close
        listening.link.feed(b"tick")

        assert closed.wait(WAIT_S)
        assert listening.link.closed
        assert listening.board.mode == "friendly"

    def test_calling_in_a_handler_between_calls(self, listening: SessionBench) -> None:
        """A handler may call from the reader's thread, where no other call is under way."""
        answers: queue.Queue[bytes] = queue.Queue()

        def call(_: bytes) -> None:
            listening.handler = listening.heard.put
            answers.put(listening.session.call("7").replies[0].payload)

        listening.handler = call
        listening.link.feed(b"tick")

        assert answers.get(timeout=WAIT_S) == b"7"
        assert listening.session.call("8").replies[0].payload == b"8"
