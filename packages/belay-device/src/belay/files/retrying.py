"""When bytes that did not cross whole are sent or asked for again.

It decides; the ways of doing so are those of files, of listings and of images.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from belay.exceptions import BoardException

__all__ = ["BAD_WIRE", "TRIES", "is_worth_another_try"]

TRIES = 3
"""How often a damaged transfer is tried without getting any further, each time in smaller pieces."""

BAD_WIRE = "try a slower baud rate, a better cable, or a program on the board that prints less"
"""What helps where that was not enough."""

_DAMAGED = "_belay damaged"
# As `_onboard/segments.py` says it.


def is_worth_another_try(error: BoardException, *, last: bool) -> bool:
    """Say whether smaller pieces may help: the wire is at fault, or a heap in small pieces."""
    return error.message == _DAMAGED or (error.type_name == "MemoryError" and not last)
