"""A session against a board in memory: deadlines, Ctrl-C, threads, failures and what they say."""

from __future__ import annotations

import linecache
import logging
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from belay_transport.deadlines import LONGEST_WAIT_S
from belay_transport.errors import CallTimeout, ConnectionLost, ProtocolError
from belay_transport.repl import Reply
from belay_transport.repl.board import BoardRepl
from belay_transport.repl.wrapper import BoardWrapper, Called
from belay_transport.session import Session
from belay_transport.testing import FakeClock, ScriptedLink

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

TRACEBACK = b'Traceback (most recent call last):\r\n  File "<stdin>", line 1\r\nValueError: 1\r\n'
FRIENDLY = b'MicroPython v1.28.0\r\nType "help()" for more information.\r\n>>> '


class Bench:
    """A session, a board with a wrapper and the link between them.

    A call's argument names what it does: "value" answers 42, "print" prints and answers, "loop" runs until
    Ctrl-C, "deaf" for ever, "lose" answers nothing.
    """

    def __init__(self, *, flow_control: bool = True, timeout_s: float = 10.0, **options: object) -> None:
        self.clock = FakeClock()
        self.deaf = False
        self.wrapper = BoardWrapper(self._called)
        self.board = BoardRepl(self._run, interrupted=self._interrupted, **options)  # type: ignore[arg-type] # a table of options
        self.change: Callable[[bytes], bytes] = lambda answer: answer
        self.link = ScriptedLink(
            board=lambda data: self.change(self.board.feed(data)), clock=self.clock, flow_control=flow_control
        )
        self.output = bytearray()
        self.session = Session(self.link, output=self.output.extend, timeout_s=timeout_s, clock=self.clock)
        self.wrapper.token = self.session.token.encode()

    def _called(self, arguments: bytes) -> Called:
        self.deaf = arguments.strip() == b"deaf"
        return {
            b"value": Called(b"", [("vint", b"42")]),
            b"print": Called(b"hello\r\n", [("vint", b"42")]),
            b"two": Called(b"", [("vint", b"1"), ("vint", b"2")]),
            b"fail": Called(b"", [("e", b"'ValueError'")]),
            b"memory": Called(b"", None, b"MemoryError: \r\n"),
            b"loop": Called(b"tick\r\n", None),
            b"deaf": Called(b"tick\r\n", None),
            b"lose": Called(b"", []),
        }[arguments.strip()]

    def _run(self, code: bytes) -> tuple[bytes, bytes | None]:
        if code.startswith((b"_belay", b"prefix")) or b"_belay(" in code:
            return self.wrapper.run(code)
        if code.startswith(b"loop"):
            return b"tick\r\n", None
        return b"out\r\n", TRACEBACK if code.startswith(b"raise") else b""

    def _interrupted(self) -> tuple[bytes, bytes | None]:
        return (b"caught\r\n", None) if self.deaf else self.wrapper.interrupted()


@pytest.fixture
def bench() -> Bench:
    """Return a bench whose session has entered."""
    made = Bench()
    made.session.enter()
    return made


WAIT_S = 15
VALUE = ("vint", b"42")


