"""Rounds: every cell once, then every cell again, so that what else the machine does hits all alike."""

from __future__ import annotations

import sys
import time
from statistics import median
from typing import TYPE_CHECKING

from boards import BoardError
from children import ChildError

if TYPE_CHECKING:
    from cells import Cell, Figures, Key

__all__ = ["Results", "run_rounds"]

_LIMIT_S = 520.0
"""No round begins after that; the whole is to be over in twelve minutes, with installation."""


class Results:
    """The numbers of all rounds.

    Attributes:
        samples: what each round brought, by key.
        failures: of cells that broke off, and were not tried again: the cell, and why.
        rounds: how many there were.
    """

    def __init__(self) -> None:
        self.rounds = 0
        self.samples: dict[Key, list[float]] = {}
        self.failures: dict[str, str] = {}

    def add(self, figures: Figures) -> None:
        """Take in what a cell brought."""
        for key, value in figures.items():
            self.samples.setdefault(key, []).append(value)

    def median(self, key: Key) -> float | None:
        """Return the median over the rounds, None if there is nothing."""
        values = self.samples.get(key)
        return median(values) if values else None


def run_rounds(cells: list[Cell], rounds: int) -> Results:
    """Run the cells `rounds` times, interleaved, or fewer when time is up; a cell that fails is left out."""
    results = Results()
    ends_s = time.monotonic() + _LIMIT_S
    for number in range(rounds):
        for cell in cells:
            if (cell.is_once and number) or results.failures.get(cell.name):
                continue
            print(f"round {number + 1} of {rounds}: {cell.name}", end="", file=sys.stderr, flush=True)
            started_s = time.monotonic()
            try:
                results.add(cell.measure())
            except (ChildError, BoardError) as error:
                results.failures[cell.name] = str(error)
                print(f" failed: {error}", end="", file=sys.stderr)
            print(f", {time.monotonic() - started_s:.1f} s", file=sys.stderr)
        results.rounds = number + 1
        if time.monotonic() > ends_s:
            break
    return results
