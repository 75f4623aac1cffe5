"""A board that only writes down what it is asked, for what no real board can be made to do at will."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

import pytest

from belay.implementation import Implementation

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from belay.roles import Definition
    from belay.source import BoardSource
    from belay.tracebacks import CodeOrigin


class RecordingBoard:
    """Writes down what the roles ask for, and answers what a test has put into `answers`.

    An answer that is an exception is raised; without answers everything is None.
    """

    description = "Device('paper')"

    def __init__(self) -> None:
        """Start with a board that can everything."""
        self.implementation = Implementation("micropython", (1, 29, 0), "paper")
        self.has_threads = True
        self.block_bytes = 1000
        self.asked: list[Any] = []
        self.recorded: list[str] = []
        self.released: list[int] = []
        self.deadlines: list[float | None] = []
        self.timed: list[Collection[int]] = []
        self.deadlines_each: list[list[float | None]] = []
        self.answers: deque[Any] = deque()

    def answer(self) -> Any:
        """Return or raise the next answer."""
        value = self.answers.popleft() if self.answers else None
        if isinstance(value, BaseException):
            raise value
        return value

    def define(self, definitions: Sequence[Definition]) -> None:
        """Write it down."""
        if definitions:
            self.asked.append(["define", *(definition.source.name for definition in definitions)])
            self.answer()

    def execute(
        self,
        source: BoardSource,
        *,
        prelude: str = "",
        minify: bool = True,
        record: bool = True,
        ignore_errors: bool = False,
        timeout_s: float | None = None,
    ) -> None:
        """Write it down."""
        self.asked.append(("execute", prelude, source.text))
        self.deadlines.append(timeout_s)
        if record:
            self.recorded.append(source.name)
        self.answer()

    def call(self, expression: str, *, timed: bool = False, timeout_s: float | None = None) -> object:
        """Write it down."""
        self.asked.append(expression)
        self.deadlines.append(timeout_s)
        return self.answer()

    def call_many(
        self,
        expressions: Sequence[str],
        *,
        timed: Collection[int] = (),
        timeout_s: float | None = None,
        each_s: Sequence[float | None] = (),
    ) -> Any:
        """Write it down."""
        self.asked.append(list(expressions))
        self.deadlines.append(timeout_s)
        self.timed.append(timed)
        self.deadlines_each.append(list(each_s))
        return self.answer() or ([None] * len(expressions), None)

    def record(self, what: str, *, ignore_errors: bool = False) -> None:
        """Write it down."""
        self.recorded.append(f"{what}, whatever it raises" if ignore_errors else what)

    def text_expression(self, code: str, origin: CodeOrigin) -> str:
        """Return text and line."""
        return f"text({code!r}, {origin.locate(1).line})"

    def generator_next(
        self,
        number: int,
        start: str | None,
        step: str,
        *,
        timed: bool = False,
        timeout_s: float | None = None,
    ) -> Any:
        """Write it down."""
        self.asked.append((start, step))
        self.deadlines.append(timeout_s)
        return self.answer()

    def release_generator(self, number: int) -> None:
        """Write it down."""
        self.released.append(number)


@pytest.fixture
def paper() -> RecordingBoard:
    """A board on paper."""
    return RecordingBoard()
