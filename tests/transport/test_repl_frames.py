"""Replies in frames: any payload comes back whole, and no damage turns one reply into another."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from belay_transport.repl import FrameDecoder, Reply, encode_frame, start_mark
from belay_transport.repl.frames import CHUNK_BYTES, KIND_BYTES, running_check
from belay_transport.repl.joining import ReplyJoiner

TOKEN = b"toke"

long_payloads = st.integers(1, 3000).map(lambda size: bytes(i * 7 % 251 for i in range(size)))
payloads = st.binary(max_size=40) | long_payloads
kinds = st.sampled_from(["e", "n", "vint", "vlist,int,Größe", "qvstr"])


def read(data: bytes, *, sequence: int, replies: int = 1) -> list[Reply]:
    """Read all replies out of a stream that holds frames and other bytes."""
    decoder = FrameDecoder(TOKEN)
    joiner = ReplyJoiner(sequence=sequence, replies=replies)
    got = []
    index = 0
    while (index := decoder.find(data, index)) < len(data):
        frame, end = decoder.decode(data, index)
        if end == index:
            break
        index = end
        reply = None if frame is None else joiner.take(frame)
        if reply is not None:
            got.append(reply)
    return got


noises = st.binary(max_size=20).filter(lambda noise: 2 not in noise)


@given(payloads, kinds, st.integers(0, 0x1FFFFFFF), noises)
def test_any_reply_comes_back(payload: bytes, kind: str, sequence: int, noise: bytes) -> None:
    """Any payload, kind and number comes back as it was sent, whatever stands before and behind."""
    data = noise + encode_frame(TOKEN, kind, sequence, payload) + noise

    replies = read(data, sequence=sequence)

    assert replies == [Reply(sequence, kind, payload)]


@given(payloads, st.data())
def test_a_frame_that_is_not_all_there_waits_for_more(payload: bytes, data: st.DataObject) -> None:
    """A frame cut anywhere is neither a frame nor damage, but a reason to wait."""
    whole = encode_frame(TOKEN, "vint", 7, payload[:CHUNK_BYTES])
    part = whole[: data.draw(st.integers(len(TOKEN) + 1, len(whole) - 1))]

    frame, end = FrameDecoder(TOKEN).decode(part, 0)

    assert (frame, end) == (None, 0)


@pytest.mark.parametrize("length", range(1, 5))
def test_a_mark_cut_short_is_found(length: int) -> None:
    """A mark of which the last bytes have not come yet is held back, at any place in the stream."""
    decoder = FrameDecoder(TOKEN)

    index = decoder.find(b"12345" + decoder.mark[:length])

    assert index == 5


def test_what_only_begins_like_a_mark_is_output() -> None:
    """A 0x02 that something else than the token follows is no frame."""
    data = b"a\x02tob"

    index = FrameDecoder(TOKEN).find(data)

    assert index == len(data)


@pytest.mark.parametrize("kind", ["e", "vint,list"])
@pytest.mark.parametrize("size", [0, 3, 1024, 1025, 2500])
def test_no_flipped_bit_makes_another_reply(size: int, kind: str) -> None:
    """A reply with any one bit of its headers or its payload flipped is itself or nothing."""
    payload = bytes(65 + i % 26 for i in range(size))
    good = encode_frame(TOKEN, kind, 0x2A, payload)
    step = 1 if size < 10 else 37
    headers = [i for start in range(0, len(good), 1024) for i in range(start, min(start + 80, len(good)))]

    wrong = []
    for position in {*headers, *range(0, len(good), step)}:
        for bit in range(8):
            data = bytearray(good)
            data[position] ^= 1 << bit
            if any(reply != Reply(0x2A, kind, payload) for reply in read(bytes(data), sequence=0x2A)):
                wrong.append((position, bit))

    assert wrong == []


def test_a_shortened_length_does_not_end_a_reply() -> None:
    """A length that lost its first digit's bit on the way does not pass off the first chunk as the reply."""
    payload = b"1" * 0x1400
    data = encode_frame(TOKEN, "vint", 1, payload)

    replies = read(data.replace(b",1400,", b",0400,"), sequence=1)

    assert replies == []


def test_a_number_that_changed_puts_no_value_in_another_place() -> None:
    """In a batch whose first reply is lost, a later one cannot take its place by a flipped bit."""
    second = encode_frame(TOKEN, "vint", 5, b"second")

    replies = read(second.replace(b";5,", b";4,"), sequence=4, replies=2)

    assert replies == []


