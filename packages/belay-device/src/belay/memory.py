"""What is said when a board has no room for what a session needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay.exceptions import ConnectionFailedError

if TYPE_CHECKING:
    from belay_transport.links import Link
    from belay_transport.simulated import SimulatedBoard

__all__ = ["too_small"]

_KIB = 1024
_COMFORT_BYTES = 8 * _KIB
# Beside the smallest heap: a few tasks of the user's.


def too_small(description: str, link: Link, *, code_bytes: int) -> ConnectionFailedError:
    """Return the error for a board whose memory ended while it took the code that every session needs.

    Args:
        description: how messages call the device.
        link: of the board.
        code_bytes: how long that code is.
    """
    simulated: SimulatedBoard | None = getattr(link, "simulated", None)
    if simulated is None:
        return ConnectionFailedError(
            f"{description} ran out of memory while it compiled the {code_bytes} bytes of code "
            "that every session needs",
            hint="free what `boot.py`, `main.py` and earlier programs hold on the board, then connect again",
        )
    from belay_transport.simulated import SMALLEST_HEAP_BYTES  # noqa: PLC0415 - for the error only

    smallest = SMALLEST_HEAP_BYTES
    return ConnectionFailedError(
        f"{description} has a heap of {simulated.heap_bytes} bytes, and ran out of memory "
        f"while it compiled the {code_bytes} bytes of code that every session needs: "
        f"a simulated board needs {smallest} for that",
        hint=f"`sim:?heap={smallest // _KIB}k` is the smallest that works; "
        f"`sim:?heap={(smallest + _COMFORT_BYTES) // _KIB}k` leaves room for tasks",
    )
