"""Measures a tool that runs code and evaluates expressions, and has no tasks."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

from measuring import FIRST, FUNCTIONS, NUMBERS, Plan, mark, report, require, step_s

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Tool", "measure"]


class Tool(Protocol):
    """A connected tool."""

    def run(self, code: str) -> object:
        """Run statements."""
        ...

    def evaluate(self, expression: str) -> object:
        """Return the value of an expression."""
        ...

    def close(self) -> None:
        """Leave the board at its friendly prompt."""
        ...


def measure(connect: Callable[[str], Tool]) -> None:
    """Do the work of the command line's plan and report; `connect` gets the port's path."""
    plan = Plan()
    started = time.perf_counter()
    tool = connect(plan.path)
    mark("connect")
    value = tool.evaluate(FIRST[0])
    figures = {"connect_s": time.perf_counter() - started}
    require(value=value, expected=FIRST[1])
    tool.run(f"{FUNCTIONS}items = count({plan.calls})\n")

    def call(number: int) -> None:
        require(value=tool.evaluate(f"add({number},2)"), expected=number + 2)

    def item(number: int) -> None:
        require(value=tool.evaluate("next(items)"), expected=number)

    def bulk(_number: int) -> None:
        require(value=tool.evaluate("numbers()"), expected=NUMBERS)

    call(0)  # what a tool does only once, it has done
    mark("first call")
    figures["call_s"] = step_s(call, plan.calls)
    mark("call")
    figures["item_s"] = step_s(item, plan.calls)
    mark("item")
    figures["list_s"] = step_s(bulk, plan.lists)
    mark("list")
    tool.close()
    report(figures)
