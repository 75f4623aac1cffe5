"""Bulk data on the wire: cut, deflated, escaped, and put together again as the board does it."""

from __future__ import annotations

import zlib
from binascii import a2b_base64, crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from belay.files.abilities import Channel, Sizes
from belay.files.stream import blocks, escape, segments

contents = st.binary(max_size=300) | st.integers(0, 9000).map(
    lambda size: bytes(i * i % 251 for i in range(size))
)
texts = st.integers(0, 9000).map(lambda size: (b"the quick brown fox\n" * 500)[:size])
pieces = st.lists(contents | texts, max_size=5)


def unescaped(data: bytes) -> bytes:
    """Undo the escapes one after the other, as the board does."""
    for byte in b"\1\2\3\4\x1b":
        data = data.replace(bytes((27, 96 + byte)), bytes((byte,)))
    return data


def content_of(data: bytes, window_bits: int) -> bytes:
    """Put segments together again, up to the zeros behind them."""
    inflater = zlib.decompressobj(-window_bits) if window_bits else None
    content = b""
    while len(data) >= 8 and data[:8] != bytes(8):
        size, inflated = int.from_bytes(data[:2], "little"), int.from_bytes(data[2:4], "little")
        body = data[8 : 8 + size]
        assert crc32(body) == int.from_bytes(data[4:8], "little")
        data = data[8 + size :]
        if inflated:
            assert inflater is not None
            body = inflater.decompress(body)
            assert len(body) == inflated
        content += body
    return content


@given(st.binary(max_size=200))
def test_no_byte_that_the_prompt_acts_on(data: bytes) -> None:
    """Escaped data hold no Ctrl-A to Ctrl-D, and come back."""
    escaped = escape(data)

    assert not set(escaped) & {1, 2, 3, 4}
    assert unescaped(escaped) == data


@pytest.mark.parametrize("window_bits", [0, 9, 12])
@pytest.mark.parametrize("channel", [Channel.RAW, Channel.BASE64])
@given(pieces=pieces, block=st.integers(1, 60).map(lambda number: number * 4))
def test_content_comes_back(pieces: list[bytes], block: int, channel: Channel, window_bits: int) -> None:
    """Any content, in any pieces, comes back from blocks of any size, each of exactly that size."""
    sizes = Sizes(block, 2, 512, window_bits)

    cut = list(blocks(segments(pieces, sizes, check=crc32), block, channel))

    assert {len(piece) for piece in cut} <= {block}
    data = unescaped(b"".join(cut)) if channel is Channel.RAW else b"".join(map(a2b_base64, cut))
    assert content_of(data, window_bits) == b"".join(pieces)


def test_what_deflate_shortens_is_deflated() -> None:
    """A text goes as a part of itself, and random-like bytes go as they are."""
    sizes = Sizes(240, 2, 4096, 12)
    text = b"for number in range(100):\n    print(number)\n" * 200
    noise = b"".join(crc32(i.to_bytes(2, "big")).to_bytes(4, "big") for i in range(2000))

    assert sum(map(len, segments([text], sizes, check=crc32))) < len(text) // 10
    assert sum(map(len, segments([noise], sizes, check=crc32))) == len(noise) + 8 * 2
