"""A task: a function that runs on the board each time it is called on the host.

This room knows the call's path, which a loop walks a thousand times a second.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar, cast, overload

from belay.arguments import check_iterable
from belay.exceptions import ArgumentTypeError, UnsendableValueError
from belay.history import recorded
from belay.roles.batch import open_batch, refuse_in_batch
from belay.roles.errors import UnsupportedOptionError, note
from belay.roles.executer import Executer
from belay.roles.expressions import call_text, shorten
from belay.roles.generator import BoardGenerator
from belay.roles.marks import Mark
from belay.roles.submission import Entry, submit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from belay.roles.board import Board
    from belay.roles.options import Options

__all__ = ["Task", "TaskMark"]

P = ParamSpec("P")
R = TypeVar("R")


class Task(Executer, Generic[P, R]):
    """A function of the user's that runs on the board; calling it is one turnaround.

    A generator function gives a `BoardGenerator`. Inside a batch a call gives a `Handle`.

    Attributes:
        generates: whether it is a generator.
    """

    kind = "task"

    def __init__(self, board: Board, function: Callable[P, R], options: Options) -> None:
        super().__init__(board, function, options)
        self._record = options.record
        self._timeout_s = options.timeout_s
        self._timed = options.return_time
        self.generates = self.source.is_generator
        self._is_decorated = self.source.text.startswith("@")  # on the board, which may take other arguments

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run it on the board with these arguments and return its value.

        Raises:
            ArgumentTypeError: the arguments do not fit the parameters; nothing was sent.
            UnsendableValueError: an argument cannot travel; nothing was sent.
            UnreturnableValueError: it ran, and its value cannot come back.
            BoardException: it raised; for a builtin exception also that builtin, such as TypeError.
            CallTimeout: `timeout_s` passed.
        """
        code = self._code(args, kwargs)
        if self.generates:
            refuse_in_batch(self.board, f"the generator `{shorten(code)}`")
            generator = BoardGenerator(
                self.board, code, timed=self._timed, timeout_s=self._timeout_s, arguments=(args, kwargs)
            )
            return cast("R", generator)
        batch = open_batch(self.board)
        if batch is not None:
            entry = Entry(code, self._record, self._timeout_s, self._timed, (args, kwargs))
            return cast("R", batch.collect(entry))
        with recorded(self.board, code) if self._record else nullcontext():
            return cast("R", self.board.call(code, timed=self._timed, timeout_s=self._timeout_s))

    def map(self, items: Iterable[Any]) -> list[R]:  # Any: a checker cannot take one parameter out of P
        """Call it for each item, many calls in one turnaround, and return the values in order.

        Args:
            items: one argument for each call; a tuple is one argument. Taken as they are needed.

        Raises:
            ArgumentTypeError: `items` cannot be iterated.
            BoardException: a call raised; the rest did not run, and a note says which item it was.
        """
        check_iterable("items", items, hint=f"one call is `{self.name}(…)`")
        return self.starmap((item,) for item in items)

    def starmap(self, rows: Iterable[Iterable[Any]]) -> list[R]:  # Any: as for `map`
        """Call it for each row of arguments, as `map`."""
        self._refuse_generator("map")
        refuse_in_batch(self.board, f"`{self.name}.map`")
        check_iterable("rows", rows, hint=f"one call is `{self.name}(…)`")
        values: list[R] = []
        for outcome in submit(self.board, self._entries(rows)):
            if outcome.error is not None:
                note(outcome.error, f"in item {len(values)} (counted from 0) of `{self.name}.map`")
                raise outcome.error
            values.append(cast("R", outcome.value))
        return values

    def entry(self, *args: P.args, **kwargs: P.kwargs) -> Entry:
        """Return the call as an entry of a batch.

        Raises:
            UnsupportedOptionError: it is a generator.
        """
        self._refuse_generator("a batch")
        return self._entry(args, kwargs)

    def _entry(self, args: tuple[object, ...], kwargs: dict[str, object]) -> Entry:
        code = self._code(args, kwargs)
        return Entry(code, self._record, self._timeout_s, self._timed, (args, kwargs))

    def _entries(self, rows: Iterable[Iterable[Any]]) -> Iterator[Entry]:  # Any: as for `map`
        for index, row in enumerate(rows):
            args = tuple(self._checked_row(row))
            try:
                entry = self._entry(args, {})
            except (ArgumentTypeError, UnsendableValueError) as error:
                error.args = (f"{error}, in item {index} (counted from 0) of `{self.name}.map`",)
                raise
            yield entry

    def _code(self, args: tuple[object, ...], kwargs: dict[str, object]) -> str:
        if not self._is_decorated:
            self.parameters.check(args, kwargs)
        return call_text(self.name, args, kwargs, board=self.board)

    def _checked_row(self, row: Iterable[Any]) -> Iterable[Any]:  # Any: as for `map`
        check_iterable(
            "a row of arguments", row, hint=f"`{self.name}.map(…)` takes one argument for each call"
        )
        return row

    def _refuse_generator(self, what: str) -> None:
        if self.generates:
            raise UnsupportedOptionError(
                f"`{self.name}` is a generator, whose items are calls of their own: {what} cannot have it",
                hint=f"make it return a list, or iterate `{self.name}(…)`",
            )


class TaskMark(Mark, Generic[P, R]):
    """A method of a device class that becomes a task."""

    executer = Task

    @overload
    def __get__(self, device: None, owner: type) -> TaskMark[P, R]: ...
    @overload
    def __get__(self, device: object, owner: type | None = None) -> Task[P, R]: ...
    def __get__(self, device: object, owner: type | None = None) -> TaskMark[P, R] | Task[P, R]:
        return self if device is None else cast("Task[P, R]", self._find(device))
