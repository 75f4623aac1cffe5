"""Replies come back whatever the program prints, and whatever the wire does to them; no call runs twice."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from belay_transport.repl import (
    Finished,
    HostRepl,
    Output,
    Ready,
    Refused,
    Reply,
    Restarted,
    State,
)
from belay_transport.repl.board import BoardRepl
from belay_transport.repl.exchange import Exchange, StuckError, joined
from belay_transport.repl.wrapper import BoardWrapper, Called

if TYPE_CHECKING:
    from collections.abc import Callable

    from belay_transport.repl import Event

AGAIN = b"_belay_a(%d)"
TRACEBACK = b'Traceback (most recent call last):\r\n  File "<stdin>", line 1\r\nKeyboardInterrupt: \r\n'
FRIENDLY = b'MicroPython v1.28.0\r\nType "help()" for more information.\r\n>>> '
VALUE = [("vint", b"42")]
END = b"\x04\x04>"

NASTY = {
    "nothing": b"",
    "no newline": b"50%",
    "a spoofed prefix": b"_BELAYR|0|7\r\n_BELAYA\r\n",
    "another session's frame": b"\x02abcdvint;0,1,00000000:7\x03",
    "0x04": b"a\x04b",
    "0x04 at the end": b"a\x04",
    "0x04 twice": b"\x04\x04",
    "an end": b"\x04\x04>",
    "an end with text behind": b"\x04\x04>more",
    "an end with a traceback": b"\x04" + TRACEBACK + b"\x04>",
    "an end with half a traceback": b"\x04" + TRACEBACK[:40],
    "an end with an exception": b"\x04MemoryError: \r\n\x04>",
    "an acknowledged end": b"OK\x04\x04>OK",
    "a raw banner": b"raw REPL; CTRL-B to exit\r\n>",
    "a friendly banner": FRIENDLY,
    "a soft reboot": b"MPY: soft reboot\r\n" + FRIENDLY + b"raw REPL; CTRL-B to exit\r\n>",
    "an announced soft reboot": b"\x04\x04MPY: soft reboot\r\nmore",
    "half an announcement": b"\x04\x04MPY: so",
    "half a raw banner": b"raw REPL; C",
    "half a friendly banner": FRIENDLY[:-9],
    "0x02": b"\x02",
    "the first letters of a mark": b"\x02hos",
    "every byte": bytes(range(256)),
    "much": b"x" * 20000 + b"\x04" + b"y" * 20000,
}

parts = st.lists(st.sampled_from(list(NASTY.values())) | st.binary(max_size=9), max_size=4)
# Nobody on the board but the wrapper knows the token.
outputs = parts.map(b"".join).filter(lambda printed: b"\x02host" not in printed)


def whole(data: bytes) -> list[bytes]:
    """Cut nothing."""
    return [data]


def single(data: bytes) -> list[bytes]:
    """Cut between any two bytes."""
    return [data[i : i + 1] for i in range(len(data))]


CUTS = [whole, single]


class Board:
    """A board with a wrapper: what the n-th call does, `does` says."""

    def __init__(self, *does: Called, **options: object) -> None:
        self.does = list(does)
        self.wrapper = BoardWrapper(lambda arguments: self.does[int(arguments)])
        self.repl = BoardRepl(self.wrapper.run, interrupted=self.wrapper.interrupted, **options)  # type: ignore[arg-type] # a table of options
        self.exchange = Exchange(HostRepl(), self.repl.feed)
        self.exchange.host.enter()
        self.exchange.until(Ready)

    def call(self, number: int = 0, *, replies: int = 1, pad: int = 0) -> list[Event]:
        """Call, and return what is reported up to the end."""
        code = b"_belay(%d,%b%d)" % (number, b" " * pad, number)
        self.exchange.host.execute(code, sequence=number, replies=replies, again=AGAIN)
        return self.exchange.until(Finished, Refused, Restarted)

    def end(self, called: Called) -> list[Event]:
        """End the call that runs; return all that was reported since the call."""
        begin = len(self.exchange.events)
        rest = self.repl.finish(self.wrapper.finish(called))
        self.exchange.events += self.exchange.host.feed(rest)
        if not any(isinstance(event, Finished) for event in self.exchange.events[begin:]):
            self.exchange.until(Finished, Refused, Restarted)
        return joined(self.exchange.events[1:])

    def damage(self, change: Callable[[bytes], bytes]) -> None:
        """Change the next answer of the board on its way."""

        def once(data: bytes) -> bytes:
            self.exchange.board = self.repl.feed
            return change(self.repl.feed(data))

        self.exchange.board = once


def output_of(events: list[Event]) -> bytes:
    """Return all that was printed."""
    return b"".join(event.data for event in events if isinstance(event, Output))


def answer_of(events: list[Event]) -> list[Event]:
    """Return all but what was printed."""
    return [event for event in events if not isinstance(event, Output)]


GOOD = [Reply(0, "vint", b"42"), Finished(b"", started=True)]


class TestOutput:
    """Any output, and the reply behind it."""

    @pytest.mark.parametrize("cut", CUTS)
    @pytest.mark.parametrize("pad", [0, 300])
    @pytest.mark.parametrize("printed", NASTY.values(), ids=NASTY)
    def test_any_output(self, printed: bytes, pad: int, cut: Callable[[bytes], list[bytes]]) -> None:
        """Whatever a program prints comes byte for byte, and neither loses nor forges its reply."""
        board = Board(Called(printed, VALUE), Called(b"", [("vint", b"43")]))
        board.exchange.cut = cut

        events = board.call(pad=pad) + board.call(1)

        assert output_of(events) == printed
        assert answer_of(events) == [*GOOD, Reply(1, "vint", b"43"), Finished(b"", started=True)]
        assert board.wrapper.calls == [0, 1]
        assert board.wrapper.questions == []
        assert board.exchange.now_s == 0.0

    @pytest.mark.once
    @given(st.data())
    @settings(max_examples=200)
    def test_the_same_at_any_cuts(self, data: st.DataObject) -> None:
        """The events are the same wherever the bytes are cut, outputs joined."""
        printed = data.draw(outputs)
        stream = _stream(Called(printed, [("vstr", b"x" * data.draw(st.integers(0, 2000))), ("e", b"E")]))
        places = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=12)))
        pieces = [stream[a:b] for a, b in zip([0, *places], [*places, len(stream)], strict=True)]

        reports = [_report([stream]), _report(pieces), _report(single(stream[-3000:]), before=stream[:-3000])]

        assert reports[0] == reports[1] == reports[2]
        assert output_of(reports[0]) == printed

    @pytest.mark.parametrize("printed", NASTY.values(), ids=NASTY)
    def test_silence_behind_any_output(self, printed: bytes) -> None:
        """A program that prints what looks like an end, and goes on after a minute, loses nothing."""
        board = Board(Called(printed, None), Called(b"after", [("vint", b"43")]))
        with pytest.raises(StuckError):
            board.call()

        events = board.end(Called(b"more", VALUE))
        after = board.call(1, pad=300)

        assert output_of(events) == printed + b"more"
        assert answer_of(events) == GOOD
        assert after == [Output(b"after"), Reply(1, "vint", b"43"), Finished(b"", started=True)]
        assert board.wrapper.calls == [0, 1]

    def test_output_is_live(self) -> None:
        """Output goes on at once, a lone 0x04 in it too once it is clear that it ends nothing."""
        board = Board(Called(b"", None))
        with pytest.raises(StuckError):
            board.call()
        host = board.exchange.host

        events = [joined(host.feed(data)) for data in (b"tick", b"\x04", b"tock", b"\x04Tra", b"la", b"\r\n")]

        assert events == [
            [Output(b"tick")],
            [],
            [Output(b"\x04tock")],
            [],
            [],
            [Output(b"\x04Trala\r\n")],
        ]

    @pytest.mark.parametrize("cut", CUTS)
    def test_a_thread_that_raises_at_the_end_of_a_call(self, cut: Callable[[bytes], list[bytes]]) -> None:
        """The traceback of a thread, printed between the end of a call and its prompt, is output and no failure."""
        traceback = b"Traceback (most recent call last):\r\n"
        board = Board(Called(b"", VALUE))
        board.exchange.cut = cut
        board.damage(lambda data: data.replace(b"\x04\x04>", b"\x04" + traceback + b"\x04>"))

        events = board.call()

        assert output_of(events) == traceback
        assert answer_of(events) == GOOD

    @pytest.mark.parametrize("noise", [b".", b"tick\r\n", b"O", b"KO", b"Traceback ", b">"])
    @pytest.mark.parametrize("pad", [0, 300])
    def test_threads_print_between_any_two_bytes(self, noise: bytes, pad: int) -> None:
        """A thread that prints between any two bytes of the REPL's own words loses and forges nothing."""
        board = Board(Called(b"out", VALUE), Called(b"", [("vint", b"43")]))
        sent = 0

        def noisy(data: bytes) -> bytes:
            nonlocal sent
            pieces = _own_words(board.repl.feed(data))
            sent += len(pieces)
            return b"".join(noise + piece for piece in pieces)

        board.exchange.board = noisy
        events = board.call(pad=pad) + board.call(1, pad=pad)

        assert answer_of(events) == [*GOOD, Reply(1, "vint", b"43"), Finished(b"", started=True)]
        assert sorted(output_of(events)) == sorted(b"out" + noise * sent)
        assert board.wrapper.calls == [0, 1]