class TestCalls:
    """What goes well."""

    def test_a_call_brings_its_reply(self, bench: Bench) -> None:
        """A call brings the replies of the wrapper, numbered from call to call."""
        answers = [
            bench.session.call(name, replies=1 + (name == "two")) for name in ("value", "two", "value")
        ]

        assert [answer.replies for answer in answers] == [
            [Reply(0, *VALUE)],
            [Reply(1, "vint", b"1"), Reply(2, "vint", b"2")],
            [Reply(3, *VALUE)],
        ]
        assert all(answer.started and not answer.error for answer in answers)

    def test_a_short_call_is_one_write(self, bench: Bench) -> None:
        """A short call costs one turnaround: one write, and nothing is asked before or after it."""
        before = len(bench.link.writes)

        bench.session.call("value")

        assert bench.link.writes[before:] == [b"_belay(0,value)\x04"]
        assert bench.clock() == 0.0

    def test_output_goes_where_it_is_wanted(self, bench: Bench) -> None:
        """Output goes to the call's own handler if there is one, else to the session's."""
        mine = bytearray()

        bench.session.call("print", output=mine.extend)
        bench.session.call("print")

        assert bytes(mine) == bytes(bench.output) == b"hello\r\n"

    def test_nobody_wants_the_output(self) -> None:
        """A session without an output handler drops what is printed."""
        bench = Bench()
        session = Session(bench.link, clock=bench.clock)
        bench.wrapper.token = session.token.encode()

        answer = session.call("print")

        assert answer.replies == [Reply(0, *VALUE)]

    def test_the_prefix_goes_in_front(self, bench: Bench) -> None:
        """The prefix is sent in front of the call, in the same submission."""
        bench.session.call("value", prefix="prefix=1\n")

        assert bench.board.executed[-1] == b"prefix=1\n_belay(0,value)"

    def test_plain_code(self, bench: Bench) -> None:
        """Plain code brings its output and its traceback, with newlines as Python has them."""
        errors = [bench.session.run("code"), bench.session.run("raise")]

        assert errors == ["", TRACEBACK.decode().replace("\r\n", "\n")]
        assert bytes(bench.output) == b"out\r\nout\r\n"

    def test_a_failure_ends_a_batch(self, bench: Bench) -> None:
        """A batch whose first call raises has one reply, and that is no fault of the wire."""
        answer = bench.session.call("fail", replies=3)

        assert answer.replies == [Reply(0, "e", b"'ValueError'")]

    def test_a_failure_of_the_wrapper(self, bench: Bench) -> None:
        """What the wrapper itself cannot do arrives as the text that the board printed."""
        answer = bench.session.call("memory")

        assert (answer.replies, answer.error, answer.started) == ([], "MemoryError: \n", True)

    def test_the_first_call_enters(self) -> None:
        """A session that was not entered enters with its first call."""
        bench = Bench(mode="program")

        answer = bench.session.call("value")

        assert answer.replies == [Reply(0, *VALUE)]

    def test_what_was_left_unread_is_old(self) -> None:
        """What an earlier conversation left in the link is not taken for an answer to this one."""
        bench = Bench()
        old = b"raw REPL; CTRL-B to exit\r\n>OK\x04\x04>"
        bench.link.feed(old)
        bench.link._cut = lambda _: len(old)

        bench.session.run("#" * 3000)

        assert bench.board.executed == [b"#" * 3000]
        assert bench.session._repl.window == 128

    def test_numbers_begin_anew_in_time(self, bench: Bench) -> None:
        """The numbers of calls stay small, and away from the numbers of questions."""
        bench.session._sequence = 0x1FFFFFFF

        answers = [bench.session.call("value"), bench.session.call("value")]

        assert [answer.replies[0].sequence for answer in answers] == [0, 1]

    def test_tokens_are_letters(self) -> None:
        """A token has letters only: on the board it stands behind an octal escape, which digits continue."""
        tokens = [Session(ScriptedLink()).token for _ in range(200)]

        texts = [eval(f'"\\2{token}"') for token in tokens]

        assert texts == ["\x02" + token for token in tokens]
        assert all(len(token) == 4 for token in tokens)

    @pytest.mark.parametrize("byte", [0, 1, 2, 3, 4, 5])
    def test_a_control_byte_is_refused(self, bench: Bench, byte: int) -> None:
        """Code with a byte that the REPL acts on, or a NUL, is refused before anything is sent."""
        before = bench.link.written

        with pytest.raises(ValueError, match=rf"the control byte 0x0{byte} at index 3") as caught:
            bench.session.call(f"abc{chr(byte)}")

        assert "write it as an escape in a string" in str(caught.value)
        assert bench.link.written == before

    def test_line_ends_become_newlines(self, bench: Bench) -> None:
        """No carriage return goes out: at a friendly prompt it would run a line."""
        bench.session.run("a = 'ä'\r\nb\rc\n")

        assert bench.board.executed == ["a = 'ä'\nb\nc\n".encode()]

    def test_no_code_is_no_reset(self, bench: Bench) -> None:
        """Empty code runs and does nothing; Ctrl-D alone would reset the board."""
        error = bench.session.run("")

        assert error == ""
        assert bench.board.executed == [b"\n"]
        assert bench.board.soft_resets == 0

    def test_a_wire_without_flow_control(self) -> None:
        """Long code for a board that can do neither raw paste nor flow control goes in slices with pauses."""
        bench = Bench(flow_control=False, raw_paste="refused")
        bench.session.enter()

        bench.session.run("#" * 1000)
        begin_s, before = bench.clock(), len(bench.link.writes)
        bench.session.run("#" * 1000)

        assert [len(data) for data in bench.link.writes[before:]] == [255, 255, 255, 236]
        assert bench.clock() - begin_s == pytest.approx(0.03)
        assert bench.board.executed == [b"#" * 1000] * 2

    def test_what_comes_in_a_pause_is_not_lost(self) -> None:
        """What threads of the board print while slices are sent is output."""
        bench = Bench(flow_control=False, raw_paste="refused")
        bench.session.enter()
        bench.session.run("#" * 1000)
        bench.output.clear()
        bench.change = lambda answer: answer + b"tick"

        bench.session.run("#" * 1000)
        bench.session.run("code")

        assert bytes(bench.output).count(b"tick") == 5
        assert bytes(bench.output).replace(b"tick", b"") == b"out\r\nout\r\n"

    @pytest.mark.parametrize("flow_control", [True, False])
    def test_a_wake_left_over_means_nothing(self, flow_control: bool) -> None:
        """A wake that nobody waited for ends no wait of a later call, nor a pause between slices."""
        bench = Bench(flow_control=flow_control, raw_paste="refused")
        bench.session.enter()
        bench.session.run("#" * 3000)
        begin_s = bench.clock()

        bench.link.wake()
        bench.session.run("#" * 3000, timeout_s=5)
        bench.link.wake()
        answer = bench.session.call("value", timeout_s=5)

        assert answer.replies == [Reply(0, *VALUE)]
        assert bench.clock() - begin_s == pytest.approx(0.0 if flow_control else 0.11)

    def test_what_is_sent_and_received_can_be_logged(
        self, bench: Bench, caplog: pytest.LogCaptureFixture
    ) -> None:
        """With debug logging on, what goes over the wire can be read, shortened."""
        with caplog.at_level(logging.DEBUG, "belay.session"):
            bench.session.call("value")

        assert caplog.messages[0] == r"scripted link > '_belay(0,value)\x04'"
        assert caplog.messages[1].startswith("scripted link < 'OK")


