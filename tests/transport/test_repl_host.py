"""The host's machine against a board in memory: whatever state, cut or firmware, the same events."""

from __future__ import annotations

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
    Restarted,
    State,
)
from belay_transport.repl.board import BoardRepl
from belay_transport.repl.exchange import Exchange, StuckError, joined

if TYPE_CHECKING:
    from collections.abc import Callable

CIRCUITPYTHON = (
    b"\x1b]0;\xf0\x9f\x90\x8dcode.py | 9.2.0\x1b\\\r\nAdafruit CircuitPython 9.2.0 on 2026-01-01; "
    b"Raspberry Pi Pico with rp2040\r\n"
)
FRIENDLY = b'MicroPython v1.28.0\r\nType "help()" for more information.\r\n>>> '
DANGER = b"import os; os.remove('main.py')"

STATES = {
    "friendly prompt": {"mode": "friendly"},
    "raw prompt": {"mode": "raw"},
    "half-typed line": {"mode": "friendly", "typed": DANGER},
    "half-typed line at the raw prompt": {"mode": "raw", "typed": DANGER},
    "paste mode": {"mode": "paste", "typed": DANGER},
    "raw paste left open": {"mode": "raw paste", "typed": DANGER},
    "busy main.py": {"mode": "program"},
    "main.py catches the first Ctrl-C": {"mode": "program", "stubborn": 1},
    "main.py catches two": {"mode": "program", "stubborn": 2},
    "main.py catches seven": {"mode": "program", "stubborn": 7},
    "CircuitPython": {"mode": "program", "banner": CIRCUITPYTHON},
    "old firmware": {"mode": "friendly", "raw_paste": "unknown"},
}


def whole(data: bytes) -> list[bytes]:
    """Cut nothing."""
    return [data]


def single(data: bytes) -> list[bytes]:
    """Cut between any two bytes."""
    return [data[i : i + 1] for i in range(len(data))]


@st.composite
def cuts(draw: st.DrawFn) -> Callable[[bytes], list[bytes]]:
    """Ways to cut, each at places of its own."""
    random = draw(st.randoms(use_true_random=False))

    def cut(data: bytes) -> list[bytes]:
        places = sorted(random.sample(range(len(data) + 1), min(len(data), random.randint(0, 9))))
        return [data[a:b] for a, b in zip([0, *places], [*places, len(data)], strict=True)]

    return cut


CUTS = [whole, single]


def ready(board: BoardRepl, **options: int) -> Exchange:
    """Return an exchange whose host has entered."""
    exchange = Exchange(HostRepl(**options), board.feed)
    exchange.host.enter()
    exchange.until(Ready)
    return exchange


