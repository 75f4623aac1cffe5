"""`teardown`: a function whose body runs in the board's globals when the device is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, ParamSpec, cast, overload

from belay.roles.body import Body
from belay.roles.marks import Mark
from belay.roles.namespace import Namespace, Role
from belay.roles.options import Options, check_teardown, plain_function

if TYPE_CHECKING:
    from collections.abc import Callable

    from belay.roles.board import Board

__all__ = ["Teardown", "TeardownMark", "TeardownNamespace", "TeardownRole"]

P = ParamSpec("P")


class Teardown(Body[P]):
    """A function of the user's whose body runs in the board's globals when the device is closed."""

    kind = "teardown"


class TeardownMark(Mark, Generic[P]):
    """A method of a device class that becomes a teardown."""

    executer = Teardown

    @overload
    def __get__(self, device: None, owner: type) -> TeardownMark[P]: ...
    @overload
    def __get__(self, device: object, owner: type | None = None) -> Teardown[P]: ...
    def __get__(self, device: object, owner: type | None = None) -> TeardownMark[P] | Teardown[P]:
        return self if device is None else cast("Teardown[P]", self._find(device))


class TeardownNamespace(Namespace):
    """`device.teardown`: has a function's body run on the board when the device is closed.

    Args:
        board: where they run.
        teardowns: gets those that closing shall run, in order.
    """

    __slots__ = ("_belay_teardowns",)

    def __init__(self, board: Board, teardowns: list[Teardown[...]]) -> None:
        super().__init__(board)
        self._belay_teardowns = teardowns

    @overload
    def __call__(self, function: Callable[P, object], /) -> Teardown[P]: ...
    @overload
    def __call__(
        self,
        function: None = None,
        /,
        *,
        minify: bool = True,
        register: bool = True,
        record: bool = True,
        ignore_errors: bool = False,
        implementation: str = "",
        timeout_s: float | None = None,
    ) -> Callable[[Callable[P, object]], Teardown[P]]: ...
    def __call__(
        self,
        function: Callable[..., Any] | None = None,  # Any: the overloads say what comes of what
        /,
        *,
        minify: bool = True,
        register: bool = True,
        record: bool = True,
        ignore_errors: bool = False,
        implementation: str = "",
        timeout_s: float | None = None,
    ) -> Any:  # Any: see the overloads
        """Have a function's body run in the board's globals when the device is closed, and when it is called.

        Closing runs teardowns in the order of definition, whatever fails.

        Args:
            function: what to decorate; without it, a decorator with these options comes back.
            minify: shorten the source on its way; names and line numbers stay.
            register: make it also an attribute, `device.teardown.<name>`.
            record: a reconnection repeats its calls.
            ignore_errors: what the board raises is logged instead of raised.
            implementation: the only implementation that it is for, such as "circuitpython"; "" for all.
            timeout_s: deadline of each call in seconds; None lets it run for ever.

        Raises:
            ValueError: it is a generator, or has a parameter without a default.
            SpecialFunctionNameError: its name is reserved.
            UnsupportedFunctionError: its source cannot run on a board.
        """
        options = Options(minify, register, record, implementation, timeout_s, ignore_errors)

        def decorate(function: Callable[P, object]) -> Teardown[P]:
            check_teardown(plain_function(function))
            teardown: Teardown[P] = self._belay_decorate(Teardown, function, options)
            if isinstance(teardown, Teardown) and teardown not in self._belay_teardowns:
                self._belay_teardowns.append(teardown)
            return teardown

        return decorate if function is None else decorate(function)

    def __getattr__(self, name: str) -> Teardown[...]:
        raise AttributeError(
            f"no teardown `{name}` is registered; there are: {', '.join(vars(self)) or 'none'}"
        )


class TeardownRole(Role):
    """`Device.teardown`: marks a method of a device class as one that runs on the board at the end."""

    kind = "teardown"

    @overload
    def __get__(self, device: None, owner: type) -> TeardownRole: ...
    @overload
    def __get__(self, device: object, owner: type | None = None) -> TeardownNamespace: ...
    def __get__(self, device: object, owner: type | None = None) -> TeardownRole | TeardownNamespace:
        return self if device is None else self._unconnected(device)

    @overload
    def __call__(self, function: Callable[P, object], /) -> TeardownMark[P]: ...
    @overload
    def __call__(
        self,
        function: None = None,
        /,
        *,
        minify: bool = True,
        register: bool = True,
        record: bool = True,
        ignore_errors: bool = False,
        implementation: str = "",
        timeout_s: float | None = None,
    ) -> Callable[[Callable[P, object]], TeardownMark[P]]: ...
    def __call__(
        self,
        function: Callable[..., Any] | None = None,  # Any: the overloads say what comes of what
        /,
        *,
        minify: bool = True,
        register: bool = True,
        record: bool = True,
        ignore_errors: bool = False,
        implementation: str = "",
        timeout_s: float | None = None,
    ) -> Any:  # Any: see the overloads
        """Mark a method as a teardown; options as `device.teardown` has them. It takes no `self`.

        Raises:
            ValueError: it is a generator, or has a parameter without a default.
        """
        options = Options(minify, register, record, implementation, timeout_s, ignore_errors)

        def decorate(function: Callable[P, object]) -> TeardownMark[P]:
            check_teardown(plain_function(function))
            return TeardownMark(function, options)

        return decorate if function is None else decorate(function)
