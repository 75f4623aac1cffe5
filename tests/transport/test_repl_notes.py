"""Notes: what a board says beside its replies comes whole or not at all, at any time, however it is cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from belay_transport.repl import Finished, FrameDecoder, HostRepl, Note, Output, Ready, Reply, encode_frame
from belay_transport.repl.board import BoardRepl
from belay_transport.repl.buffers import Buffers
from belay_transport.repl.exchange import Exchange, joined
from belay_transport.repl.frames import CHUNK_BYTES
from belay_transport.repl.notes import MOST_PARTS, NoteJoiner
from belay_transport.repl.wrapper import BoardWrapper, Called

if TYPE_CHECKING:
    from collections.abc import Callable

    from belay_transport.repl import Event

TOKEN = b"host"
CREDIT = b"\x02hostx;7\x03"
LONG = bytes(range(256)) * 10


def frames_of(data: bytes) -> list[bytes]:
    """Return the frames of a stream, each by itself."""
    return [b"\x02host" + rest for rest in data.split(b"\x02host")[1:]]


def taken(*pieces: bytes) -> list[Event]:
    """Return what a joiner reports of frames that come in this order."""
    buffers = Buffers(step_s=1, mark=b"\x02" + TOKEN)
    joiner = NoteJoiner(buffers, FrameDecoder(TOKEN))
    for piece in pieces:
        frame, _ = FrameDecoder(TOKEN).decode(piece, 0)
        assert frame is not None
        assert joiner.take(frame)
    return buffers.events


def ready_host(called: Called) -> tuple[HostRepl, Exchange]:
    """Return a host at the raw prompt of a board whose calls do that."""
    wrapper = BoardWrapper(lambda _arguments: called)
    host = HostRepl(TOKEN)
    exchange = Exchange(host, BoardRepl(wrapper.run, interrupted=wrapper.interrupted).feed)
    host.enter()
    exchange.until(Ready)
    return host, exchange


@given(st.binary(max_size=5000), st.integers(0, 0x3FFFFFFF))
def test_any_payload_comes_whole(payload: bytes, number: int) -> None:
    """A note of any payload is reported once, with its kind and number."""
    pieces = frames_of(encode_frame(TOKEN, "mevent", number, payload.replace(b"\x02", b"")))

    events = taken(*pieces)

    assert events == [Note(number, "mevent", payload.replace(b"\x02", b""))]


def test_notes_of_threads_come_between_each_other() -> None:
    """Frames of two notes that alternate are joined each with its own."""
    one = frames_of(encode_frame(TOKEN, "m", 1, b"a" * 2000))
    two = frames_of(encode_frame(TOKEN, "m", 2, b"b" * 2000))

    events = taken(one[0], two[0], one[1], two[1])

    assert events == [Note(1, "m", b"a" * 2000), Note(2, "m", b"b" * 2000)]


@pytest.mark.parametrize("kept", [[0, 2], [1, 2], [0, 1], [2, 1, 0]])
def test_a_note_with_a_frame_missing_is_dropped(kept: list[int]) -> None:
    """A note of which a frame is lost, or comes out of order, is not reported."""
    pieces = frames_of(encode_frame(TOKEN, "m", 1, b"c" * (2 * CHUNK_BYTES + 1)))

    assert taken(*(pieces[index] for index in kept)) == []


def test_unfinished_notes_are_bounded() -> None:
    """Beginnings that nothing follows do not pile up: the oldest goes."""
    buffers = Buffers(step_s=1, mark=b"\x02" + TOKEN)
    joiner = NoteJoiner(buffers, FrameDecoder(TOKEN))
    pieces = [frames_of(encode_frame(TOKEN, "m", number, b"d" * 1500)) for number in range(MOST_PARTS + 1)]

    for piece in [*(first for first, _ in pieces), *(second for _, second in pieces)]:
        frame, _ = FrameDecoder(TOKEN).decode(piece, 0)
        assert frame is not None
        joiner.take(frame)

    assert [event.number for event in buffers.events if isinstance(event, Note)] == list(
        range(1, MOST_PARTS + 1)
    )


def test_a_replys_frame_is_none() -> None:
    """Frames of replies and questions are left to those who wait for them."""
    frame, _ = FrameDecoder(TOKEN).decode(encode_frame(TOKEN, "vint", 1, b"2"), 0)

    assert frame is not None
    assert not NoteJoiner(Buffers(step_s=1, mark=CREDIT[:5]), FrameDecoder(TOKEN)).take(frame)


REPLY = [b"\x02hosts;0\x03", encode_frame(TOKEN, "vint", 0, b"42"), b"\x04", b"\x04", b">"]
PLAIN_ANSWER = [b"OK", *REPLY]
PASTE_ANSWER = [b"R\x01", b"\x00\x01", b"\x01", b"\x01", b"\x04", *REPLY]
# Each is one write of the board's; a window of 256 bytes takes the code below in two.


def in_twos(pieces: list[bytes]) -> list[bytes]:
    """Each write together with the one before."""
    return [first + second for first, second in zip(pieces[:-1:2], pieces[1::2], strict=True)] + pieces[
        len(pieces) & ~1 :
    ]


def byte_by_byte(pieces: list[bytes]) -> list[bytes]:
    """Each byte by itself."""
    return [bytes([byte]) for byte in b"".join(pieces)]


@pytest.mark.parametrize(
    "cut", [lambda pieces: pieces, in_twos, byte_by_byte], ids=["as written", "in twos", "byte by byte"]
)
@pytest.mark.parametrize(
    ("answer", "code", "place"),
    [(PLAIN_ANSWER, b"_belay(0,x)", place) for place in range(len(PLAIN_ANSWER) + 1)]
    + [(PASTE_ANSWER, b"_belay(0,x)" + b" " * 400, place) for place in range(len(PASTE_ANSWER) + 1)],
)
def test_a_note_between_any_two_writes_of_the_board(
    answer: list[bytes], code: bytes, place: int, cut: Callable[[list[bytes]], list[bytes]]
) -> None:
    """A timer's note is a note wherever it comes in a call, one that holds a `>` too, and no output."""
    note = encode_frame(TOKEN, "mvstr", 0, b"'->>'")  # numbered like the reply
    host, _ = ready_host(Called(b"", None))
    host.execute(code, replies=1)
    events: list[Event] = []
    for piece in cut([*answer[:place], note, *answer[place:]]):
        events += host.feed(piece)
        host.take()

    assert sorted(events, key=lambda event: type(event).__name__) == [
        Finished(b"", started=True),
        Note(0, "mvstr", b"'->>'"),
        Reply(0, "vint", b"42"),
    ]