class TestEntering:
    """From any state to the raw prompt."""

    @pytest.mark.parametrize("cut", CUTS)
    @pytest.mark.parametrize("state", STATES)
    def test_any_state_becomes_the_raw_prompt(self, state: str, cut: Callable[[bytes], list[bytes]]) -> None:
        """Whatever the board does, it comes to the raw prompt, and nothing half typed is run."""
        board = BoardRepl(lambda _: (b"1\r\n", b""), **STATES[state])  # type: ignore[arg-type] # a table of options
        exchange = Exchange(HostRepl(), board.feed, cut=cut)

        exchange.host.enter()
        events = exchange.until(Ready)
        exchange.host.execute(b"print(1)")
        answers = exchange.until(Finished)

        assert events == [Ready()]
        assert answers == [Output(b"1\r\n"), Finished(b"", started=True)]
        assert board.executed == [b"print(1)"]
        assert board.soft_resets == 0

    @given(st.sampled_from(sorted(STATES)), cuts())
    def test_at_any_cuts(self, state: str, cut: Callable[[bytes], list[bytes]]) -> None:
        """The same holds wherever the bytes are cut."""
        board = BoardRepl(**STATES[state])  # type: ignore[arg-type] # a table of options
        exchange = Exchange(HostRepl(), board.feed, cut=cut)

        exchange.host.enter()
        events = exchange.until(Ready)

        assert events == [Ready()]
        assert board.executed == []
        assert board.mode == "raw"

    def test_a_quiet_board_at_a_prompt_costs_no_waiting(self) -> None:
        """Entering needs no time to pass where the board answers."""
        exchange = Exchange(HostRepl(), BoardRepl().feed)

        exchange.host.enter()
        exchange.until(Ready)

        assert exchange.now_s == 0.0

    def test_boot_noise_is_no_output(self) -> None:
        """What the board says while it is entered is not the output of anything."""
        board = BoardRepl(mode="program")
        noise = b"ets Jul 29 2019\r\n\xff\x00rst:0x1 (POWERON_RESET)\r\n>>> raw REPL; CTRL-B\r\n" * 50
        exchange = Exchange(HostRepl(), lambda data: noise + board.feed(data) + noise[:9])

        exchange.host.enter()
        events = exchange.until(Ready)

        assert not [event for event in events[:-1] if isinstance(event, Output)]

    def test_a_board_that_resets_when_opened(self) -> None:
        """A board that hears nothing while it starts is knocked at until it answers."""
        board = BoardRepl()
        exchange = Exchange(HostRepl(), lambda data: board.feed(data) if exchange.now_s > 1.0 else b"")

        exchange.host.enter()
        exchange.until(Ready)

        assert 1.0 < exchange.now_s < 2.0

    def test_boot_text_that_comes_late(self) -> None:
        """Boot text with a friendly prompt after the first knock does not count as an answer."""
        host = HostRepl()
        host.enter()
        host.take()

        host.due_s(0.0)
        events = host.feed(b"MPY: soft reboot\r\n" + FRIENDLY)
        early = host.take()
        events += host.time_passed()

        assert events == []
        assert (early, host.take()) == (b"", b"\x03\x03\x01")

    def test_late_banners_do_not_pass_for_no_raw_paste(self) -> None:
        """A board that answers three knocks at once afterwards is still known to have raw paste."""
        board = BoardRepl()
        waiting = bytearray()

        def slow(data: bytes) -> bytes:
            waiting.extend(data)
            if exchange.now_s < 1.0:
                return b""
            heard, waiting[:] = bytes(waiting), b""
            return board.feed(heard)

        exchange = Exchange(HostRepl(), slow)

        exchange.host.enter()
        exchange.until(Ready)
        exchange.host.execute(b"#" * 600)
        events = exchange.until(Finished)

        assert exchange.host.window == 128
        assert events == [Finished(b"", started=True)]
        assert board.executed == [b"#" * 600]

    @pytest.mark.parametrize("turnaround_s", [0.1, 0.5, 1.2])
    def test_a_link_slower_than_the_pause(self, turnaround_s: float) -> None:
        """A link whose turnaround is longer than the pause between two knocks gets there too."""
        board, host = BoardRepl(), HostRepl()
        host.enter()
        now_s, coming, events = 0.0, [], []

        while Ready() not in events:
            data = host.take()
            if data:
                coming.append((now_s + turnaround_s, board.feed(data)))
            due_s = host.due_s(now_s)
            assert due_s is not None
            if coming and coming[0][0] <= due_s:
                now_s, data = coming.pop(0)
                events += host.feed(data)
            else:
                now_s = due_s
                events += host.time_passed()

        assert now_s < 10.0
        assert all(data == b"" for _, data in coming)

    def test_a_program_that_prints_all_the_time(self) -> None:
        """A program that never stops printing does not put the next knock off."""
        host = HostRepl()
        host.enter()
        host.take()

        due_s = host.due_s(0.0)
        for i in range(10):
            host.feed(b"tick %d\r\n" % i)

        assert host.due_s(0.3) == due_s

    def test_noise_is_not_kept(self) -> None:
        """What a busy program prints while it is entered does not fill the host's memory."""
        host = HostRepl()
        host.enter()

        for _ in range(1000):
            host.feed(b"x" * 1000)

        assert len(host.refused().received) <= 1024

    def test_threads_may_print_between_the_answers(self) -> None:
        """What a thread prints between the board's own writes does not keep it from the prompt."""
        host = HostRepl()
        host.enter()
        host.take()

        events = host.feed(b"tick\r\nraw REPL; CTRL-B to exit\r\ntick\r\n>tick\r\n")
        settling = host.take()
        events += host.feed(b"tick\r\nOKtick\r\n\x04tick\r\nKeyError: tick\r\n1001tick\r\n\r\n\x04tick\r\n>")

        assert settling == b"{}[1001]\x04"
        assert events == [Ready()]

    def test_entering_forgets_what_was_to_be_sent(self) -> None:
        """Code that was not sent yet when its caller gave up is never sent."""
        host = ready(BoardRepl()).host
        host.execute(b"print(1)")

        host.enter()

        assert host.take() == b"\x03\x03\x01"

    def test_a_board_that_restarts_all_the_time(self) -> None:
        """Where two restarts are seen, Ctrl-C comes often; the refusal says how many restarts there were."""
        loops = 0
        sent = bytearray()

        def restarting(data: bytes) -> bytes:
            nonlocal loops
            loops += 1
            sent.extend(data)
            return b"MPY: soft reboot\r\n"

        exchange = Exchange(HostRepl(), restarting, cut=lambda data: (data[:7], data[7:]), patience_s=10.0)

        exchange.host.enter()
        with pytest.raises(StuckError):
            exchange.until(Ready)

        assert exchange.host.refused().reboots == loops
        assert loops > 128
        assert len(sent) < 1024

    def test_a_board_that_listens_in_a_moment_only(self) -> None:
        """A board whose program resets it is entered when one Ctrl-C of many meets that program."""
        board, tries = BoardRepl(mode="program"), 0

        def looping(data: bytes) -> bytes:
            nonlocal tries
            tries += 1
            return board.feed(data) if tries > 60 else b"MPY: soft reboot\r\n"

        exchange = Exchange(HostRepl(), looping)

        exchange.host.enter()
        exchange.until(Ready)

        assert exchange.now_s < 4.0

    def test_nobody_answers(self) -> None:
        """A board that never answers is knocked at again and again; the machine says what it sent."""
        exchange = Exchange(HostRepl(), lambda _: b"")

        exchange.host.enter()
        with pytest.raises(StuckError):
            exchange.until(Ready)

        assert exchange.host.refused().attempted == "entering the raw REPL"
        assert exchange.host.refused().sent.startswith("Ctrl-C, Ctrl-C, Ctrl-A ")