LONG = [("vstr", bytes(65 + i % 26 for i in range(3000)))]
FRAME = re.compile(rb"\x02host[^;]*;[^\x03]*,[^\x03]*\x03")
MARK = b"\x02hosts;0\x03"


def flip(data: bytes, position: int) -> bytes:
    """Return `data` with one bit of one byte the other way round."""
    return data[:position] + bytes([data[position] ^ 1]) + data[position + 1 :]


def chunk(number: int, times: int) -> Callable[[bytes], bytes]:
    """Let one of the frames come that many times."""

    def change(data: bytes) -> bytes:
        place = list(FRAME.finditer(data))[number]
        return data[: place.start()] + place[0] * times + data[place.end() :]

    return change


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "a flipped bit in the payload": lambda data: flip(data, data.index(b":") + 9),
    "a flipped bit in the token": lambda data: flip(data, data.rindex(b"host") + 1),
    "a flipped bit in the kind": lambda data: flip(data, data.index(b"vstr")),
    "a flipped bit in the number": lambda data: flip(data, data.index(b"vstr;") + 5),
    "a flipped bit in the length": lambda data: flip(data, data.index(b"vstr;0,") + 7),
    "a flipped bit in the check": lambda data: flip(data, data.index(b":") - 1),
    "a flipped 0x03": lambda data: flip(data, data.rindex(b"\x03")),
    "a flipped 0x02": lambda data: flip(data, data.rindex(b"\x02")),
    "a cut frame": lambda data: data[: data.rindex(b"\x02") + 30] + END,
    "a frame cut in its header": lambda data: data[: data.rindex(b"\x02") + 9] + END,
    "lost bytes": lambda data: data[:500] + data[600:],
    "bytes that do not belong": lambda data: data[:500] + b"\x00\xff" + data[500:],
    "the first chunk lost": chunk(0, 0),
    "the second chunk lost": chunk(1, 0),
    "the last chunk lost": chunk(2, 0),
    "the first chunk doubled": chunk(0, 2),
    "the second chunk doubled": chunk(1, 2),
    "the last chunk doubled": chunk(2, 2),
    "the reply lost": lambda data: data[: data.index(b"\x02hostv")] + END,
    "the reply and half of the end lost": lambda data: data[: data.index(b"\x02hostv")] + b"\x04",
    "the acknowledgement lost": lambda data: data[2:],
    "the start mark lost": lambda data: data.replace(MARK, b""),
    "the start mark damaged": lambda data: flip(data, 5),
    "all before the reply lost": lambda data: data[data.index(b"\x02hostv") :],
    "all but the end lost": lambda _data: END,
    "all but the acknowledgement and the end lost": lambda _data: b"OK" + END,
    "the first 0x04 lost": lambda data: data[:-3] + b"\x04>",
    "the second 0x04 lost": lambda data: data[:-2] + b">",
    "the prompt lost": lambda data: data[:-1],
    "the end lost": lambda data: data[:-3],
}


