"""`with device.batch() as batch:` — calls that travel together and cost one turnaround.

This room knows the open batch of a thread and fills its handles.
How blocks are cut is `belay.roles.submission`'s.
"""

from __future__ import annotations

import sys
from contextvars import ContextVar
from threading import get_ident
from typing import TYPE_CHECKING, ParamSpec, Protocol, TypeVar, cast

from belay.arguments import check_flag, check_seconds, check_text
from belay.roles.errors import BatchError, NotRunError, note
from belay.roles.expressions import shorten
from belay.roles.handle import Handle
from belay.roles.submission import Entry, submit
from belay.source import dedent
from belay.tracebacks import CallOrigin

if TYPE_CHECKING:
    from types import TracebackType

    from belay.roles.board import Board
    from belay.roles.submission import Outcome

__all__ = ["Batch", "Submittable", "open_batch", "refuse_in_batch"]

P = ParamSpec("P")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)

_open: ContextVar[Batch | None] = ContextVar("belay_open_batch", default=None)
"""The innermost open batch: of this thread, and under asyncio of this task."""


class Submittable(Protocol[P, R_co]):
    """A task or a thread function."""

    @property
    def board(self) -> Board:
        """The board that has it."""
        ...

    def entry(self, *args: P.args, **kwargs: P.kwargs) -> Entry:
        """Return the call as an entry of a batch."""
        ...

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R_co:
        """Call it now."""
        ...


class Batch:
    """Calls that are collected in a `with` block and sent at its end.

    Inside the block, calls of the device's tasks and thread functions made by this thread return handles.
    At its end all are sent, in one turnaround as far as the board's memory allows; prints come in order.
    The first call that fails on the board stops the rest; its exception is raised at the end of the block.
    If the block itself raises, nothing is sent.

    Args:
        board: where the calls run.
        timeout_s: deadline of each submission as a whole; the tasks' own hold besides.

    Example:
        >>> import belay
        >>> device = belay.Device("sim:")
        >>> @device.task
        ... def double(number):
        ...     return number * 2
        >>> with device.batch():
        ...     one, two = double(1), double(2)
        >>> one.value, two.value
        (2, 4)
        >>> device.close()
    """

    def __init__(self, board: Board, *, timeout_s: float | None = None) -> None:
        check_seconds("timeout_s", timeout_s)
        self.board = board
        self._timeout_s = timeout_s
        self._entries: list[Entry] = []
        self._handles: list[Handle[object]] = []
        self._outer: Batch | None = None
        self._thread = 0
        self._is_open = False

    def __enter__(self) -> Batch:
        if self._is_open or self._entries:
            raise BatchError("a batch is used once", hint="open another with `device.batch()`")
        if open_batch(self.board) is not None:
            raise BatchError(
                f"a batch of {self.board.description} is open already, and its calls come first",
                hint="close the outer `with device.batch()` block before",
            )
        self._thread = get_ident()
        self._is_open = True
        self._outer = _open.get()
        _open.set(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _open.set(self._outer)
        self._is_open = False
        if error is None:
            self._send()
        else:
            reason = f"the `with` block raised {type(error).__name__} before anything was sent"
            self._refuse_rest(0, reason, error)

    def __len__(self) -> int:
        """How many calls it holds."""
        return len(self._entries)

    def submit(self, task: Submittable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Handle[R]:
        """Put a call of a task into the batch; what `task(…)` does here, with a type that checkers know.

        Raises:
            BatchError: the batch is not open, or the task is another device's.
        """
        if task.board is not self.board:
            raise BatchError(
                f"{task!r} cannot be called in a batch of {self.board.description}",
                hint="open a batch of the task's own device",
            )
        handle: Handle[R] = self.collect(task.entry(*args, **kwargs))
        return handle

    def call(
        self, code: str, *, record: bool = False, return_time: bool = False, timeout_s: float | None = None
    ) -> Handle[object]:
        """Put code, an expression or statements, into the batch; `device(code)` for later.

        Args:
            code: what the board shall run.
            record: whether a reconnection repeats it.
            return_time: the value will be `(value, time)`, as with `device(…)`.
            timeout_s: its own deadline, counted from the end of the call before it.
        """
        check_text("code", code)
        check_seconds("timeout_s", timeout_s)
        check_flag("record", record)
        check_flag("return_time", return_time)
        caller = sys._getframe(1)  # noqa: SLF001 - Python's own way to learn the caller's line
        origin = CallOrigin(caller.f_code.co_filename, caller.f_lineno, code)
        expression = self.board.text_expression(dedent(code), origin)
        return self.collect(Entry(expression, record, timeout_s, return_time))

    def collect(self, entry: Entry) -> Handle[R]:
        """Put a call into the batch and return its handle.

        Raises:
            BatchError: the batch is not open.
        """
        if not self._is_open:
            raise BatchError("the batch is not open", hint="calls belong into its `with` block")
        handle: Handle[R] = Handle(entry.code)
        self._entries.append(entry)
        self._handles.append(cast("Handle[object]", handle))
        return handle

    def collects_for(self, board: Board) -> Batch | None:
        """Return this batch or the one around it that collects what this thread asks of a board."""
        batch: Batch | None = self
        while batch is not None and (batch.board is not board or not batch.is_mine):
            batch = batch._outer  # noqa: SLF001 - another of this class
        return batch

    @property
    def is_mine(self) -> bool:
        """Whether the thread that opened it asks; a thread may start with its parent's context."""
        return self._thread == get_ident()

    def _send(self) -> None:
        settled = 0
        failure: BaseException | None = None
        try:
            for outcome in submit(self.board, self._entries, timeout_s=self._timeout_s):
                self._handles[settled].settle(*outcome)
                settled += 1
                failure = failure or self._explained(outcome, settled)
        except BaseException as error:
            self._refuse_rest(settled, "the batch broke off, and whether it ran is not known", error)
            raise
        if failure is None:
            return
        self._refuse_rest(settled, f"call {settled} of the batch failed before it", failure)
        raise failure

    def _explained(self, outcome: Outcome, count: int) -> BaseException | None:
        if outcome.error is not None:
            code = shorten(self._entries[count - 1].code)
            note(outcome.error, f"in call {count} of {len(self._entries)} of the batch: `{code}`")
        return outcome.error

    def _refuse_rest(self, start: int, reason: str, cause: BaseException) -> None:
        for handle in self._handles[start:]:
            error = NotRunError(f"`{shorten(handle.code)}` has no value: {reason}")
            error.__cause__ = cause
            handle.settle(None, error)


def open_batch(board: Board) -> Batch | None:
    """Return the batch that collects the calls that this thread makes to a board, or None."""
    batch = _open.get()
    return None if batch is None else batch.collects_for(board)


def refuse_in_batch(board: Board, what: str) -> None:
    """Refuse what cannot wait until a batch is sent.

    Raises:
        BatchError: this thread has a batch of the board open.
    """
    if open_batch(board) is not None:
        raise BatchError(
            f"{what} cannot wait in a batch, and before the batch it would come out of order",
            hint="move it out of the `with device.batch()` block",
        )