class TestSending:
    """Code of any length, by every way that boards know."""

    @pytest.mark.parametrize("cut", CUTS)
    @pytest.mark.parametrize("raw_paste", ["window", "refused", "unknown"])
    @pytest.mark.parametrize("size", [1, 255, 256, 257, 1024, 5000])
    @pytest.mark.parametrize("window", [16, 32, 128, 1024])
    def test_code_arrives_whole(
        self, window: int, size: int, raw_paste: str, cut: Callable[[bytes], list[bytes]]
    ) -> None:
        """Code arrives whole and runs once, twice in a row, whatever the window and the firmware."""
        board = BoardRepl(lambda _: (b"out", b""), mode="raw", raw_paste=raw_paste, window=window)  # type: ignore[arg-type] # a table
        code = bytes(97 + i % 26 for i in range(size))
        exchange = ready(board)
        exchange.cut = cut

        answers = []
        for _ in range(2):
            exchange.host.execute(code)
            answers.append(exchange.until(Finished))

        assert answers == [[Output(b"out"), Finished(b"", started=True)]] * 2
        assert board.executed == [code, code]
        assert exchange.now_s == 0.0

    def test_short_code_is_one_write(self) -> None:
        """Code within the plain limit costs one turnaround: it goes out at once, its end with it."""
        exchange = ready(BoardRepl())

        exchange.host.execute(b"print(1)")

        assert exchange.host.take() == b"print(1)\x04"

    def test_the_window_is_kept(self) -> None:
        """No more bytes go out than the board has granted."""
        exchange = ready(BoardRepl())
        host = exchange.host
        host.execute(b"x" * 300)

        pieces = [host.take()]
        for answer in (b"R\x01", b"\x20\x00", b"\x01", b"\x01\x01"):
            host.feed(answer)
            pieces.append(host.take())

        assert [len(piece) for piece in pieces] == [3, 0, 32, 32, 64]

    def test_a_known_window_is_filled_at_once(self) -> None:
        """The second time the first window of code goes with the request: one turnaround less."""
        exchange = ready(BoardRepl(window=64))
        exchange.host.execute(b"x" * 300)
        exchange.until(Finished)

        exchange.host.execute(b"y" * 300)

        assert exchange.host.take() == b"\x05A\x01" + b"y" * 64

    @pytest.mark.parametrize("cut", CUTS)
    def test_a_syntax_error_stops_a_raw_paste(self, cut: Callable[[bytes], list[bytes]]) -> None:
        """A board that stops reading in the middle is heard out: nothing ran, and the next code does."""
        board = BoardRepl(wrong=b"(((")
        exchange = ready(board)
        exchange.cut = cut

        exchange.host.execute(b"x" * 400 + b"(((" + b"y" * 2000)
        events = exchange.until(Finished)
        exchange.host.execute(b"print(2)")
        after = exchange.until(Finished)

        assert len(events) == 1
        assert isinstance(events[0], Finished)
        assert b"SyntaxError" in events[0].error
        assert after == [Finished(b"", started=True)]
        assert board.executed == [b"print(2)"]

    @pytest.mark.parametrize("cut", CUTS)
    def test_a_thread_that_prints_eot_into_a_raw_paste(self, cut: Callable[[bytes], list[bytes]]) -> None:
        """0x04 printed by a thread while code is sent does not run half of the code: it is sent anew."""
        board = BoardRepl(lambda _: (b"out", b""))
        answers = 0

        def noisy(data: bytes) -> bytes:
            nonlocal answers
            answers += 1
            return board.feed(data) + (b"\x04" if answers == 2 else b"")

        exchange = ready(board)
        exchange.board = noisy
        exchange.cut = cut

        exchange.host.execute(b"a = 1\n" * 300)
        events = exchange.until(Finished)

        assert events[-2:] == [Output(b"out"), Finished(b"", started=True)]
        assert board.executed == [b"a = 1\n" * 300]

    @pytest.mark.parametrize("noise", [b"tick", b"a", b"\r\n", b"R", b"xyz" * 30])
    @pytest.mark.parametrize("window", [16, 128, 1024])
    def test_a_thread_that_prints_before_the_window(self, noise: bytes, window: int) -> None:
        """What a thread prints between the answer and the window is output, and the code arrives."""
        board = BoardRepl(window=window)
        start = b"R\x01" + window.to_bytes(2, "little")
        exchange = ready(board)
        exchange.board = lambda data: board.feed(data).replace(start, noise + b"R\x01" + noise + start[2:])

        exchange.host.execute(b"a = 1\n" * 1000)
        events = exchange.until(Finished)

        assert Finished(b"", started=True) in events
        assert board.executed == [b"a = 1\n" * 1000]

    @pytest.mark.parametrize("size", [256, 512, 1000, 1024])
    def test_the_last_grants_are_no_output(self, size: int) -> None:
        """What grants more window behind the last byte of code does not show up in the output."""
        board = BoardRepl(lambda _: (b"x\r\n", b""))
        exchange = ready(board)

        exchange.host.execute(b"#" * size)
        events = exchange.until(Finished)

        assert events == [Output(b"x\r\n"), Finished(b"", started=True)]

    @pytest.mark.parametrize(
        ("answers", "attempted", "sent"),
        [
            ([], "asking for raw paste", "Ctrl-E A Ctrl-A"),
            ([b"R\x01\x10\x00\x01"], "sending code by raw paste", "32 of 300 bytes of code"),
            ([b"R\x01\x00\x02\x01"], "waiting for the code to start", "300 bytes of code and Ctrl-D"),
            ([b"R\x00"], "waiting for the code to start", "300 bytes of code and Ctrl-D"),
            (
                [b"R\x01\x10\x00\x04"],
                "waiting for the board to give up the code",
                "0 of 300 bytes of code and Ctrl-C",
            ),
        ],
    )
    def test_each_step_has_its_time(self, answers: list[bytes], attempted: str, sent: str) -> None:
        """A board that falls silent while code is sent is given up, and the machine says at which step."""
        exchange = ready(BoardRepl(), wait_s=3.0)
        exchange.board = lambda _: b""
        host = exchange.host

        host.execute(b"x" * 300)
        for answer in answers:
            host.feed(answer)
        events = exchange.until(Refused)

        assert [(event.attempted, event.sent) for event in events if isinstance(event, Refused)] == [
            (attempted, sent)
        ]
        assert exchange.now_s == 3.0
        assert host.state is State.UNKNOWN

    def test_each_grant_gives_time_anew(self) -> None:
        """Long code over a slow wire may take longer than one step: each step has the whole time."""
        exchange = ready(BoardRepl(), wait_s=3.0)
        host = exchange.host
        host.execute(b"x" * 300)
        host.feed(b"R\x01\x10\x00")

        dues = []
        for now_s in (0.0, 2.0, 4.0):
            host.feed(b"\x01")
            dues.append(host.due_s(now_s))

        assert dues == [3.0, 5.0, 7.0]

    def test_noise_does_not_give_time_anew(self) -> None:
        """A thread that prints all the time does not keep a dead step alive."""
        exchange = ready(BoardRepl(), wait_s=3.0)
        host = exchange.host
        host.execute(b"x" * 300)

        dues = []
        for now_s in (0.0, 2.0, 4.0):
            host.feed(b"tick")
            dues.append(host.due_s(now_s))

        assert dues == [3.0, 3.0, 3.0]

    def test_code_needs_the_raw_prompt(self) -> None:
        """Code given to a machine that is not at the prompt is a mistake of the caller's."""
        host = HostRepl()

        with pytest.raises(RuntimeError, match="code to execute came while unknown"):
            host.execute(b"print(1)")


