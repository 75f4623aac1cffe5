"""Rounds: every cell once, then every cell again, so that what else the machine does hits all alike.

What is measured only once in a run comes behind them.
"""

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

_LIMIT_S = 300.0
"""No round begins after that; all is to be over in twelve minutes, installation and last pass included."""


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
    """Run the cells `rounds` times, interleaved, or fewer when time is up; a cell that fails is left out.

    Those of which one round is enough come behind all rounds: among them are the slowest, and what they leave
    behind (a warm processor, pages to be written) would fall on whichever cell comes next.
    """
    results = Results()
    ends_s = time.monotonic() + _LIMIT_S
    often = [cell for cell in cells if not cell.is_once]
    for number in range(rounds):
        for cell in often:
            _measure(cell, results, f"round {number + 1} of {rounds}")
        results.rounds = number + 1
        if time.monotonic() > ends_s:
            break
    for cell in cells:
        if cell.is_once:
            _measure(cell, results, "once")
    return results


def _measure(cell: Cell, results: Results, when: str) -> None:
    """Take in what a cell brings; whatever goes wrong in it is said of it, and of no other."""
    if cell.name in results.failures:
        return
    print(f"{when}: {cell.name}", end="", file=sys.stderr, flush=True)
    started_s = time.monotonic()
    try:
        results.add(cell.measure())
    except (ChildError, BoardError) as error:
        results.failures[cell.name] = str(error)
    except Exception as error:  # noqa: BLE001 - a peer may leave anything behind: no file, half a line
        results.failures[cell.name] = f"{type(error).__name__}: {error}"
    if cell.name in results.failures:
        print(f" failed: {results.failures[cell.name]}", end="", file=sys.stderr)
    print(f", {time.monotonic() - started_s:.1f} s", file=sys.stderr)