class TestDamage:
    """What a wire does to an answer."""

    @pytest.mark.parametrize("cut", CUTS)
    @pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
    def test_a_damaged_answer_is_asked_for_again(
        self, damage: Callable[[bytes], bytes], cut: Callable[[bytes], list[bytes]]
    ) -> None:
        """Whatever the wire does to one answer, the reply comes, soon, and the call runs once."""
        board = Board(Called(b"", LONG), Called(b"", VALUE))
        board.damage(damage)
        board.exchange.cut = cut

        events = board.call() + board.call(1)

        assert [event for event in events if isinstance(event, Reply)] == [
            Reply(0, "vstr", LONG[0][1]),
            Reply(1, "vint", b"42"),
        ]
        assert [event for event in events if isinstance(event, (Finished, Refused, Restarted))] == [
            Finished(b"", started=True),
            Finished(b"", started=True),
        ]
        assert board.wrapper.calls == [0, 1]
        assert board.exchange.now_s <= 2.0

    def test_the_output_before_the_damage_is_kept(self) -> None:
        """What the program printed comes once, though the reply comes twice."""
        board = Board(Called(b"before", LONG))
        board.damage(DAMAGES["lost bytes"])

        events = board.call()

        assert output_of(events) == b"before"

    @pytest.mark.parametrize("times", [1, 2, 5])
    def test_damaged_answers_are_asked_for_again(self, times: int) -> None:
        """Answers may be damaged too: the board is asked up to six times."""
        board = Board(Called(b"", VALUE))
        answers = 0

        def bad(data: bytes) -> bytes:
            nonlocal answers
            answers += b"_belay" in data
            answer = board.repl.feed(data)
            return answer.replace(b":42", b":43") if answers <= times else answer

        board.exchange.board = bad

        events = board.call()

        assert answer_of(events) == GOOD
        assert board.wrapper.calls == [0]

    def test_a_wire_that_damages_everything(self) -> None:
        """A reply that never comes whole is no reply; the machine says that the call ran."""
        board = Board(Called(b"", VALUE), Called(b"", VALUE))
        board.exchange.board = lambda data: board.repl.feed(data).replace(b":42", b":43")

        events = board.call()

        assert answer_of(events) == [Finished(b"", started=True)]
        assert len(board.wrapper.questions) == 6
        assert board.wrapper.calls == [0]

    def test_a_batch_is_asked_for_whole(self) -> None:
        """In a batch whose second reply is lost, each reply still comes once and in order."""
        replies = [("vint", b"1"), ("vint", b"2"), ("vint", b"3")]
        board = Board(Called(b"", replies))
        board.damage(lambda data: data.replace(b":2\x03", b":"))

        events = board.call(replies=3)

        assert [event.payload for event in events if isinstance(event, Reply)] == [b"1", b"2", b"3"]
        assert answer_of(events)[-1] == Finished(b"", started=True)

    def test_all_lost_without_a_trace(self) -> None:
        """What is lost without a trace looks like a program that runs; the second Ctrl-C finds out."""
        board = Board(Called(b"", VALUE), Called(b"", VALUE))
        board.damage(lambda _data: b"OK" + MARK)
        with pytest.raises(StuckError):
            board.call()

        board.exchange.host.interrupt()
        board.exchange.host.interrupt()
        events = board.exchange.until(Finished)

        assert answer_of(events) == GOOD
        assert board.wrapper.calls == [0]

    def test_an_answer_lost_whole(self) -> None:
        """A question whose answer is lost is asked again."""
        board = Board(Called(b"", VALUE))
        answers = [lambda data: data.replace(b":42", b":43"), lambda _data: b""]

        def bad(data: bytes) -> bytes:
            answer = board.repl.feed(data)
            return answers.pop(0)(answer) if answers else answer

        board.exchange.board = bad

        events = board.call()

        assert answer_of(events) == GOOD

    def test_code_without_a_question(self) -> None:
        """Where the caller knows no question, a lost reply ends the call without it."""
        board = Board(Called(b"", VALUE))
        board.damage(DAMAGES["the first 0x04 lost"])
        board.damage(lambda data: data.replace(b":42", b":43"))
        board.exchange.host.execute(b"_belay(0,0)", replies=1)

        with pytest.raises(StuckError):
            board.exchange.until(Reply)

        assert board.wrapper.calls == [0]

    def test_few_questions_are_asked(self) -> None:
        """A program that imitates ends for hours finds few questions in its input."""
        board = Board(Called(b"", None))
        with pytest.raises(StuckError):
            board.call()
        host, now_s, asked = board.exchange.host, 0.0, b""

        for _ in range(50):
            host.feed(b"\x04\x04>")
            while (due_s := host.due_s(now_s)) is not None:
                now_s = due_s
                host.time_passed()
                asked += host.take()
            host.feed(b"more")

        assert asked.count(b"_belay_a") == 6
        assert len(asked) < 256


