"""`task`: how a function, or a method of a device class, becomes one that runs on the board at each call.

The long signatures are for type checkers: with `return_time=True` a call returns something else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, ParamSpec, TypeVar, overload

from belay.roles.namespace import Namespace, Role
from belay.roles.options import Options, check_task, plain_function
from belay.roles.task import Task, TaskMark

if TYPE_CHECKING:
    from collections.abc import Callable

    from belay.roles.timed import TimedDecorator, TimedMarker

__all__ = ["TaskNamespace", "TaskRole"]

P = ParamSpec("P")
R = TypeVar("R")


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