class TestPlainCode:
    """Code without a wrapper."""

    @given(st.binary(max_size=60).filter(lambda data: 4 not in data), cuts())
    def test_output_passes_byte_for_byte(self, printed: bytes, cut: Callable[[bytes], list[bytes]]) -> None:
        """Any output without 0x04 arrives as it was printed, cut anywhere."""
        board = BoardRepl(lambda _: (printed, b""))
        exchange = ready(board)
        exchange.cut = cut

        exchange.host.execute(b"code")
        events = exchange.until(Finished)

        assert events == ([Output(printed)] if printed else []) + [Finished(b"", started=True)]

    def test_a_failure_is_its_traceback(self) -> None:
        """Code that raises ends with the traceback that the board printed."""
        traceback = b"Traceback (most recent call last):\r\nValueError: 1\r\n"
        board = BoardRepl(lambda _: (b"out", traceback))
        exchange = ready(board)

        exchange.host.execute(b"code")
        events = exchange.until(Finished)

        assert events == [Output(b"out"), Finished(traceback, started=True)]

    def test_system_exit_restarts_the_board(self) -> None:
        """A board that soft-resets in place of the prompt has lost what it held, and is entered anew."""
        exchange = ready(BoardRepl())
        exchange.host.execute(b"raise SystemExit")
        exchange.host.take()

        events = exchange.host.feed(b"OK\x04\x04MPY: soft reboot\r\n>1\r\nraw REPL; CTRL-B to exit\r\n>")

        assert events[0] == Restarted()
        assert exchange.host.state is State.UNKNOWN

    def test_what_threads_print_at_the_end(self) -> None:
        """What a thread prints between the bytes of the end is output."""
        exchange = ready(BoardRepl())
        exchange.host.execute(b"code")
        exchange.host.take()

        events = exchange.host.feed(b"a\r\nOKb\r\n\x04c\r\n\x04d\r\n>")

        assert joined(events) == [Output(b"a\r\nb\r\nc\r\nd\r\n"), Finished(b"", started=True)]

    def test_what_threads_print_in_front_of_a_failure(self) -> None:
        """What a thread prints between the end of the output and the traceback is output."""
        exchange = ready(BoardRepl())
        exchange.host.execute(b"code")
        exchange.host.take()

        events = exchange.host.feed(b"OK\x04tick\r\nMemoryError: \r\n\x04>")

        assert events == [Output(b"tick\r\n"), Finished(b"MemoryError: \r\n", started=True)]

    def test_running_is_known(self) -> None:
        """The machine knows from when on Ctrl-C reaches a program, and until when."""
        exchange = ready(BoardRepl())
        host = exchange.host
        host.execute(b"code")

        running = [host.running]
        for data in (b"O", b"K", b"out", b"\x04", b"\x04>"):
            host.feed(data)
            running.append(host.running)

        assert running == [False, False, True, True, True, False]


