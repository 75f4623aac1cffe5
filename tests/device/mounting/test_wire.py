"""Requests in what a board prints: found wherever they stand, and nothing else is lost or taken for one."""

from __future__ import annotations

from binascii import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from belay.mounting.wire import Asked, Requests, answer_frame

OUTPUTS = st.lists(st.sampled_from([b"\x02", b"\x02ABC", b"\x02ABCD", b"\x03", b"x", b"\r\n", b"\x04>"])).map(
    b"".join
)
PAYLOADS = st.binary(max_size=40)


def request(payload: bytes) -> bytes:
    """Ask as the board does."""
    return b"\x02ABCD?%08x%08x" % (len(payload), crc32(payload)) + payload + b"\x03"


def found(pieces: list[bytes]) -> tuple[bytes, list[bytes | None]]:
    """Return the output and the payloads in a stream."""
    requests = Requests(b"ABCD")
    output = b""
    payloads = []
    for piece in pieces:
        for each in requests.feed(piece):
            if isinstance(each, Asked):
                payloads.append(each.payload)
            else:
                output += each
    return output, payloads


@given(st.lists(st.tuples(OUTPUTS, PAYLOADS), max_size=4), st.data())
def test_requests_at_any_cuts(parts: list[tuple[bytes, bytes]], data: st.DataObject) -> None:
    """All requests are found in order, and all else is output, however the stream is cut."""
    stream = b"".join(output + request(payload) for output, payload in parts) + b"."
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    pieces = [stream[start:end] for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)]

    output, payloads = found(pieces)

    assert output == b"".join(output for output, _ in parts) + b"."
    assert payloads == [payload for _, payload in parts]


@pytest.mark.parametrize("at", range(6, len(request(b"payload"))))
def test_a_damaged_request_is_told_and_shown(at: int) -> None:
    """A changed byte makes no other request: it is asked for again, or is none; what is behind is understood."""
    damaged = bytearray(request(b"payload"))
    damaged[at] ^= 0x10

    output, payloads = found([bytes(damaged), b"and more" * 4, request(b"next")])

    assert payloads[-1] == b"next"
    assert payloads[:-1] in ([], [None], [b"payload"])
    assert output.endswith(b"and more" * 4)


def test_a_damaged_length_holds_nothing_back() -> None:
    """The board's next try is understood when it comes, however long the first one says that it is."""
    damaged = request(b"payload").replace(b"?00000007", b"?00010007")

    output, payloads = found([damaged, request(b"payload"), b">>> "])

    assert payloads == [b"payload"]
    assert output == damaged + b">>> "


@given(st.binary())
def test_an_answer_holds_nothing_that_a_prompt_acts_on(payload: bytes) -> None:
    """Neither Ctrl-A to Ctrl-D nor a line end is part of an answer, and its check is that of what is sent."""
    frame = answer_frame(payload)

    assert not set(frame) & {1, 2, 3, 4, 10, 13}
    assert frame[:1] == b"\x06"
    assert int(frame[1:9], 16) == len(frame) - 17
    assert int(frame[9:17], 16) == crc32(frame[17:])