class TestDeadlines:
    """Programs that run too long, and boards that do not answer."""

    def test_a_program_is_interrupted_at_its_deadline(self, bench: Bench) -> None:
        """A call that runs too long is interrupted and raises; the session goes on."""
        with pytest.raises(CallTimeout) as caught:
            bench.session.call("loop", timeout_s=3)
        answer = bench.session.call("value")

        assert str(caught.value) == "scripted link: the program ran longer than 3 s and was interrupted"
        assert caught.value.hint == "give it more time with `timeout_s=`"
        assert bench.clock() == pytest.approx(3.0)
        assert bytes(bench.output) == b"tick\r\n"
        assert answer.replies == [Reply(1, *VALUE)]

    def test_plain_code_has_deadlines_too(self, bench: Bench) -> None:
        """Plain code that runs too long is interrupted as well."""
        with pytest.raises(CallTimeout):
            bench.session.run("loop", timeout_s=3)

        assert bench.session.run("code") == ""

    def test_a_program_that_prints_all_the_time_has_a_deadline(self, bench: Bench) -> None:
        """Output that never stops does not put a deadline off."""

        def busy(data: bytes) -> None:
            bench.clock.advance(0.1)
            if len(bench.output) < 10_000:
                bench.output.extend(data)
                if bench.board.mode == "running":
                    bench.link.feed(b"tick\r\n")

        with pytest.raises(CallTimeout):
            bench.session.call("loop", timeout_s=3, output=busy)

        assert bench.clock() < 5

    def test_code_that_is_not_taken_has_a_deadline(self, bench: Bench) -> None:
        """The deadline counts from the beginning; code that was never started is cleared away."""
        bench.change = lambda _: b""

        with pytest.raises(ProtocolError):
            bench.session.call("value", timeout_s=3)
        bench.change = lambda answer: answer
        answer = bench.session.call("value")

        assert answer.replies == [Reply(1, *VALUE)]

    def test_a_program_that_ignores_ctrl_c(self, bench: Bench) -> None:
        """A program that catches every Ctrl-C is an error that says what was tried, and what to do."""
        with pytest.raises(ProtocolError) as caught:
            bench.session.call("deaf", timeout_s=3)

        assert str(caught.value).startswith(
            "scripted link: the program did not stop within 10 s: sent Ctrl-C again and again, received "
        )
        assert "caught" in str(caught.value)
        assert caught.value.hint == "press the board's reset button or unplug it, then connect again"

    def test_after_a_program_that_ignores_ctrl_c(self, bench: Bench) -> None:
        """The next call says what is the matter while the program runs, and works once it does not."""
        with pytest.raises(ProtocolError):
            bench.session.call("deaf", timeout_s=3)

        with pytest.raises(ProtocolError) as caught:
            bench.session.call("value")
        bench.deaf = False
        answer = bench.session.call("value")

        assert "did not answer within 10 s while entering the raw REPL: sent Ctrl-C, Ctrl-C, Ctrl-A" in str(
            caught.value
        )
        assert caught.value.hint == (
            "a program on the board may catch Ctrl-C; press the board's reset button and try again"
        )
        assert len(answer.replies) == 1

    def test_nothing_answers(self) -> None:
        """A board that never says a word is an error that says so, and names what to check."""
        bench = Bench(mode="dead", timeout_s=2.0)

        with pytest.raises(ProtocolError) as caught:
            bench.session.enter()

        assert str(caught.value) == (
            "scripted link did not answer within 2 s while entering the raw REPL: "
            "sent Ctrl-C, Ctrl-C, Ctrl-A 4 times, received nothing"
        )
        assert "the address and the baud rate" in str(caught.value.hint)
        assert bench.clock() == pytest.approx(2.0)

    def test_a_board_that_keeps_restarting(self) -> None:
        """A board that starts anew again and again is an error that counts the restarts, and names the cause."""
        bench = Bench(timeout_s=2.0)
        bench.change = lambda _: b"MPY: soft reboot\r\n" * 2

        with pytest.raises(
            ProtocolError, match=r"did not answer and restarted \d+ times within 2 s"
        ) as caught:
            bench.session.enter()

        assert str(caught.value.hint).startswith(
            "its `boot.py` or `main.py` ends in a reset: start the board in"
        )

    def test_the_board_does_not_take_code(self, bench: Bench) -> None:
        """A board that does not start the code is an error that counts what was sent and shows what came."""
        bench.change = lambda _: b"?" * 1000

        with pytest.raises(ProtocolError) as caught:
            bench.session.call("value")

        assert str(caught.value) == (
            "scripted link did not answer within 10 s while waiting for the code to start: "
            f"sent 15 bytes of code and Ctrl-D, received …'{'?' * 200}'"
        )

    def test_a_reply_that_never_comes_whole(self, bench: Bench) -> None:
        """A reply that the wire damages each time is an error, and it says that the call has run."""
        bench.change = lambda answer: answer.replace(b":42", b":43")

        with pytest.raises(ProtocolError) as caught:
            bench.session.call("value")
        bench.change = lambda answer: answer
        answer = bench.session.call("value")

        assert str(caught.value) == (
            "scripted link ran the call, but 0 of 1 replies came back whole, though they were asked for again"
        )
        assert "the wire damages what it carries" in str(caught.value.hint)
        assert bench.wrapper.calls == [0, 1]
        assert answer.replies == [Reply(1, *VALUE)]

    def test_a_call_that_does_not_run(self, bench: Bench) -> None:
        """Code that ends without a word of the wrapper is an error, and it says that nothing ran."""
        bench.session.call("value")
        bench.board._run = lambda code: (b"", b"") if b"_belay(" in code else bench.wrapper.run(code)

        with pytest.raises(ProtocolError) as caught:
            bench.session.call("value")

        assert str(caught.value) == (
            "scripted link took the call and did not run it: received 0 of 1 replies and no start mark"
        )

    def test_a_board_that_starts_anew(self, bench: Bench) -> None:
        """A board that restarts while code runs is an error of its own; the session can go on."""

        def restart(_: bytes) -> None:
            if not bench.wrapper.forgetful:
                bench.board.mode = "friendly"
                bench.wrapper.forgetful = True
                bench.link.feed(FRIENDLY)

        with pytest.raises(ConnectionLost) as caught:
            bench.session.call("loop", output=restart)
        bench.wrapper.forgetful = False
        answer = bench.session.call("value")

        assert str(caught.value) == (
            "scripted link started anew while code ran; what it held in memory is gone"
        )
        assert "the next call finds the board again" in str(caught.value.hint)
        assert answer.replies == [Reply(1, *VALUE)]

    def test_a_board_that_started_anew_before(self, bench: Bench) -> None:
        """A board that restarted between two calls, unheard, is found out in half a second."""
        bench.board.mode = "friendly"
        bench.change = lambda answer: FRIENDLY + answer
        begin_s = bench.clock()

        with pytest.raises(ConnectionLost, match="started anew"):
            bench.session.call("value")

        assert bench.clock() - begin_s == pytest.approx(0.5)
        assert bench.board.executed == []


