"""A board that is too small for a session says so in numbers, and how large it would have to be."""

from __future__ import annotations

import re

import pytest

import belay
from belay_transport.opening import serve_simulated
from belay_transport.simulated import SMALLEST_HEAP_BYTES


def test_the_smallest_heap_works() -> None:
    """On the smallest simulated board that is promised, calls and small tasks work."""
    with belay.Device(f"sim:?heap={SMALLEST_HEAP_BYTES}") as device:

        @device.task
        def double(number):
            return number * 2

        assert double(21) == 42


@pytest.mark.parametrize("heap", ["8k", "10k", "12k"])
def test_a_heap_that_is_too_small_is_named(heap: str) -> None:
    """What was asked for, what is needed and what to type stand in the error, which is no bare MemoryError."""
    asked = int(heap[:-1]) * 1024

    with pytest.raises(
        belay.ConnectionFailedError, match=rf"sim:\?heap={heap}.* {asked} bytes.* 16384 "
    ) as caught:
        belay.Device(f"sim:?heap={heap}")

    assert caught.value.hint is not None
    typed = re.findall(r"`(sim:\S+)`", caught.value.hint)
    assert len(typed) == 2
    for address in typed:
        belay.Device(address).close()


def test_a_board_that_is_no_simulated_one_is_told_what_can_be_done() -> None:
    """A board behind a port has no address to shape: its hint is to free memory."""
    with (
        serve_simulated("sim:?heap=8k") as board,
        pytest.raises(belay.ConnectionFailedError, match="ran out of memory while it compiled") as caught,
    ):
        belay.Device(board.path)

    assert caught.value.hint is not None
    assert "free what" in caught.value.hint


def test_a_startup_that_takes_all_memory_is_the_users_own_error() -> None:
    """Only our own code is spoken of; what a `startup` text does stays a MemoryError with its traceback."""
    with pytest.raises(MemoryError):
        belay.Device("sim:?heap=24k", startup="x = bytes(10000000)")


@pytest.mark.parametrize("code", ["len({0!r})", "bytes({1})"])
def test_a_value_that_is_too_large_has_a_way_out(code: str) -> None:
    """A value that the board has no room for, on its way there or back, is a MemoryError that names other ways."""
    with belay.Device("sim:?heap=64k") as device:
        with pytest.raises(MemoryError) as caught:
            device(code.format("x" * 100_000, 30_000))

        assert isinstance(caught.value, belay.BoardException)
        assert "smaller pieces" in str(caught.value.hint)
        assert "device.fs" in str(caught.value.hint)
        assert device("1 + 1") == 2
