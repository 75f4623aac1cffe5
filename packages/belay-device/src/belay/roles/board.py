"""What the roles ask of a connected board: the whole seam between decorated functions and the wire.

This room holds words only. `belay.runtime` satisfies it; a test's own board may too.
Every method may be called from any thread. What a board raises arrives as `BoardException`,
a passed deadline as `CallTimeout`, a broken link as `ConnectionLost`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from belay.exceptions import BoardException, CallTimeout
    from belay.implementation import Implementation
    from belay.source import BoardSource
    from belay.tracebacks import CodeOrigin

__all__ = ["Board", "Definition", "GeneratorStep"]


class Definition(NamedTuple):
    """A function that the board shall have.

    Attributes:
        source: its definition.
        minify: whether to shorten the source on its way.
    """

    source: BoardSource
    minify: bool


class GeneratorStep(Protocol):
    """What a generator on the board did next."""

    @property
    def finished(self) -> bool:
        """Whether it has ended; the board has freed it then."""
        ...

    @property
    def value(self) -> object:
        """The item that it yielded, or what it returned."""
        ...


class Board(Protocol):
    """A connected board, as far as the roles go."""

    @property
    def description(self) -> str:
        """How messages call the device: "Device('sim:')"."""
        ...

    @property
    def implementation(self) -> Implementation:
        """What runs on the board."""
        ...

    @property
    def has_threads(self) -> bool:
        """Whether the board has `_thread`. Costs no turnaround."""
        ...

    @property
    def block_bytes(self) -> int:
        """How many bytes of expressions one `call_many` may hold, so that the board can compile them."""
        ...

    def define(self, definitions: Sequence[Definition]) -> None:
        """Define functions in the board's globals, in order, in one submission where they fit.

        A reconnection repeats them. An empty sequence costs nothing.
        """
        ...

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
        """Run statements in the board's globals: the body of a setup or a teardown.

        Args:
            source: the statements.
            prelude: one line of board code to run before, such as "pin=25;period=0.5"; "" for none.
            minify: whether to shorten the source on its way.
            record: whether a reconnection repeats it, prelude included.
            ignore_errors: whether the reconnection goes on when it raises then.
            timeout_s: deadline of the board's program; None waits for ever.
        """
        ...

    def call(self, expression: str, *, timed: bool = False, timeout_s: float | None = None) -> object:
        """Evaluate a board expression, on one line, and return its value; one turnaround.

        Args:
            expression: what to evaluate.
            timed: the value comes as `(value, local time)`, the time halfway through the evaluation.
            timeout_s: deadline of the board's program; None waits for ever.

        Raises:
            UnreturnableValueError: it ran, and its value cannot come back.
        """
        ...

    def call_many(
        self,
        expressions: Sequence[str],
        *,
        timed: Collection[int] = (),
        timeout_s: float | None = None,
        each_s: Sequence[float | None] = (),
    ) -> tuple[Sequence[object], BoardException | CallTimeout | None]:
        """Evaluate expressions in order in one turnaround; the first that raises on the board ends it.

        Prints come in the order of the calls.

        Args:
            expressions: at least one; `block_bytes` is the caller's business.
            timed: the indices of those whose value comes as `(value, local time)`.
            timeout_s: deadline of all of them together.
            each_s: a deadline for each, counted from the end of the one before; None for none.

        Returns:
            The values of those that ended well, and the exception of the one that did not, or None:
            what it raised on the board, or that its time was up.
            A value that cannot come back stands in its place as the `UnreturnableValueError` that says so.
        """
        ...

    def record(self, what: str, *, ignore_errors: bool = False) -> None:
        """Have a reconnection repeat an expression that has just been evaluated.

        Args:
            what: the expression.
            ignore_errors: whether the reconnection goes on when it raises then.
        """
        ...

    def text_expression(self, code: str, origin: CodeOrigin) -> str:
        """Return the board expression, on one line, that does what `device(code)` does.

        Args:
            code: an expression or statements, of any length, at the left margin.
            origin: where the code stands on the host, for tracebacks.
        """
        ...

    def generator_next(
        self,
        number: int,
        start: str | None,
        step: str,
        *,
        timed: bool = False,
        timeout_s: float | None = None,
    ) -> GeneratorStep:
        """Take a generator one step further; one turnaround, the first step included.

        A step that ends the generator or raises on the board frees it there. `UnreturnableValueError`
        leaves it alive: that item is lost, the next can be had.

        Args:
            number: which one; chosen by the caller, never used twice in one process.
            start: the board expression that makes it, with the first step; else None.
            step: what to do with it, an expression of `g` that gives the item: "g.send(None)".
            timed: an item comes as `(item, local time)`; what it returns at its end comes alone.
            timeout_s: deadline of this step.
        """
        ...

    def release_generator(self, number: int) -> None:
        """Close and free a generator that nobody will use again, together with the next call.

        Sends nothing, takes no lock, returns at once: the garbage collector calls this, in any thread.
        On the board the generator's `finally` blocks run; what they raise is nobody's.
        A number that is not there any more is fine.
        """
        ...