class TestResets:
    """Soft resets."""

    def test_a_soft_reset(self, bench: Bench) -> None:
        """After a soft reset the board is at its raw prompt and takes calls."""
        bench.session.soft_reset()
        answer = bench.session.call("value")

        assert bench.board.soft_resets == 1
        assert answer.replies == [Reply(0, *VALUE)]

    def test_a_soft_reset_into_a_program(self, bench: Bench) -> None:
        """A soft reset that ends in a program that runs for ever is knocked out of it."""

        def into_main(answer: bytes) -> bytes:
            if b"soft reboot" in answer:
                bench.board.mode = "program"
                return b"OK\r\nMPY: soft reboot\r\n"
            return answer

        bench.change = into_main

        bench.session.soft_reset()

        assert bench.session.call("value").replies == [Reply(0, *VALUE)]

    def test_running_main(self, bench: Bench) -> None:
        """A soft reset at the friendly prompt leaves the board to `main.py`; the next call takes it back."""
        bench.session.run_main()
        mode = bench.board.mode
        answer = bench.session.call("value")

        assert (mode, bench.board.soft_resets) == ("friendly", 1)
        assert answer.replies == [Reply(0, *VALUE)]


class TestBrokenLinks:
    """Links that break."""

    def test_a_link_that_breaks_in_a_call(self, bench: Bench) -> None:
        """A link that breaks ends the call at once, and later calls say so at once, without trying."""

        def unplug(_: bytes) -> None:
            bench.link.break_wire("unplugged")

        with pytest.raises(ConnectionLost, match="Reading from the scripted link failed: unplugged"):
            bench.session.call("loop", output=unplug)
        before = len(bench.link.writes)
        with pytest.raises(ConnectionLost) as caught:
            bench.session.call("value")

        assert str(caught.value) == (
            "the link is no longer there: Reading from the scripted link failed: unplugged"
        )
        assert caught.value.hint == "connect again"
        assert len(bench.link.writes) == before
        assert bench.clock() == 0.0

    def test_a_link_that_breaks_between_calls(self, bench: Bench) -> None:
        """A link that broke between two calls is found out by the next one, when it writes."""
        bench.link.break_wire("unplugged")

        errors = []
        for _ in range(2):
            with pytest.raises(ConnectionLost) as caught:
                bench.session.call("value")
            errors.append(str(caught.value))

        assert errors[0] == "Writing to the scripted link failed: unplugged"
        assert errors[1] == f"the link is no longer there: {errors[0]}"

    def test_a_board_that_takes_no_bytes(self, bench: Bench) -> None:
        """A board that takes nothing more is an error in time."""
        bench.link.stall()

        with pytest.raises(ConnectionLost, match="took 0 of 16 bytes in 10"):
            bench.session.call("value")

    def test_closing_a_broken_link(self, bench: Bench) -> None:
        """Closing a session whose link is gone is no error."""
        bench.link.break_wire("unplugged")
        with pytest.raises(ConnectionLost):
            bench.session.call("value")

        bench.session.close()

        assert bench.link.closed


