"""Bulk data as the board reads them: content -> segments -> bytes on the wire -> blocks.

This room is pure: pieces in, pieces out. The board's half is `_onboard/segments.py` and `_onboard/intake.py`.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from belay.files.abilities import Channel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from belay.files.abilities import Sizes

__all__ = ["blocks", "escape", "segments"]

_ESCAPED = b"\x1b\x01\x02\x03\x04"
# Esc first: the others bring one each. The rest are what the REPL acts on, should the program be gone.

_LEVEL = 6
# The highest one shortens by half a percent more and takes three times as long: on USB that is not worth it.

_WORTH = 0.9
# Of its bytes: a segment that deflate shortens by less goes as it is, which is less work for the board.


def escape(data: bytes) -> bytes:
    r"""Return data without the bytes 0x01 to 0x04, each as Esc and a letter.

    >>> escape(b"a\x03b\x1b")
    b'a\x1bcb\x1b{'
    """
    for byte in _ESCAPED:
        data = data.replace(bytes((byte,)), bytes((0x1B, 0x60 + byte)))
    return data


def segments(pieces: Iterable[bytes], sizes: Sizes, *, check: Callable[[bytes], int]) -> Iterator[bytes]:
    """Cut content into segments, deflated where that is shorter.

    Args:
        pieces: the content, in pieces of any size.
        sizes: how long a segment is, and the inflater's window.
        check: of a segment's bytes, four bytes long at most.

    Yields:
        Header and bytes of each segment.
    """
    deflater = zlib.compressobj(_LEVEL, zlib.DEFLATED, -sizes.window_bits) if sizes.window_bits else None
    for content in _cut(pieces, sizes.segment):
        data, inflated_bytes = content, 0
        if deflater is not None and len(zlib.compress(content, 1)) < _WORTH * len(content):
            data = deflater.compress(content) + deflater.flush(zlib.Z_SYNC_FLUSH)
            inflated_bytes = len(content)
        header = len(data).to_bytes(2, "little") + inflated_bytes.to_bytes(2, "little")
        yield header + check(data).to_bytes(4, "little") + data


def blocks(data: Iterable[bytes], size: int, channel: Channel) -> Iterator[bytes]:
    """Write segments as blocks of `size` bytes on the wire; zeros fill the last.

    Args:
        data: the segments.
        size: of a block, a multiple of 4.
        channel: how the board reads them.
    """
    if channel is Channel.BASE64:
        from binascii import b2a_base64  # noqa: PLC0415 - a few boards need it

        for piece in _cut(data, size // 4 * 3):
            yield b2a_base64(piece.ljust(size // 4 * 3, b"\0"), newline=False)
    else:
        for piece in _cut(map(escape, data), size):
            yield piece.ljust(size, b"\0")


def _cut(pieces: Iterable[bytes], size: int) -> Iterator[bytes]:
    """Cut what the pieces are when joined into pieces of `size` bytes; the last may be shorter."""
    waiting = bytearray()
    for piece in pieces:
        waiting += piece
        start = 0
        while len(waiting) - start >= size:
            yield bytes(waiting[start : start + size])
            start += size
        del waiting[:start]
    if waiting:
        yield bytes(waiting)