def test_a_lost_chunk_is_missed() -> None:
    """A reply of which one chunk is lost is no reply, whichever chunk it is."""
    frames = _frames(encode_frame(TOKEN, "vstr", 3, b"x" * 3000))

    replies = [read(b"".join(frames[:i] + frames[i + 1 :]), sequence=3) for i in range(len(frames))]

    assert replies == [[], [], []]


def test_a_doubled_chunk_is_taken_once() -> None:
    """A chunk that comes twice does no harm."""
    payload = bytes(65 + i % 26 for i in range(3000))
    frames = _frames(encode_frame(TOKEN, "vstr", 3, payload))

    replies = [read(b"".join([*frames[: i + 1], *frames[i:]]), sequence=3) for i in range(len(frames))]

    assert replies == [[Reply(3, "vstr", payload)]] * 3


@given(st.data())
@settings(max_examples=200)
def test_damage_never_makes_another_reply(data: st.DataObject) -> None:
    """Bytes lost, changed or put in, alone or together, never make a batch's reply another one."""
    sent = [Reply(9, "vint", b"12"), Reply(10, "vstr", b"y" * 1500), Reply(11, "e", b"Traceback")]
    stream = bytearray(b"".join(encode_frame(TOKEN, r.kind, r.sequence, r.payload) for r in sent))
    for _ in range(data.draw(st.integers(1, 4))):
        position = data.draw(st.integers(0, len(stream)))
        stream[position : position + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=30))

    replies = read(bytes(stream), sequence=9, replies=3)

    assert replies == sent[: len(replies)]


def test_a_frame_that_another_one_begins_in_is_damaged_up_to_there() -> None:
    """A frame that lost its end does not swallow the one behind it."""
    first = encode_frame(TOKEN, "vstr", 3, b"x" * 500)
    second = encode_frame(TOKEN, "vstr", 4, b"good")

    frame, end = FrameDecoder(TOKEN).decode(first[:100] + second, 0)

    assert (frame, end) == (None, 100)


def test_damage_ends_at_the_end_of_the_frame() -> None:
    """What follows a frame that cannot be read is looked at again."""
    decoder = FrameDecoder(TOKEN)
    cases = [b"?;1\x03", b"vint;1,5,zz:hello\x03", b"vint;1,3,00000000:hello\x03", b"s;\x03"]

    ends = [decoder.decode(decoder.mark + case + b"rest", 0) for case in cases]

    assert ends == [(None, len(decoder.mark + case)) for case in cases]


def test_a_kind_longer_than_any_is_damage() -> None:
    """A header without an end is not waited for: what is held back has a limit."""
    decoder = FrameDecoder(TOKEN)
    data = decoder.mark + b"v" * (KIND_BYTES + 100)

    frame, end = decoder.decode(data, 0)

    assert frame is None
    assert end == len(data)


def test_the_small_check_is_the_boards_sum() -> None:
    """Six digits are the sum c·31 + byte modulo 2²⁴, of kind and payload, begun with number plus length."""
    total = 5 + 2
    for byte in b"vint" + b"42":
        total = (total * 31 + byte) & 0xFFFFFF
    data = b"\x02" + TOKEN + b"vint;5,2,%06x:42\x03" % total

    replies = read(data, sequence=5)

    assert replies == [Reply(5, "vint", b"42")]


def test_the_check_runs_on() -> None:
    """The check of two pieces in a row is the check of both, in either width."""
    whole = [running_check(b"abcdef", 7, is_sum=is_sum) for is_sum in (False, True)]

    pieces = [
        running_check(b"def", running_check(b"abc", 7, is_sum=is_sum), is_sum=is_sum)
        for is_sum in (False, True)
    ]

    assert pieces == whole


def test_a_start_mark_is_a_frame_without_payload() -> None:
    """The start mark is read as a frame of the kind `s`."""
    frame, end = FrameDecoder(TOKEN).decode(start_mark(TOKEN, 0x1FF), 0)

    assert frame is not None
    assert (frame.kind, frame.sequence, frame.check, end) == (b"s", 0x1FF, None, 11)


def _frames(data: bytes) -> list[bytes]:
    return [frame + b"\x03" for frame in data.split(b"\x03")[:-1]]