class TestClosing:
    """Ends of sessions."""

    def test_the_board_is_left_at_its_friendly_prompt(self, bench: Bench) -> None:
        """Closing leaves the board at its friendly prompt and closes the link; twice is no error."""
        bench.session.call("value")

        bench.session.close()
        bench.session.close()

        assert bench.board.mode == "friendly"
        assert bench.link.closed

    @pytest.mark.parametrize("mode", ["program", "friendly", "raw paste"])
    def test_closing_what_was_never_entered(self, mode: str) -> None:
        """A session that never entered leaves the board at its friendly prompt too."""
        bench = Bench(mode=mode)

        bench.session.close()

        assert bench.board.mode == "friendly"

    def test_a_board_that_does_not_answer_is_closed_soon(self) -> None:
        """Closing waits two seconds at most for a board that does not answer."""
        bench = Bench(mode="dead")

        bench.session.close()

        assert bench.link.closed
        assert bench.clock() == pytest.approx(2.0)

    def test_a_board_that_has_not_answered_is_not_asked_again(self) -> None:
        """Closing waits for nothing when entering has waited for nothing already."""
        bench = Bench(mode="dead")
        with pytest.raises(ProtocolError):
            bench.session.enter()

        bench.session.close()

        assert bench.link.closed
        assert bench.clock() == pytest.approx(10.0)

    def test_ending_the_calls_of_others(self) -> None:
        """`end_calls` interrupts another thread's call and leaves the session to the one that asked."""
        bench = Bench()
        session = Session(ScriptedLink(board=bench.board.feed))
        bench.wrapper.token = session.token.encode()
        running = threading.Event()
        errors: list[BaseException] = []

        def call() -> None:
            try:
                session.call("loop", output=lambda _: running.set())
            except ConnectionLost as error:
                errors.append(error)
            try:
                session.call("value")
            except ConnectionLost as error:
                errors.append(error)

        caller = threading.Thread(target=call)
        caller.start()
        assert running.wait(20)
        session.end_calls()
        answer = session.call("value")
        caller.join(20)
        session.close()

        assert [str(error) for error in errors] == [
            "scripted link was closed while a call ran; its program was interrupted",
            "scripted link is closed",
        ]
        assert answer.replies[0].payload == b"42"

    def test_an_interrupt_that_comes_too_late(self, bench: Bench) -> None:
        """A call that has ended when it is interrupted brings its reply, and the next call is not touched."""
        answers = [
            bench.session.call("print", output=lambda _: bench.session.interrupt() and None),
            bench.session.call("value"),
        ]

        assert [answer.replies[0].payload for answer in answers] == [b"42", b"42"]

    def test_a_session_that_is_dropped_closes_its_link(self) -> None:
        """The link of a session that nobody has any more is closed before the next line."""
        link = ScriptedLink()
        session = Session(link)
        session.listen()

        del session

        assert link.closed

    def test_a_link_that_cannot_be_closed_soon(self) -> None:
        """A session that is dropped where its link's locks are taken does not wait for ever."""
        may_close, is_closed = threading.Event(), threading.Event()

        class Busy(ScriptedLink):
            def close(self) -> None:
                may_close.wait()
                is_closed.set()

        session = Session(Busy())

        del session
        may_close.set()

        assert is_closed.wait(WAIT_S)

    def test_calls_after_closing(self, bench: Bench) -> None:
        """A call after `close` says that the session is closed."""
        bench.session.close()

        with pytest.raises(ConnectionLost, match="scripted link is closed") as caught:
            bench.session.call("value")

        assert caught.value.hint == "connect again with `belay.Device(...)`"

    def test_closing_while_another_thread_calls(self) -> None:
        """A call in another thread is interrupted, raises `ConnectionLost`, and the link is closed."""
        bench = Bench()
        link = ScriptedLink(board=bench.board.feed)
        session = Session(link)
        bench.wrapper.token = session.token.encode()
        running = threading.Event()
        errors: list[BaseException] = []

        def call() -> None:
            try:
                session.call("loop", output=lambda _: running.set())
            except ConnectionLost as error:
                errors.append(error)

        caller = threading.Thread(target=call)
        caller.start()
        assert running.wait(20)
        session.close()
        caller.join(20)

        assert [str(error) for error in errors] == [
            "scripted link was closed while a call ran; its program was interrupted"
        ]
        assert not caller.is_alive()
        assert link.closed
        assert bench.board.mode == "friendly"

    def test_closing_in_an_output_handler(self, bench: Bench) -> None:
        """An output handler may close the session; the call that it belongs to ends with `ConnectionLost`."""
        with pytest.raises(ConnectionLost, match="was closed while a call ran"):
            bench.session.call("loop", output=lambda _: bench.session.close())

        assert bench.link.closed
        assert bench.board.mode == "friendly"


