"""`setup`: a function whose body runs in the board's globals: imports, pins, objects that tasks use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, ParamSpec, cast, overload

from belay.roles.body import Body
from belay.roles.marks import Mark
from belay.roles.namespace import Namespace, Role
from belay.roles.options import Options, check_setup, plain_function

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Setup", "SetupMark", "SetupNamespace", "SetupRole"]

P = ParamSpec("P")


class Setup(Body[P]):
    """A function of the user's whose body runs in the board's globals each time it is called."""

    kind = "setup"


class SetupMark(Mark, Generic[P]):
    """A method of a device class that becomes a setup."""

    executer = Setup

    @overload
    def __get__(self, device: None, owner: type) -> SetupMark[P]: ...
    @overload
    def __get__(self, device: object, owner: type | None = None) -> Setup[P]: ...
    def __get__(self, device: object, owner: type | None = None) -> SetupMark[P] | Setup[P]:
        return self if device is None else cast("Setup[P]", self._find(device))


class SetupNamespace(Namespace):
    """`device.setup`: makes a function's body run in the board's globals."""

    __slots__ = ()

    @overload
    def __call__(self, function: Callable[P, object], /) -> Setup[P]: ...
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
    ) -> Callable[[Callable[P, object]], Setup[P]]: ...
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
        """Replace a function with one that runs its body in the board's globals.

        Args:
            function: what to decorate; without it, a decorator with these options comes back.
            minify: shorten the source on its way; names and line numbers stay.
            register: make it also an attribute, `device.setup.<name>`.
            record: a reconnection repeats its calls.
            ignore_errors: what the board raises is logged instead of raised.
            implementation: the only implementation that it is for, such as "circuitpython"; "" for all.
            timeout_s: deadline of each call in seconds; None lets it run for ever.

        Raises:
            ValueError: it is a generator, or returns something.
            SpecialFunctionNameError: its name is reserved.
            UnsupportedFunctionError: its source cannot run on a board.
        """
        options = Options(minify, register, record, implementation, timeout_s, ignore_errors)

        def decorate(function: Callable[P, object]) -> Setup[P]:
            check_setup(plain_function(function), autoinit=False)
            return self._belay_decorate(Setup, function, options)

        return decorate if function is None else decorate(function)

    def __getattr__(self, name: str) -> Setup[...]:
        raise AttributeError(f"no setup `{name}` is registered; there are: {', '.join(vars(self)) or 'none'}")


class SetupRole(Role):
    """`Device.setup`: marks a method of a device class as one whose body runs in the board's globals."""

    kind = "setup"

    @overload
    def __get__(self, device: None, owner: type) -> SetupRole: ...
    @overload
    def __get__(self, device: object, owner: type | None = None) -> SetupNamespace: ...
    def __get__(self, device: object, owner: type | None = None) -> SetupRole | SetupNamespace:
        return self if device is None else self._unconnected(device)

    @overload
    def __call__(self, function: Callable[P, object], /) -> SetupMark[P]: ...
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
        autoinit: bool = False,
        implementation: str = "",
        timeout_s: float | None = None,
    ) -> Callable[[Callable[P, object]], SetupMark[P]]: ...
    def __call__(
        self,
        function: Callable[..., Any] | None = None,  # Any: the overloads say what comes of what
        /,
        *,
        minify: bool = True,
        register: bool = True,
        record: bool = True,
        ignore_errors: bool = False,
        autoinit: bool = False,
        implementation: str = "",
        timeout_s: float | None = None,
    ) -> Any:  # Any: see the overloads
        """Mark a method as a setup; options as `device.setup` has them. It takes no `self`.

        With `autoinit=True` it runs when the device object is made, in the order of definition.

        Raises:
            ValueError: `autoinit` for a method with parameters.
        """
        options = Options(minify, register, record, implementation, timeout_s, ignore_errors, autoinit)

        def decorate(function: Callable[P, object]) -> SetupMark[P]:
            check_setup(plain_function(function), autoinit=autoinit)
            return SetupMark(function, options)

        return decorate if function is None else decorate(function)