RESTARTS = {
    "soft": (b"\x04\x04MPY: soft reboot\r\nraw REPL; CTRL-B to exit\r\n>", b"MPY: soft reboot\r\n", "raw"),
    "soft, and boot.py prints": (
        b"\x04\x04MPY: soft reboot\r\nboot\r\nrawraw REPL; CTRL-B to exit\r\n>",
        b"MPY: soft reboot\r\nboot\r\nraw",
        "raw",
    ),
    "hard": (b"main\r\n" + FRIENDLY, b"main\r\n", "friendly"),
    "hard, CircuitPython": (
        b"\r\nAdafruit CircuitPython 10.0.3 on 2025-10-17; a board\r\n>>> ",
        b"\r\n",
        "friendly",
    ),
}
"""What a board sends that starts anew, how much of it programs print, and where it is then."""


class TestEnds:
    """How calls end that do not end well."""

    def test_a_failure_is_a_reply(self) -> None:
        """An exception of the program ends a batch, whose later replies are not waited for."""
        board = Board(Called(b"", [("vint", b"1"), ("e", b"'Traceback'")]))

        events = board.call(replies=5)

        assert events == [Reply(0, "vint", b"1"), Reply(1, "e", b"'Traceback'"), Finished(b"", started=True)]
        assert board.exchange.now_s == 0.0

    @pytest.mark.parametrize("cut", CUTS)
    @pytest.mark.parametrize("error", [TRACEBACK, b"MemoryError: memory allocation failed\r\n"])
    def test_the_wrapper_itself_fails(self, error: bytes, cut: Callable[[bytes], list[bytes]]) -> None:
        """A wrapper that is cut short ends with the failure that the REPL printed, behind the output."""
        board = Board(Called(b"out", None, error), Called(b"", VALUE))
        board.exchange.cut = cut

        events = board.call()
        after = board.call(1)

        assert events == [Output(b"out"), Finished(error, started=True)]
        assert after == [Reply(1, "vint", b"42"), Finished(b"", started=True)]
        assert board.wrapper.calls == [0, 1]

    def test_the_wrapper_fails_behind_its_replies(self) -> None:
        """A failure that the REPL prints behind the last reply is told with it."""
        board = Board(Called(b"", VALUE, TRACEBACK))

        events = board.call()

        assert events == [GOOD[0], Finished(TRACEBACK, started=True)]

    @pytest.mark.parametrize("cut", CUTS)
    @pytest.mark.parametrize("pad", [0, 300])
    def test_code_that_does_not_compile(self, pad: int, cut: Callable[[bytes], list[bytes]]) -> None:
        """A failure before the wrapper speaks is told at once, and the wrapper has not started."""
        board = Board(Called(b"", VALUE))
        board.exchange.cut = cut

        board.exchange.host.execute(b"_belay(0,0" + b" " * pad, replies=1, again=AGAIN)
        events = board.exchange.until(Finished)

        assert [event.started for event in events if isinstance(event, Finished)] == [False]
        assert b"SyntaxError" in events[-1].error  # type: ignore[union-attr] # the assertion above
        assert board.exchange.now_s == 0.0

    def test_a_board_that_knows_no_wrapper(self) -> None:
        """A board without the wrapper answers with a NameError."""
        board = Board(Called(b"", VALUE))
        board.wrapper.forgetful = True

        events = board.call()

        assert len(events) == 1
        assert isinstance(events[0], Finished)
        assert b"NameError" in events[0].error

    def test_a_wrapper_that_does_nothing(self) -> None:
        """Code that ends without a word of the wrapper has not started it, and is not run again."""
        board = Board(Called(b"", VALUE), Called(b"", VALUE))
        board.call()
        board.repl._run = lambda code: (b"", b"") if b"_belay(" in code else board.wrapper.run(code)

        events = board.call(1)

        assert events == [Finished(b"", started=False)]
        assert board.exchange.now_s < 5.0

    @pytest.mark.parametrize("mode", ["raw", "friendly"])
    @pytest.mark.parametrize("cut", CUTS)
    def test_the_board_restarts_while_code_runs(self, mode: str, cut: Callable[[bytes], list[bytes]]) -> None:
        """A board that starts anew in the middle of a call is found out, at either prompt."""
        board = Board(Called(b"out", None))
        with pytest.raises(StuckError):
            board.call()
        board.wrapper.forgetful = True
        board.repl.mode = mode  # type: ignore[assignment] # one of them

        text = FRIENDLY if mode == "friendly" else b"MPY: soft reboot\r\nraw REPL; CTRL-B to exit\r\n>"
        for piece in cut(text):
            board.exchange.events += board.exchange.host.feed(piece)
        events = board.exchange.until(Restarted)

        assert events[-1] == Restarted()
        assert board.exchange.host.state is State.UNKNOWN
        assert board.exchange.now_s < 1.0

    @pytest.mark.parametrize("restart", RESTARTS.values(), ids=RESTARTS)
    def test_the_words_of_a_restart_are_no_output(self, restart: tuple[bytes, bytes, str]) -> None:
        """Wherever the bytes are cut, what programs print goes on, and nothing that the REPL says."""
        sent, printed, mode = restart
        cuts = [single, *(lambda data, place=place: [data[:place], data[place:]] for place in range(120))]

        for cut in cuts:
            board = Board(Called(b"out", None))
            with pytest.raises(StuckError):
                board.call()
            board.wrapper.forgetful = True
            board.repl.mode = mode  # type: ignore[assignment] # one of them
            board.exchange.cut = cut
            for piece in cut(sent):
                board.exchange.events += board.exchange.host.feed(piece)
            board.exchange.until(Restarted)
            board.exchange.host.enter()
            board.exchange.until(Ready)

            assert output_of(board.exchange.events) == b"out" + printed

    @pytest.mark.parametrize("begun", [b"r", b"raw REPL", b"M", b"MicroPython v1", b"A"])
    def test_the_beginning_of_a_banner_goes_on_soon(self, begun: bytes) -> None:
        """What may be the beginning of a banner waits a quarter of a second; nothing is asked about it."""
        board = Board(Called(begun, None))
        with pytest.raises(StuckError):
            board.call()

        assert output_of(board.exchange.events) == begun
        assert board.exchange.now_s == 0.25
        assert board.wrapper.questions == []

    def test_a_boot_py_that_takes_long(self) -> None:
        """What a slow `boot.py` prints comes at last, though it prints all the time."""
        board = Board(Called(b"", None))
        with pytest.raises(StuckError):
            board.call()
        host, events = board.exchange.host, board.exchange.host.feed(b"\x04\x04MPY: soft reboot\r\n")

        for tenth in range(40):
            now_s = tenth / 10
            if (due_s := host.due_s(now_s)) is not None and due_s <= now_s:
                events += host.time_passed()
            events += host.feed(b"tick\r\n")

        assert output_of(events).endswith(b"MPY: soft reboot\r\n" + 40 * b"tick\r\n")

    def test_a_restart_into_main_py(self) -> None:
        """A board that restarted into a busy `main.py` is found out by Ctrl-C."""
        board = Board(Called(b"", None))
        with pytest.raises(StuckError):
            board.call()
        board.wrapper.forgetful = True
        board.repl.mode = "program"

        board.exchange.host.interrupt()
        events = board.exchange.until(Restarted)

        assert events[-1] == Restarted()

    @pytest.mark.parametrize("pad", [0, 300])
    def test_a_restart_before_the_call(self, pad: int) -> None:
        """Code that is typed at a friendly prompt instead of run is found out, and is never run."""
        board = Board(Called(b"", VALUE))
        board.exchange.host.execute(b"#" * 300)
        board.exchange.until(Finished)
        board.repl.mode = "friendly"
        board.repl.executed.clear()
        board.damage(lambda echo: FRIENDLY + echo)

        events = board.call(pad=pad)
        board.exchange.host.enter()
        board.exchange.until(Ready)

        assert events == [Restarted()]
        assert board.repl.executed == []

    def test_interrupting_a_call(self) -> None:
        """Ctrl-C ends a call with the KeyboardInterrupt that the wrapper sends."""
        board = Board(Called(b"tick", None))
        with pytest.raises(StuckError):
            board.call()

        running = board.exchange.host.running
        board.exchange.host.interrupt()
        events = board.exchange.until(Finished)

        assert running
        assert isinstance(events[0], Reply)
        assert (events[0].kind, events[1]) == ("e", Finished(b"", started=True))

    @pytest.mark.parametrize("cut", CUTS)
    def test_answers_that_come_late(self, cut: Callable[[bytes], list[bytes]]) -> None:
        """Whatever of an answer to a question comes behind the end of its call shows in no later call."""
        board = interrupted_twice()
        length = len(board.repl.feed(board.exchange.host.take()))

        for place in range(length):
            board = interrupted_twice()
            host = board.exchange.host
            stream = board.repl.feed(host.take())
            board.exchange.events += host.feed(stream[:place])
            late = stream[place:], board.repl.feed(host.take())
            for part in [*cut(late[0]), *cut(late[1])]:
                board.exchange.events += host.feed(part)
            if host.state is not State.READY:
                board.exchange.until(Finished)
            board.call(1)

            assert output_of(board.exchange.events) == b"", place
            assert answer_of(board.exchange.events)[-2:] == [
                Reply(1, "vint", b"42"),
                Finished(b"", started=True),
            ]

    def test_a_board_that_does_not_take_the_call(self) -> None:
        """A call that a board never starts is given up in time."""
        board = Board(Called(b"", VALUE))
        board.exchange.board = lambda _: b""

        events = board.call()

        assert events == [Refused("waiting for the code to start", "11 bytes of code and Ctrl-D", b"")]
        assert board.exchange.now_s == 10.0

    @pytest.mark.parametrize("left", [b"", b"O"])
    def test_an_answer_of_which_nothing_is_left(self, left: bytes) -> None:
        """Before a call is given up, the board is asked; maybe the wire lost all that it said."""
        board = Board(Called(b"", VALUE))
        board.damage(lambda _data: left)

        events = board.call()

        assert answer_of(events) == GOOD
        assert board.exchange.now_s < 10.0


