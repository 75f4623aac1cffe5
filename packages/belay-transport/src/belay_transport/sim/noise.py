"""Damage to the bytes on a wire: single bits, at a rate, in a sequence that a seed decides.

Knows bytes only.
"""

from __future__ import annotations

import math

__all__ = ["Noise"]

_MODULUS = 2**31
_BITS = 8


class Noise:
    """Flips bits.

    Args:
        rate: the share of the bytes that is damaged, by one bit each; above 0, at most 1.
        seed: where the sequence starts; the same seed damages the same bits of the same bytes.
    """

    def __init__(self, rate: float, seed: int) -> None:
        self._rate = rate
        self._state = (seed * 2654435761 + 1) % _MODULUS
        self._left = self._gap()
        """Bytes that pass before the next one is damaged."""

    def damage(self, data: bytes) -> bytes:
        """Return what arrives of `data`; where it is cut makes no difference."""
        if self._left >= len(data):
            self._left -= len(data)
            return data
        damaged = bytearray(data)
        place = self._left
        while place < len(damaged):
            damaged[place] ^= 1 << int(self._draw() * _BITS)
            place += 1 + self._gap()
        self._left = place - len(damaged)
        return bytes(damaged)

    def _gap(self) -> int:
        if self._rate >= 1:
            return 0
        return int(math.log(1 - self._draw()) / math.log(1 - self._rate))

    def _draw(self) -> float:
        """Return a number from 0 to below 1: ANSI C's `rand`, of which the upper bits are good ones."""
        self._state = (self._state * 1103515245 + 12345) % _MODULUS
        return self._state / _MODULUS