class TestHandlers:
    """Output handlers that misbehave."""

    def test_a_handler_that_raises(self, bench: Bench) -> None:
        """An output that cannot be written ends the board's program, and its error is the one raised."""

        def broken(_: bytes) -> None:
            raise OSError("the disk is full")

        with pytest.raises(OSError, match="the disk is full"):
            bench.session.call("loop", output=broken)
        mode = bench.board.mode
        answer = bench.session.call("value")

        assert mode == "raw"
        assert answer.replies == [Reply(1, *VALUE)]

    def test_a_handler_that_raises_behind_the_end(self, bench: Bench) -> None:
        """So it is when the program has ended by itself meanwhile."""

        def broken(_: bytes) -> None:
            raise OSError("the disk is full")

        with pytest.raises(OSError, match="the disk is full"):
            bench.session.call("print", output=broken)

        assert bench.session.call("value").replies == [Reply(1, *VALUE)]
        assert bench.wrapper.calls == [0, 1]

    def test_a_handler_that_calls(self, bench: Bench) -> None:
        """A call from inside the output handler of another is refused in words."""
        with pytest.raises(RuntimeError, match="from inside the output handler of another call"):
            bench.session.call("loop", output=lambda _: bench.session.call("value"))  # type: ignore[arg-type,return-value] # its value is of no use

        assert bench.session.call("value").replies == [Reply(1, *VALUE)]

    def test_the_first_error_is_not_hidden(self, bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
        """If the program does not stop either, the first error is raised and the other one logged."""

        def broken(_: bytes) -> None:
            raise OSError("the disk is full")

        with pytest.raises(OSError, match="the disk is full"):
            bench.session.call("deaf", output=broken)

        assert "the interrupted program may still run" in caplog.text


class TestCtrlC:
    """Ctrl-C on the host."""

    def test_ctrl_c_ends_the_boards_program(self, bench: Bench) -> None:
        """Ctrl-C ends the board's program first; what it prints then still comes; then it is raised."""
        pressed = False

        def press(data: bytes) -> None:
            nonlocal pressed
            bench.output.extend(data)
            if not pressed:
                pressed = True
                raise KeyboardInterrupt

        bench.wrapper._call = lambda _: Called(b"tick\r\n", None)
        interrupted = bench.wrapper.interrupted
        bench.board._interrupted = lambda: (b"cleaning\r\n" + interrupted()[0], b"")

        with pytest.raises(KeyboardInterrupt):
            bench.session.call("loop", output=press)

        assert bytes(bench.output) == b"tick\r\ncleaning\r\n"
        assert bench.board.mode == "raw"

    def test_ctrl_c_may_come_at_any_call(self) -> None:
        """Wherever Ctrl-C strikes, the session stays usable, for other threads too; no call runs twice."""
        places = _interrupted_call(Bench(), at_place=None)
        assert places > 50

        for at_place in range(places):
            bench = Bench()
            bench.session.enter()
            struck = _interrupted_call(bench, at_place=at_place)
            took_s = bench.clock()
            answers: list[list[Reply]] = []
            other = threading.Thread(target=lambda: answers.append(bench.session.call("value").replies))  # noqa: B023 - joined here
            other.start()
            other.join(20)
            here = bench.session.call("value").replies

            assert struck == at_place
            assert took_s <= 4, at_place
            assert not other.is_alive(), at_place
            assert [reply[1:] for reply in [*answers[0], *here]] == [VALUE] * 2, at_place
            assert len(set(bench.wrapper.calls)) == len(bench.wrapper.calls)

    def test_ctrl_c_just_before_a_wait(self, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
        """A signal that comes too late to end the system's wait is heard soon, though the board stays silent."""
        read = bench.link.read
        pressed_s: list[float] = []

        def read_behind_a_signal(timeout_s: float | None) -> bytes:
            assert timeout_s is not None, "nothing ends this wait"
            data = read(timeout_s)
            if b"tick" in bench.output and not pressed_s:
                pressed_s.append(timeout_s)
                raise KeyboardInterrupt  # Python runs the signal's handler as the wait has ended
            return data

        monkeypatch.setattr(bench.link, "read", read_behind_a_signal)

        with pytest.raises(KeyboardInterrupt):
            bench.session.call("loop")

        assert pressed_s == [LONGEST_WAIT_S]
        assert bench.session.call("value").replies[-1][1:] == VALUE

    def test_ctrl_c_twice(self, bench: Bench) -> None:
        """A second Ctrl-C ends the waiting for the board; the next call mends what that left."""
        bench.session.call("value")

        def press(_: bytes) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            bench.session.call("deaf", output=press)
        bench.deaf = False

        assert bench.session.call("value").replies == [Reply(2, *VALUE)]


def _interrupted_call(bench: Bench, *, at_place: int | None) -> int:
    """Call, and raise KeyboardInterrupt at a place in the package; return how many there are."""
    places = 0

    def trace(frame: FrameType, event: str, _argument: object) -> Callable[..., object] | None:
        nonlocal places
        name = frame.f_code.co_filename
        if "belay_transport" not in name or "testing" in name or name.endswith(("board.py", "wrapper.py")):
            return None
        # Python looks for signals where functions are called and return, never at a mere assignment.
        if event == "return" or (event == "line" and "(" in linecache.getline(name, frame.f_lineno)):
            if places == at_place:
                sys.settrace(None)
                raise KeyboardInterrupt
            places += 1
        return trace

    bench.session.enter()
    before = sys.gettrace()
    sys.settrace(trace)
    try:
        bench.session.call("print")
    except KeyboardInterrupt:
        pass
    finally:
        sys.settrace(before)
    return places


def test_several_threads_call() -> None:
    """Calls from several threads are done one after the other, each with its own reply."""
    bench = Bench()
    link = ScriptedLink(board=bench.board.feed)
    session = Session(link)
    bench.wrapper.token = session.token.encode()
    bench.wrapper._call = lambda arguments: Called(b"", [("vint", arguments)])
    session.enter()
    wrong: list[tuple[int, bytes]] = []

    def work(name: int) -> None:
        for i in range(20):
            reply = session.call(str(name * 100 + i)).replies[0]
            if reply.payload != b"%d" % (name * 100 + i):
                wrong.append((name, reply.payload))

    threads = [threading.Thread(target=work, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert wrong == []
    assert len(bench.wrapper.calls) == 160
