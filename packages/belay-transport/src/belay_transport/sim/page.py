"""The memory that a simulated board shares with its launcher and the host: what stands where.

Knows places only. The board's side is in `_onboard`, with the same numbers.
"""

from __future__ import annotations

__all__ = [
    "ANALOG",
    "FLASH_LIMIT",
    "FLASH_UNLIMITED",
    "FLASH_WRITES",
    "INTERRUPTS_ARE_OFF",
    "IS_INTERRUPTED",
    "IS_WRITABLE",
    "LEVELS",
    "PAGE_BYTES",
    "PINS_MAX",
    "UNDRIVEN",
]

PAGE_BYTES = 512

PINS_MAX = 128
LEVELS = 0
"""From here a byte for each pin: what drives it from outside, 0, 1 or `UNDRIVEN`."""

ANALOG = 128
"""From here two bytes for each pin, little end first: what its analog converter reads."""

INTERRUPTS_ARE_OFF = 384
"""A byte: 1 after the program has called `micropython.kbd_intr(-1)`, 0 after it took that back.

A hint only: it may still be 1 when the program has ended without taking it back.
"""

FLASH_WRITES = 388
"""Four bytes, little end first: how many times the board has written to its flash."""

FLASH_LIMIT = 392
"""Four bytes: behind how many writes to the flash the power goes; `FLASH_UNLIMITED` for never."""

FLASH_UNLIMITED = b"\xff" * 4

IS_WRITABLE = 396
"""A byte: 1 after `boot.py` of a CircuitPython board has remounted its file system for writing."""

IS_INTERRUPTED = 397
"""A byte: 1 after Ctrl-C came while a board booted that resets itself in a loop; its next file takes it."""

UNDRIVEN = 2
