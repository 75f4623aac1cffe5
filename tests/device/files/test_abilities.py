"""What a board can do decides how bulk data are cut."""

from __future__ import annotations

import pytest

from belay.files.abilities import Abilities

KB = 1024


def board(free_bytes: int) -> Abilities:
    """Return a board that has everything, and so much heap."""
    return Abilities(raw=True, base64=True, inflate=True, crc32=True, sha256=True, free_bytes=free_bytes)


@pytest.mark.parametrize(
    ("free_bytes", "segment", "window_bits"),
    [(8 * KB, 256, 9), (32 * KB, 512, 9), (180 * KB, 4096, 12), (1000 * KB, 8192, 14)],
)
def test_segments_follow_the_heap(free_bytes: int, segment: int, window_bits: int) -> None:
    """The more heap is free, the longer are segments and deflate's window; both together are a tenth of it."""
    sizes = board(free_bytes).sizes(flow_control=True)

    assert (sizes.segment, sizes.window_bits) == (segment, window_bits)
    assert sizes.segment + (1 << sizes.window_bits) <= free_bytes // 10


@pytest.mark.parametrize("free_bytes", [32 * KB, 1000 * KB])
def test_where_nothing_is_held_back_two_blocks_fit_the_smallest_ring(free_bytes: int) -> None:
    """On a wire without flow control all that is under way is less than 256 bytes, however large the heap."""
    sizes = board(free_bytes).sizes(flow_control=False)

    assert sizes.block * sizes.ahead < 256


def test_smaller_pieces_end_in_small_ones() -> None:
    """Where bytes were lost twice, a block fits the smallest ring, and the window is no longer a large one."""
    sizes = board(1000 * KB).sizes(flow_control=True).smaller().smaller()

    assert sizes.block < 256
    assert sizes.ahead == 1
    assert sizes.segment <= 512
    assert sizes.window_bits <= 12