@st.composite
def calls(draw: st.DrawFn) -> Called:
    """What a call prints and answers."""
    payload = st.sampled_from([b"", b"42", b"x" * 1500, b"\x04>", b"\x02hos"])
    payloads = draw(st.lists(payload, min_size=1, max_size=3))
    return Called(draw(outputs), [("vint", payload) for payload in payloads])


class Wire:
    """A wire that damages now and then what a board sends."""

    def __init__(self, board: Board, draw: Callable[[st.SearchStrategy[int]], int]) -> None:
        self.board = board
        self.draw = draw
        self.left = 4

    def feed(self, data: bytes) -> bytes:
        """Carry the host's bytes to the board, and its answer back, as well as it goes."""
        answer = bytearray(self.board.repl.feed(data))
        while answer and self.left and self.draw(st.integers(0, 2)) == 0:
            self.left -= 1
            position = self.draw(st.integers(0, len(answer) - 1))
            kind = self.draw(st.integers(0, 4))
            if kind == 0:
                answer[position] ^= 1 << self.draw(st.integers(0, 7))
            elif kind == 1:
                del answer[position : position + self.draw(st.integers(1, 1200))]
            elif kind == 2:
                answer[position:position] = answer[position : position + self.draw(st.integers(1, 1200))]
            elif kind == 3:
                answer[position:position] = b"\x04" * self.draw(st.integers(1, 3))
            else:
                answer[position:position] = b"tick\r\n"
        return bytes(answer)


