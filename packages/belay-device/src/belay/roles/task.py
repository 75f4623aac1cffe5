"""`task`: a function that runs on the board each time it is called on the host.

This room knows the call's path, which a loop walks a thousand times a second: no signature is looked at.
"""

from __future__ import annotations

from itertools import starmap
from typing import TYPE_CHECKING, Any, Generic, Literal, ParamSpec, TypeVar, cast, overload

from belay.arguments import check_iterable
from belay.roles.batch import open_batch, refuse_in_batch
from belay.roles.errors import UnsupportedOptionError, note
from belay.roles.executer import Executer
from belay.roles.expressions import call_text, shorten
from belay.roles.generator import BoardGenerator
from belay.roles.marks import Mark
from belay.roles.namespace import Namespace, Role
from belay.roles.options import Options, check_task, plain_function
from belay.roles.submission import Entry, submit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from belay.roles.board import Board
    from belay.roles.timed import TimedDecorator, TimedMarker

__all__ = ["Task", "TaskMark", "TaskNamespace", "TaskRole"]

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

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run it on the board with these arguments and return its value.

        Raises:
            UnsendableValueError: an argument cannot travel; nothing was sent.
            UnreturnableValueError: it ran, and its value cannot come back.
            BoardException: it raised; for a builtin exception also that builtin, such as TypeError.
            CallTimeout: `timeout_s` passed.
        """
        code = call_text(self.name, args, kwargs, board=self.board)
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
        value = self.board.call(code, timed=self._timed, timeout_s=self._timeout_s)
        if self._record:
            self.board.record(code)
        return cast("R", value)

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
        for outcome in submit(self.board, starmap(self.entry, map(self._checked_row, rows))):
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
        code = call_text(self.name, args, kwargs, board=self.board)
        return Entry(code, self._record, self._timeout_s, self._timed, (args, kwargs))

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


class TaskNamespace(Namespace):
    """`device.task`: sends a function to the board; what it has sent are its attributes."""

    __slots__ = ()

    @overload
    def __call__(self, function: Callable[P, R], /) -> Task[P, R]: ...
    @overload
    def __call__(
        self,
        function: None = None,
        /,
        *,
        minify: bool = True,
        register: bool = True,
        record: bool = False,
        trusted: bool = False,
        return_time: Literal[True],
        implementation: str = "",
        timeout_s: float | None = None,
    ) -> TimedDecorator: ...
    @overload
    def __call__(
        self,
        function: None = None,
        /,
        *,
        minify: bool = True,
        register: bool = True,
        record: bool = False,
        trusted: bool = False,
        return_time: Literal[False] = False,
        implementation: str = "",
        timeout_s: float | None = None,
    ) -> Callable[[Callable[P, R]], Task[P, R]]: ...
    def __call__(
        self,
        function: Callable[..., Any] | None = None,  # Any: the overloads say what comes of what
        /,
        *,
        minify: bool = True,
        register: bool = True,
        record: bool = False,
        trusted: bool = False,  # noqa: ARG002 - the incumbent's; a reply is never evaluated, so there is nothing to trust
        return_time: bool = False,
        implementation: str = "",
        timeout_s: float | None = None,
    ) -> Any:  # Any: see the overloads
        """Send a function to the board and replace it with one that runs it there.

        Args:
            function: what to decorate; without it, a decorator with these options comes back.
            minify: shorten the source on its way; names and line numbers stay.
            register: make it also an attribute, `device.task.<name>`.
            record: a reconnection repeats its calls. Only for tasks that set something up.
            trusted: accepted and not needed.
            return_time: each call returns `(value, time)`: the local time, a datetime without a time zone,
                halfway through the board's work; a generator yields such pairs.
            implementation: the only implementation that it is for, such as "circuitpython"; "" for all.
            timeout_s: deadline of each call in seconds; None lets it run for ever.

        Raises:
            SpecialFunctionNameError: its name is reserved.
            UnsupportedFunctionError: its source cannot run on a board.
            UnsupportedOptionError: an option does not go with it.
            BoardException: the board refused its source.
        """
        options = Options(minify, register, record, implementation, timeout_s, return_time=return_time)

        def decorate(function: Callable[P, R]) -> Task[P, R]:
            check_task(plain_function(function), record=record)
            return self._belay_decorate(Task, function, options)

        return decorate if function is None else decorate(function)

    def __getattr__(self, name: str) -> Task[..., Any]:  # Any: registered at run time
        raise AttributeError(f"no task `{name}` is registered; there are: {', '.join(vars(self)) or 'none'}")


class TaskRole(Role):
    """`Device.task`: marks a method of a device class as a function that runs on the board."""

    kind = "task"

    @overload
    def __get__(self, device: None, owner: type) -> TaskRole: ...
    @overload
    def __get__(self, device: object, owner: type | None = None) -> TaskNamespace: ...
    def __get__(self, device: object, owner: type | None = None) -> TaskRole | TaskNamespace:
        return self if device is None else self._unconnected(device)

    @overload
    def __call__(self, function: Callable[P, R], /) -> TaskMark[P, R]: ...
    @overload
    def __call__(
        self,
        function: None = None,
        /,
        *,
        minify: bool = True,
        register: bool = True,
        record: bool = False,
        trusted: bool = False,
        return_time: Literal[True],
        implementation: str = "",
        timeout_s: float | None = None,
    ) -> TimedMarker: ...
    @overload
    def __call__(
        self,
        function: None = None,
        /,
        *,
        minify: bool = True,
        register: bool = True,
        record: bool = False,
        trusted: bool = False,
        return_time: Literal[False] = False,
        implementation: str = "",
        timeout_s: float | None = None,
    ) -> Callable[[Callable[P, R]], TaskMark[P, R]]: ...
    def __call__(
        self,
        function: Callable[..., Any] | None = None,  # Any: the overloads say what comes of what
        /,
        *,
        minify: bool = True,
        register: bool = True,
        record: bool = False,
        trusted: bool = False,  # noqa: ARG002 - as for `TaskNamespace`
        return_time: bool = False,
        implementation: str = "",
        timeout_s: float | None = None,
    ) -> Any:  # Any: see the overloads
        """Mark a method as a task; options as `device.task` has them. It takes no `self`.

        Several methods of one name with different `implementation` are overloads.
        """
        options = Options(minify, register, record, implementation, timeout_s, return_time=return_time)

        def decorate(function: Callable[P, R]) -> TaskMark[P, R]:
            check_task(plain_function(function), record=record)
            return TaskMark(function, options)

        return decorate if function is None else decorate(function)
