"""What a board and its wire can do for bulk data, and the sizes that follow.

This room decides; it sends nothing.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

__all__ = ["Abilities", "Channel", "Sizes"]

SLOW_BLOCK_BYTES = 120
"""Where the wire holds nothing back: two blocks under way are less than the 256 bytes of the smallest usual
receive ring, and one is on the wire while the board asks for the next."""

LITERAL_BYTES = 128
"""A call with so many bytes as a literal: what a board with 8 kB of heap can compile."""

_SMALLEST_BLOCK_BYTES = 60
# Below, the board would only ask more often.

_SEGMENTS_OF_HEAP = 40
# A heap that has been in use for a while has no long stretch that is free.

_SMALLER = 6
# By so much where bytes were lost: the second time a block fits the smallest usual receive ring.

_SEGMENT_BYTES = (8192, 4096, 2048, 1024, 512, 256)
_WINDOW_BITS = {8192: 14, 4096: 12, 2048: 11, 1024: 10, 512: 9, 256: 9}
# The window is memory too. The longest shortens Python sources by a tenth, and few boards have the heap.

_SMALLER_WINDOW_BITS = 12
# Where memory was short, or bytes were lost.


class Channel(Enum):
    """How bytes reach the board's program."""

    RAW = "bytes on its stdin"
    BASE64 = "base64 on its stdin"
    LITERAL = "literals in calls"


class Sizes(NamedTuple):
    """How bulk data are cut.

    Attributes:
        block: bytes on the wire that the board asks for at a time.
        ahead: blocks that are under way at most.
        segment: bytes of content that are checked, and inflated, together.
        window_bits: of the deflate stream; 0 for no compression.
    """

    block: int
    ahead: int
    segment: int
    window_bits: int

    def for_bytes(self, count: int) -> Sizes:
        """Return sizes for a stream of so many bytes: a block is filled up, and a short one is soon there."""
        return self._replace(block=min(self.block, max(count, _SMALLEST_BLOCK_BYTES) // 4 * 4 + 4))

    def smaller(self) -> Sizes:
        """Return what to try when bytes were lost."""
        return Sizes(
            max(self.block // _SMALLER, _SMALLEST_BLOCK_BYTES) // 4 * 4,
            1,
            max(self.segment // _SMALLER, 128),
            min(self.window_bits, _SMALLER_WINDOW_BITS),
        )


class Abilities(NamedTuple):
    """What a board has.

    Attributes:
        raw: `sys.stdin.buffer.readinto`.
        base64: `sys.stdin.read` and `binascii.a2b_base64`.
        inflate: `deflate`.
        crc32: `binascii.crc32`; the wrapper's own sum stands in.
        sha256: `hashlib.sha256`; the wrapper's check stands in.
        free_bytes: of its heap.
    """

    raw: bool
    base64: bool
    inflate: bool
    crc32: bool
    sha256: bool
    free_bytes: int

    @property
    def channel(self) -> Channel:
        """The best way for bytes to reach it."""
        if self.raw:
            return Channel.RAW
        return Channel.BASE64 if self.base64 else Channel.LITERAL

    def sizes(self, *, flow_control: bool) -> Sizes:
        """Return how to cut data for it.

        A segment is held up to five times: as it came, cut out, in front of the inflater, inflated, written.

        Args:
            flow_control: whether the wire holds bytes back while the board is busy.
        """
        if self.channel is Channel.LITERAL:
            return Sizes(LITERAL_BYTES, 1, LITERAL_BYTES, 0)
        room = self.free_bytes // _SEGMENTS_OF_HEAP
        segment = next((size for size in _SEGMENT_BYTES if size <= room), _SEGMENT_BYTES[-1])
        block, ahead = (segment // 2, 4) if flow_control else (min(segment, SLOW_BLOCK_BYTES), 2)
        return Sizes(block, ahead, segment, _WINDOW_BITS[segment] if self.inflate else 0)
