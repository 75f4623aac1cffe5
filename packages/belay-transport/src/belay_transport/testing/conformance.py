"""Does a link keep what `Link` promises? A check that the author of any link can run.

Knows the promises, and a far end that the author provides for their wire. Every wait is bounded: a
link that breaks a promise fails, it does not hang.

    check_link(open_pair)                       # all promises, each on a fresh pair

    @pytest.mark.parametrize("promise", PROMISES)
    def test_my_link(promise):                  # or one by one
        with open_pair() as (link, far_end):
            promise(link, far_end)
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Protocol

from belay_transport.testing.bounded import LONG_S, Call, bounded, loses_link, meanwhile

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from belay_transport.links import Link

    OpenPair = Callable[[], AbstractContextManager[tuple[Link, "FarEnd"]]]
    Promise = Callable[[Link, "FarEnd"], None]

__all__ = ["PROMISES", "FarEnd", "check_link", "last_bytes_are_read_before_the_break"]

_SHORT_S = 0.02
"""A timeout that is meant to pass."""

_LARGE = bytes(range(256)) * 4000
"""A megabyte with every byte in it: more than any wire holds, so that it must flow."""

_RACES = 20
"""How often two threads race, so that either comes first now and then."""


class FarEnd(Protocol):
    """The other end of the wire, as far as the check needs it. Called by one thread at a time."""

    def send(self, data: bytes) -> None:
        """Send all of `data` to the host; may wait until the host reads."""
        ...

    def receive(self, count: int) -> bytes:
        """Wait for the next `count` bytes that the host has written, and return them."""
        ...

    def echo(self, count: int) -> None:
        """Send the next `count` bytes back to the host as they come; returns before or after."""
        ...

    def stop_reading(self) -> None:
        """Take nothing more from the wire, so that the host's writes must wait."""
        ...

    def hang_up(self, last: bytes = b"") -> None:
        """Send `last`, few bytes, then break the wire."""
        ...


def check_link(open_pair: OpenPair, *, keeps_last_bytes: bool = True) -> None:
    """Check every promise of `Link`, each on a fresh pair.

    Args:
        open_pair: returns a context manager that gives an open link and the far end of its wire,
            and takes both away again. The check may have closed the link before.
        keeps_last_bytes: False for a wire whose driver throws away what was not read when it
            breaks, as Linux does with a pty; then that bytes sent before are still read is not checked.

    Raises:
        AssertionError: a promise is broken; the traceback names it.
    """
    for promise in PROMISES:
        if keeps_last_bytes or promise is not last_bytes_are_read_before_the_break:
            with open_pair() as (link, far_end):
                promise(link, far_end)


def it_describes_itself(link: Link, far_end: FarEnd) -> None:  # noqa: ARG001 - every promise has the same form
    """A link says what it is, and whether it holds bytes back."""
    assert isinstance(link.description, str)
    assert link.description
    assert isinstance(link.flow_control, bool)


def a_read_returns_what_came(link: Link, far_end: FarEnd) -> None:
    """A read waits for bytes and returns them unchanged, each once."""
    for data in (b"x", b"\0\x04\x03\r\n\xff", b"hello"):
        far_end.send(data)
        assert _read(link, len(data)) == data


def a_read_ends_when_the_time_has_passed(link: Link, far_end: FarEnd) -> None:
    """A read without bytes returns b"" after its time, and misses nothing that comes later."""
    assert link.read(_SHORT_S) == b""
    assert link.read(_SHORT_S) == b""
    far_end.send(b"late")
    assert _read(link, 4) == b"late"


def a_read_of_no_time_takes_what_is_there(link: Link, far_end: FarEnd) -> None:
    """A timeout of 0 returns at once, with what has come."""
    assert link.read(0) == b""
    far_end.send(b"there")
    data = bytearray()

    def ask_until_there() -> None:
        while len(data) < len(b"there"):
            data.extend(link.read(0))

    bounded(ask_until_there)
    assert data == b"there"


def a_wake_ends_a_read_in_another_thread(link: Link, far_end: FarEnd) -> None:  # noqa: ARG001 - the common form
    """A read without end returns b"" when another thread wakes it, whichever of both comes first."""
    for _ in range(_RACES):
        with meanwhile(link.wake):
            assert bounded(lambda: link.read(None)) == b""


def a_wake_is_remembered_once(link: Link, far_end: FarEnd) -> None:
    """Wakes before a read end the next read, and only that, even if there are bytes."""
    far_end.send(b"kept")
    assert _read(link, 4) == b"kept"
    link.wake()
    link.wake()
    far_end.send(b"here")
    assert bounded(lambda: link.read(None)) == b""
    assert _read(link, 4) == b"here"


def a_megabyte_is_read(link: Link, far_end: FarEnd) -> None:
    """Much that is sent to the host arrives whole and in order."""
    with meanwhile(lambda: far_end.send(_LARGE)):
        assert _read(link, len(_LARGE)) == _LARGE