@given(st.integers(1, 40))
def test_notes_around_a_call(size: int) -> None:
    """Notes before, in and behind a call are reported in their place, wherever the bytes are cut."""
    message = encode_frame(TOKEN, "mevent", 5, LONG.replace(b"\x02", b""))
    host, exchange = ready_host(Called(b"one" + CREDIT + b"two" + message, [("vint", b"1")]))
    exchange.cut = lambda data: [data[i : i + size] for i in range(0, len(data), size)]

    host.execute(b"_belay(0,x)", replies=1)
    events = exchange.until(Finished)

    assert events == [
        Output(b"one"),
        Note(7, "x", b""),
        Output(b"two"),
        Note(5, "mevent", LONG.replace(b"\x02", b"")),
        Reply(0, "vint", b"1"),
        Finished(b"", started=True),
    ]


@pytest.mark.parametrize("cut", [1, 3, 1000])
def test_notes_between_calls(cut: int) -> None:
    """A note that a thread sends while nobody calls is reported, and what it prints around it."""
    host, exchange = ready_host(Called())
    data = b"tick" + CREDIT + b"tock"

    events: list[Event] = []
    for index in range(0, len(data), cut):
        events += host.feed(data[index : index + cut])

    assert joined(events) == [Output(b"tick"), Note(7, "x", b""), Output(b"tock")]
    assert exchange.now_s == 0
