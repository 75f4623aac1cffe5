"""A LED that shows which board is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from belay import Device

__all__ = ["blink"]

_CODE = """\
from machine import Pin
import time
_belay_pin = Pin({pin!r}, Pin.OUT)
for _belay_turn in range(6):
    _belay_pin.value(_belay_turn % 2 == 0)
    time.sleep(0.1)
del _belay_pin, _belay_turn
"""


def blink(device: Device, pin: int | str) -> None:
    """Blink three times; the pin is an output that is off then.

    Raises:
        BoardException: the board has no such pin, or no `machine`.
    """
    device(_CODE.format(pin=pin))
