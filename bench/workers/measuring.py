"""What every worker shares: the work to be done, the clock, and how figures reach the harness.

A worker is started by the harness with the Python of the tool that it measures:
`python worker.py PATH PLAN`. It prints its figures, in seconds, as one line of JSON.
"""

from __future__ import annotations

import json
import sys
import time
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["FIRST", "FUNCTIONS", "NUMBERS", "Plan", "mark", "report", "require", "step_s"]

FIRST = ("1 + 1", 2)
"""The expression whose value is the first result after connecting."""

FUNCTIONS = """\
def add(a, b):
    return a + b
def count(n):
    i = 0
    while i < n:
        yield i
        i += 1
def numbers():
    return list(range(100000, 101250))
"""
"""What the board is asked to do, for tools that send source; a Belay has it as tasks."""

NUMBERS = list(range(100000, 101250))
"""A list whose text has 10 000 bytes."""

_BLOCK = 10
"""Steps that are timed together."""


class Plan:
    """How often to do what; the command line of a worker.

    Attributes:
        path: of the board's port.
        calls: how many calls and generator items.
        lists: how many calls that return the list.
        options: keywords for the tool's `Device`.
    """

    def __init__(self) -> None:
        self.path = sys.argv[1]
        given: dict[str, Any] = json.loads(sys.argv[2])  # Any: JSON
        self.calls: int = given["calls"]
        self.lists: int = given["lists"]
        self.options: dict[str, Any] = given.get("options", {})  # Any: JSON


def step_s(step: Callable[[int], None], count: int) -> float:
    """Return what a step takes in seconds: the median over blocks of the mean in each.

    Each step gets its number.
    A mean, because a step of a tool that polls takes either hardly any time or the whole pause between two
    polls, and the median of such steps is one or the other; a median, so that one hiccup does not count.
    """
    means_s: list[float] = []
    for first in range(0, count, _BLOCK):
        numbers = range(first, min(first + _BLOCK, count))
        started = time.perf_counter()
        for number in numbers:
            step(number)
        means_s.append((time.perf_counter() - started) / len(numbers))
    return median(means_s)


def require(*, value: object, expected: object) -> None:
    """Stop the worker if a tool brought a wrong value: then its time is worth nothing."""
    if value != expected:
        sys.exit(f"expected {expected!r:.80}, got {value!r:.80}")


def mark(name: str) -> None:
    """Where bytes are counted (`--marks`): tell the harness that a step is over, and wait for its nod."""
    if "--marks" in sys.argv:
        print(f"mark {name}", flush=True)
        sys.stdin.readline()


def report(figures: dict[str, float]) -> None:
    """Hand the figures to the harness."""
    print(json.dumps(figures), flush=True)