@pytest.mark.once
@given(st.lists(calls(), min_size=1, max_size=3), st.data())
@settings(max_examples=400)
def test_damage_never_makes_a_wrong_value_nor_a_hang(does: list[Called], data: st.DataObject) -> None:
    """Whatever is printed and damaged: replies are right or missing, no call runs twice, none hangs."""
    board = Board(*does)
    host = board.exchange.host
    board.exchange.board = Wire(board, data.draw).feed
    sequence = 0

    for number, called in enumerate(does):
        expected = [Reply(sequence + i, *reply) for i, reply in enumerate(called.replies or [])]
        if host.state is not State.READY:
            host.enter()
            board.exchange.until(Ready)
        code = b"_belay(%d,%b%d)" % (sequence, b" " * data.draw(st.sampled_from([0, 300])), number)
        host.execute(code, sequence=sequence, replies=len(expected), again=AGAIN)
        events = until_the_end(board.exchange)
        replies = [event for event in events if isinstance(event, Reply)]
        sequence += len(expected)

        assert replies == expected[: len(replies)]
        assert len(set(board.wrapper.calls)) == len(board.wrapper.calls)


def interrupted_twice() -> Board:
    """Return a board whose call got Ctrl-C, and Ctrl-C with a question behind it, none of it sent yet."""
    board = Board(Called(b"", None), Called(b"", VALUE))
    with pytest.raises(StuckError):
        board.call()
    board.exchange.host.interrupt()
    board.exchange.host.interrupt()
    return board


def until_the_end(exchange: Exchange) -> list[Event]:
    """Go on until the call has ended, with Ctrl-C as a deadline would send it."""
    begin = len(exchange.events)
    for _ in range(4):
        try:
            exchange.until(Finished, Refused, Restarted)
            break
        except StuckError:
            exchange.patience_s += 100
            exchange.host.interrupt()
    else:
        pytest.fail("the call hangs")
    return exchange.events[begin:]


def _stream(called: Called) -> bytes:
    """Return what a board sends for a call."""
    return b"OK" + BoardWrapper(lambda _: called).run(b"_belay(0,0)")[0] + END


def _report(pieces: list[bytes], *, before: bytes = b"") -> list[Event]:
    """Return what a machine that has called reports of a stream."""
    board = Board()
    host = board.exchange.host
    host.execute(b"_belay(0,0)", replies=2, again=AGAIN)
    events = host.feed(before)
    for piece in pieces:
        events += host.feed(piece)
    return joined(events)


def _own_words(data: bytes) -> list[bytes]:
    """Cut between any two bytes, but not inside what a board sends in one write that counts."""
    return re.findall(rb"\x02host[^\x03]*\x03|R\x01|.[\x00-\x07]\x01|.", data, re.DOTALL)
