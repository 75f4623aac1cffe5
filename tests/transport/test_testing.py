"""The testing kit: a clock, a scripted link, and a conformance check that catches broken links."""

from __future__ import annotations

import doctest
import threading
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

import belay_transport.testing.clock
import belay_transport.testing.scripted
from belay_transport.errors import ConnectionLost
from belay_transport.testing import (
    PROMISES,
    Break,
    Expect,
    FakeClock,
    ScriptedLink,
    ScriptMismatchError,
    Send,
    SkipUntil,
    Stall,
    check_link,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from belay_transport.links import Link
    from belay_transport.testing import FarEnd


def test_a_fake_clock_moves_when_told() -> None:
    """Time passes by `advance` and `advance_to`, and never goes back."""
    clock = FakeClock(10.0)

    clock.advance(2.5)
    clock.advance_to(12.0)
    clock.advance_to(13.0)

    assert clock() == 13.0
    with pytest.raises(ValueError, match=r"cannot go back by 1 s"):
        clock.advance(-1)


@pytest.mark.parametrize("module", [belay_transport.testing.clock, belay_transport.testing.scripted])
def test_the_examples_in_the_docstrings_run(module: object) -> None:
    """What the docstrings show is what happens."""
    outcome = doctest.testmod(module)

    assert outcome.attempted > 0
    assert outcome.failed == 0


def test_a_script_is_played_step_by_step() -> None:
    """The board sends what the script says, as soon as the host has written what it expects."""
    link = ScriptedLink([Send(b"hi"), Expect(b"ab"), Send(b"1"), Send(b"2"), Expect(b"c"), Send(b"3")])

    greeting = link.read(0)
    link.write(b"a", 1)
    between = link.read(0)
    link.write(b"bc", 1)
    answer = link.read(0)

    assert (greeting, between, answer) == (b"hi", b"", b"123")
    assert link.writes == [b"a", b"bc"]
    assert link.written == b"abc"
    link.check_finished()


def test_another_write_than_expected_is_a_mismatch() -> None:
    """The error shows both, at the write and again at the end."""
    link = ScriptedLink([Expect(b"\x01"), Send(b">")])

    with pytest.raises(ScriptMismatchError) as caught:
        link.write(b"\x02", 1)

    assert str(caught.value) == r"The script expects b'\x01', but the host wrote b'\x02'"
    with pytest.raises(ScriptMismatchError):
        link.check_finished()


def test_a_write_after_the_script_is_a_mismatch() -> None:
    """What no step expects is an error, shortened."""
    link = ScriptedLink([Expect(b"a")])

    with pytest.raises(
        ScriptMismatchError, match=r"^The script is over, but the host wrote b'x{60}'… \(100 bytes\)$"
    ):
        link.write(b"a" + b"x" * 100, 1)


def test_a_script_that_is_not_over_is_told() -> None:
    """The end of a test finds out what the host has not written."""
    link = ScriptedLink([Expect(b"a"), Send(b"b")])

    with pytest.raises(
        ScriptMismatchError, match=r"^The script is not over: 2 steps left, next Expect\(data=b'a'\)$"
    ):
        link.check_finished()


@given(st.lists(st.integers(1, 7)))
def test_how_writes_are_cut_does_not_matter(lengths: list[int]) -> None:
    """A script is matched by bytes, not by writes."""
    link = ScriptedLink([Expect(b"one"), Send(b"1"), SkipUntil(b"\x04\x04"), Send(b"2"), Expect(b"end")])
    rest = b"one lots of \x04 code\x04\x04end"

    for length in lengths:
        if rest:
            link.write(rest[:length], 1)
            rest = rest[length:]
    link.write(rest, 1)

    assert link.read(0) == b"12"
    link.check_finished()


def test_reads_can_be_cut() -> None:
    """A parser can be fed one byte at a time."""
    link = ScriptedLink([Send(b"abc")], cut=lambda _: 1)

    assert [link.read(0) for _ in range(4)] == [b"a", b"b", b"c", b""]


def test_a_fake_clock_jumps_instead_of_waiting() -> None:
    """Delays and timeouts pass at once, and exactly."""
    clock = FakeClock()
    link = ScriptedLink([Send(b"a", after_s=5), Send(b"b", after_s=5), Send(b"c")], clock=clock)

    reads = [(link.read(timeout_s), clock()) for timeout_s in (2, 10, 10, 10)]

    assert reads == [(b"", 2.0), (b"a", 5.0), (b"bc", 10.0), (b"", 20.0)]


def test_without_a_fake_clock_time_is_real() -> None:
    """A delayed step is waited for."""
    link = ScriptedLink([Send(b"a", after_s=0.01)])

    assert link.read(0) == b""
    assert link.read(None) == b"a"


def test_a_function_can_play_the_board() -> None:
    """The function gets each write, and answers at once."""
    link = ScriptedLink(board=bytes.upper)

    link.write(b"abc", 1)
    link.write(b"def", 1)

    assert link.read(0) == b"ABCDEF"
    with pytest.raises(ValueError, match="not by both"):
        ScriptedLink([Send(b"x")], board=bytes.upper)


def test_a_break_comes_after_what_was_sent() -> None:
    """A broken wire gives up its last bytes, then names its reason for reads and writes."""
    link = ScriptedLink([Expect(b"x"), Send(b"bye"), Break("unplugged")], description="toy")

    link.write(b"x", 1)

    assert link.read(None) == b"bye"
    with pytest.raises(ConnectionLost, match=r"^Reading from the toy failed: unplugged$"):
        link.read(None)
    with pytest.raises(ConnectionLost, match=r"^Writing to the toy failed: unplugged$"):
        link.write(b"x", 1)


def test_a_stall_takes_no_byte() -> None:
    """A write to a stalled board runs out of time, and says how many bytes were taken."""
    clock = FakeClock()
    link = ScriptedLink([Expect(b"ab"), Stall()], clock=clock)

    with pytest.raises(ConnectionLost, match=r"^The scripted link took 2 of 5 bytes in 3 s$"):
        link.write(b"abcde", 3)

    assert clock() == 3.0
    link.check_finished()


def test_closing_is_seen() -> None:
    """A test can ask whether the code under test closed the link."""
    link = ScriptedLink(flow_control=False)
    before = link.closed

    link.close()

    assert (before, link.closed, link.flow_control) == (False, True, False)


class Echo(ScriptedLink):
    """A link that its own far end is made of: the least that the conformance check needs."""

    def __init__(self) -> None:
        """Play its own board."""
        super().__init__(board=self._take)
        self._inbox = bytearray()
        self._arrived = threading.Condition()
        self._echoes = False

    def _take(self, data: bytes) -> bytes:
        """Receive what the host writes."""
        with self._arrived:
            if self._echoes:
                return data
            self._inbox += data
            self._arrived.notify_all()
            return b""

    def send(self, data: bytes) -> None:
        """Let the board send."""
        self.feed(data)

    def receive(self, count: int) -> bytes:
        """Return what was written."""
        with self._arrived:
            self._arrived.wait_for(lambda: len(self._inbox) >= count)
            data = bytes(self._inbox[:count])
            del self._inbox[:count]
            return data

    def echo(self, count: int) -> None:
        """Send back what is written, and what was."""
        with self._arrived:
            self._echoes = True
            self.feed(bytes(self._inbox))

    def stop_reading(self) -> None:
        """Let the board be busy."""
        self.stall()

    def hang_up(self, last: bytes = b"") -> None:
        """Break the wire."""
        self.feed(last)
        self.break_wire()


def pair(link_class: type[Echo]) -> Callable[[], contextmanager[tuple[Link, FarEnd]]]:
    """Return what opens a pair of such a link and itself."""

    @contextmanager
    def open_pair() -> Iterator[tuple[Link, FarEnd]]:
        with closing(link_class()) as link:
            yield link, link

    return open_pair


def test_the_check_passes_a_link_that_keeps_its_promises() -> None:
    """A link that does as `Link` says passes as a whole."""
    check_link(pair(Echo))


class Nameless(Echo):
    """Says not what it is."""

    description = ""


class Garbling(Echo):
    """Loses the highest bit."""

    def read(self, timeout_s: float | None) -> bytes:
        """Read."""
        return bytes(byte & 127 for byte in super().read(timeout_s))


class Repeating(Echo):
    """Returns what it read twice."""

    def read(self, timeout_s: float | None) -> bytes:
        """Read."""
        return super().read(timeout_s) * 2


class Hasty(Echo):
    """Returns nothing the first time."""

    _read = False

    def read(self, timeout_s: float | None) -> bytes:
        """Read."""
        if not self._read:
            self._read = True
            return b""
        return super().read(timeout_s)


class WakingTwice(Echo):
    """Remembers each wake."""

    _wakes = 0

    def wake(self) -> None:
        """Count."""
        self._wakes += 1
        super().wake()

    def read(self, timeout_s: float | None) -> bytes:
        """Read."""
        if self._wakes > 1:
            self._wakes -= 1
            return b""
        return super().read(timeout_s)


class Lying(Echo):
    """Says that it wrote what it did not."""

    def write(self, data: bytes, timeout_s: float | None) -> None:
        """Write only when that is easy."""
        if not self._stalled:
            super().write(data, timeout_s)


class Vague(Echo):
    """Does not say how many bytes were taken."""

    def write(self, data: bytes, timeout_s: float | None) -> None:
        """Write."""
        try:
            super().write(data, timeout_s)
        except ConnectionLost:
            raise ConnectionLost("it did not work") from None


class Cutting(Echo):
    """Drops what was not read when the wire breaks."""

    def hang_up(self, last: bytes = b"") -> None:
        """Break the wire."""
        del last
        self.break_wire()


class Denying(Echo):
    """Calls a broken wire silent."""

    def read(self, timeout_s: float | None) -> bytes:
        """Read."""
        try:
            return super().read(timeout_s)
        except ConnectionLost:
            return b""


class ClosingOnce(Echo):
    """Cannot be closed twice."""

    def close(self) -> None:
        """Close."""
        if self.closed and threading.current_thread() is threading.main_thread():
            raise ConnectionLost("it is closed")
        super().close()


@pytest.mark.parametrize(
    ("broken", "promises"),
    [
        (Nameless, {"it_describes_itself"}),
        (Garbling, {"a_read_returns_what_came", "a_megabyte_is_read", "two_threads_read_and_write"}),
        (Repeating, {"a_read_returns_what_came", "a_wake_is_remembered_once"}),
        (Hasty, {"a_read_returns_what_came"}),
        (WakingTwice, {"a_wake_is_remembered_once"}),
        (Lying, {"a_write_ends_when_the_time_has_passed"}),
        (Vague, {"a_write_ends_when_the_time_has_passed"}),
        (
            Denying,
            {"a_break_ends_a_read", "closing_twice_is_no_error", "closing_ends_a_read_in_another_thread"},
        ),
        (ClosingOnce, {"closing_twice_is_no_error"}),
    ],
)
def test_the_check_catches_broken_links(broken: type[Echo], promises: set[str]) -> None:
    """Each promise that a link breaks is found by the function that is named after it."""
    by_name = {promise.__name__: promise for promise in PROMISES}

    for name in promises:
        link = broken()
        with pytest.raises((AssertionError, ConnectionLost)):
            by_name[name](link, link)


def test_the_check_can_do_without_last_words() -> None:
    """A wire whose driver drops unread bytes at a break passes when its author says so, else not."""
    check_link(pair(Cutting), keeps_last_bytes=False)
