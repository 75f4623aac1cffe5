"""How long a call of a board takes, there and back."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from belay import Device

__all__ = ["measure_latency"]


def measure_latency(device: Device, count: int, *, with_timing: bool = False) -> list[float]:
    """Return the milliseconds that each of so many empty calls took.

    Args:
        device: the board.
        count: how many calls; one more goes ahead, which sends what a first call needs.
        with_timing: ask for the board's time as well, as `return_time=True` does.
    """
    device("0", record=False, return_time=with_timing)
    taken = []
    for _ in range(count):
        began = time.perf_counter()
        device("0", record=False, return_time=with_timing)
        taken.append(1000 * (time.perf_counter() - began))
    return taken