def a_megabyte_is_written(link: Link, far_end: FarEnd) -> None:
    """Much that is written arrives whole and in order, also if the far end is slower."""
    with meanwhile(lambda: link.write(_LARGE, LONG_S)):
        received = bounded(lambda: far_end.receive(len(_LARGE)))
    assert received == _LARGE


def two_threads_read_and_write(link: Link, far_end: FarEnd) -> None:
    """One thread reads while another writes."""

    def write_in_pieces() -> None:
        for start in range(0, len(_LARGE), 1000):
            link.write(_LARGE[start : start + 1000], LONG_S)

    with meanwhile(lambda: far_end.echo(len(_LARGE))), meanwhile(write_in_pieces):
        assert _read(link, len(_LARGE)) == _LARGE


def writing_nothing_is_no_error(link: Link, far_end: FarEnd) -> None:
    """An empty write sends nothing, and costs no time."""
    link.write(b"", LONG_S)
    link.write(b"x", LONG_S)
    assert bounded(lambda: far_end.receive(1)) == b"x"


def a_write_ends_when_the_time_has_passed(link: Link, far_end: FarEnd) -> None:
    """A write that the far end does not take in time says how many bytes were taken."""
    far_end.stop_reading()
    with loses_link() as lost:
        for _ in range(100):  # until every buffer of the wire is full
            link.write(_LARGE, _SHORT_S)
    taken = re.search(rf"(\d+) of {len(_LARGE)} bytes", str(lost[0]))
    assert taken, f"the error does not say how many bytes were taken: {lost[0]}"
    assert 0 <= int(taken[1]) < len(_LARGE)


def closing_ends_a_write_in_another_thread(link: Link, far_end: FarEnd) -> None:
    """A write without end raises `ConnectionLost` when another thread closes the link."""
    far_end.stop_reading()

    def write_for_ever() -> None:
        while True:
            link.write(_LARGE, None)

    call = Call(write_for_ever)
    link.close()
    with loses_link():
        call.result()


def last_bytes_are_read_before_the_break(link: Link, far_end: FarEnd) -> None:
    """What the far end sent before it broke off is read first, then the error, again and again."""
    far_end.hang_up(b"last words")
    assert _read(link, 10) == b"last words"
    for _ in range(2):
        with loses_link():
            bounded(lambda: link.read(None))


def a_break_ends_a_read(link: Link, far_end: FarEnd) -> None:
    """A read in progress raises `ConnectionLost` with a reason when the wire breaks."""
    call = Call(lambda: link.read(None))
    far_end.hang_up()
    with loses_link() as lost:
        call.result()
    assert str(lost[0])


def a_break_ends_writing(link: Link, far_end: FarEnd) -> None:
    """Once the wire is broken, a write raises `ConnectionLost`, at the latest when the news has come."""
    far_end.hang_up()
    with loses_link():
        bounded(lambda: link.read(None))
    with loses_link():
        for _ in range(1000):
            link.write(b"x", LONG_S)


def closing_twice_is_no_error(link: Link, far_end: FarEnd) -> None:  # noqa: ARG001 - the common form
    """A closed link can be closed and woken, but neither read nor written."""
    link.close()
    link.close()
    link.wake()
    for timeout_s in (0, None):
        with loses_link():
            bounded(partial(link.read, timeout_s))
    with loses_link():
        link.write(b"x", LONG_S)


def closing_ends_a_read_in_another_thread(link: Link, far_end: FarEnd) -> None:  # noqa: ARG001 - the common form
    """A read in progress raises `ConnectionLost` when another thread closes the link."""
    call = Call(lambda: link.read(None))
    link.close()
    with loses_link():
        call.result()


PROMISES: tuple[Promise, ...] = (
    it_describes_itself,
    a_read_returns_what_came,
    a_read_ends_when_the_time_has_passed,
    a_read_of_no_time_takes_what_is_there,
    a_wake_ends_a_read_in_another_thread,
    a_wake_is_remembered_once,
    a_megabyte_is_read,
    a_megabyte_is_written,
    two_threads_read_and_write,
    writing_nothing_is_no_error,
    a_write_ends_when_the_time_has_passed,
    closing_ends_a_write_in_another_thread,
    last_bytes_are_read_before_the_break,
    a_break_ends_a_read,
    a_break_ends_writing,
    closing_twice_is_no_error,
    closing_ends_a_read_in_another_thread,
)
"""Every promise of `Link`, as a function of a fresh link and its far end."""


def _read(link: Link, count: int) -> bytes:
    """Read exactly `count` bytes."""
    data = bytearray()
    while len(data) < count:
        piece = link.read(LONG_S)
        assert piece, f"{len(data)} of {count} bytes came in {LONG_S} s"
        data += piece
    assert len(data) == count, f"{len(data) - count} bytes more than were sent: {bytes(data[count:])[:60]!r}"
    return bytes(data)