class TestPrompts:
    """Soft resets, leaving, and what comes while nothing is under way."""

    @pytest.mark.parametrize("cut", CUTS)
    def test_a_soft_reset_in_raw_mode(self, cut: Callable[[bytes], list[bytes]]) -> None:
        """At the raw prompt a soft reset runs `boot.py` and comes back to the raw prompt."""
        board = BoardRepl(boot_text=b"boot\r\n")
        exchange = ready(board)
        exchange.cut = cut

        exchange.host.soft_reset()
        events = exchange.until(Ready)

        assert events == [Ready()]
        assert (board.soft_resets, board.mode) == (1, "raw")

    def test_a_board_that_comes_back_friendly(self) -> None:
        """A board whose soft reset ends at the friendly prompt is brought back to the raw one."""
        board = BoardRepl()
        exchange = ready(board)

        def friendly(data: bytes) -> bytes:
            if data != b"\x04":
                return board.feed(data)
            board.mode = "friendly"
            return b"OK\r\nsoft reboot\r\n\r\nAdafruit CircuitPython 9.2.0\r\n>>> "

        exchange.board = friendly
        exchange.host.soft_reset()
        exchange.until(Ready)

        assert board.mode == "raw"
        assert exchange.now_s == 0.0

    def test_a_soft_reset_in_friendly_mode(self) -> None:
        """At the friendly prompt a soft reset leaves the board to `main.py`; what that prints is output."""
        board = BoardRepl(boot_text=b"main\r\n")
        exchange = ready(board)
        exchange.host.leave()
        exchange.until(Ready)

        exchange.host.soft_reset()
        events = exchange.host.feed(board.feed(exchange.host.take()))

        assert exchange.host.state is State.UNKNOWN
        assert b"main\r\n" in b"".join(event.data for event in events if isinstance(event, Output))
        assert board.soft_resets == 1

    def test_leaving_ends_at_the_friendly_prompt(self) -> None:
        """A board that was left waits at its friendly prompt."""
        board = BoardRepl()
        exchange = ready(board)

        exchange.host.leave()
        exchange.until(Ready)

        assert (board.mode, exchange.host.state) == ("friendly", State.FRIENDLY)

    @pytest.mark.parametrize(("verb", "sent"), [("leave", "Ctrl-B"), ("soft_reset", "Ctrl-D")])
    def test_a_board_that_does_not_follow(self, verb: str, sent: str) -> None:
        """A board that does not leave or reset in time is given up, and the machine says what it sent."""
        exchange = ready(BoardRepl(), wait_s=3.0)
        exchange.board = lambda _: b"?"

        getattr(exchange.host, verb)()
        events = exchange.until(Refused)

        assert isinstance(events[-1], Refused)
        assert (events[-1].sent, events[-1].received) == (sent, b"?")

    @pytest.mark.parametrize("cut", CUTS)
    def test_output_between_calls(self, cut: Callable[[bytes], list[bytes]]) -> None:
        """What threads print between calls is output; the last call's prompt and stale frames are not."""
        board = BoardRepl(lambda _: (b"", b""))
        exchange = ready(board)
        frames = b"\x02hosts;5\x03\x02hostvint;5,1,00000000:1\x03"

        events = []
        for piece in cut(b"tick\r\n" + frames + b"tock\r\n"):
            events += exchange.host.feed(piece)

        assert joined(events) == [Output(b"tick\r\ntock\r\n")]
        assert exchange.host.state is State.READY

    @pytest.mark.parametrize("cut", CUTS)
    def test_a_restart_between_calls_is_noticed(self, cut: Callable[[bytes], list[bytes]]) -> None:
        """Boot text up to a prompt between two calls makes the next one enter anew."""
        exchange = ready(BoardRepl())

        for piece in cut(FRIENDLY):
            exchange.host.feed(piece)

        assert exchange.host.state is State.UNKNOWN


@given(st.lists(st.binary(max_size=30), max_size=8), st.randoms(use_true_random=False))
@settings(max_examples=200)
def test_garbage_never_breaks_the_machine(pieces: list[bytes], random: object) -> None:
    """Whatever comes in whatever state, the machine goes on and can be entered anew."""
    board = BoardRepl()
    exchange = ready(board)
    host = exchange.host
    verbs = [lambda: host.execute(b"x" * 300), host.leave, host.soft_reset, host.enter, host.interrupt]

    for index, piece in enumerate(pieces):
        if host.state is State.READY:
            verbs[(index + len(piece)) % len(verbs)]()
        host.feed(piece)
        if host.due_s(0.0) is not None and len(piece) % 3 == 0:
            host.time_passed()
    host.take()
    exchange.host.enter()
    exchange.until(Ready)

    assert host.state is State.READY
