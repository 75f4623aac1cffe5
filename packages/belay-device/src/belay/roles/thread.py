"""`thread`: a function that runs in the background on the board."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, cast, overload

from belay.exceptions import FeatureUnavailableError
from belay.history import recorded
from belay.roles.batch import open_batch
from belay.roles.executer import Executer
from belay.roles.expressions import thread_text
from belay.roles.marks import Mark
from belay.roles.namespace import Namespace, Role
from belay.roles.options import Options, check_thread, plain_function
from belay.roles.submission import Entry

if TYPE_CHECKING:
    from collections.abc import Callable

    from belay.roles.board import Board

__all__ = ["Thread", "ThreadMark", "ThreadNamespace", "ThreadRole"]

P = ParamSpec("P")


class Thread(Executer, Generic[P]):
    """A function of the user's that runs in a thread of the board; calling it returns at once.

    Raises:
        FeatureUnavailableError: the board has no `_thread`.
    """

    kind = "thread"

    def __init__(self, board: Board, function: Callable[P, object], options: Options) -> None:
        super().__init__(board, function, options)
        if not board.has_threads:
            implementation = board.implementation
            raise FeatureUnavailableError(
                f"`{self.name}` wants a thread, and the {implementation.name} of {board.description}"
                f" ({implementation.platform or 'unnamed platform'}) has no `_thread`",
                hint="make it a task that does a little and returns, and call that in a loop",
            )

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Start it with these arguments. What it returns is lost; what it raises the board prints.

        Raises:
            ArgumentTypeError: the arguments do not fit the parameters; nothing was sent.
            UnsendableValueError: an argument cannot travel; nothing was sent.
            BoardException: the board cannot start one more; most boards have one.
        """
        entry = self.entry(*args, **kwargs)
        batch = open_batch(self.board)
        if batch is not None:
            # Like a task's, a call in a batch gives a handle; its value is None.
            return cast("None", batch.collect(entry))
        with recorded(self.board, entry.code) if entry.record else nullcontext():
            self.board.call(entry.code)
        return None

    def entry(self, *args: P.args, **kwargs: P.kwargs) -> Entry:
        """Return the call as an entry of a batch."""
        self.parameters.check(args, kwargs)
        code = thread_text(self.name, args, kwargs, board=self.board)
        return Entry(code, self.options.record, arguments=(args, kwargs))


class ThreadMark(Mark, Generic[P]):
    """A method of a device class that becomes a thread."""

    executer = Thread

    @overload
    def __get__(self, device: None, owner: type) -> ThreadMark[P]: ...
    @overload
    def __get__(self, device: object, owner: type | None = None) -> Thread[P]: ...
    def __get__(self, device: object, owner: type | None = None) -> ThreadMark[P] | Thread[P]:
        return self if device is None else cast("Thread[P]", self._find(device))


class ThreadNamespace(Namespace):
    """`device.thread`: sends a function that the board shall run in the background."""

    __slots__ = ()

    @overload
    def __call__(self, function: Callable[P, object], /) -> Thread[P]: ...
    @overload
    def __call__(
        self,
        function: None = None,
        /,
        *,
        minify: bool = True,
        register: bool = True,
        record: bool = True,
        implementation: str = "",
    ) -> Callable[[Callable[P, object]], Thread[P]]: ...
    def __call__(
        self,
        function: Callable[..., Any] | None = None,  # Any: the overloads say what comes of what
        /,
        *,
        minify: bool = True,
        register: bool = True,
        record: bool = True,
        implementation: str = "",
    ) -> Any:  # Any: see the overloads
        """Send a function to the board and replace it with one that starts it there in a thread.

        Args:
            function: what to decorate; without it, a decorator with these options comes back.
            minify: shorten the source on its way; names and line numbers stay.
            register: make it also an attribute, `device.thread.<name>`.
            record: a reconnection repeats its calls.
            implementation: the only implementation that it is for, such as "circuitpython"; "" for all.

        Raises:
            FeatureUnavailableError: the board has no `_thread`.
            ValueError: it is a generator.
            SpecialFunctionNameError: its name is reserved.
            UnsupportedFunctionError: its source cannot run on a board.
        """
        options = Options(minify, register, record, implementation)

        def decorate(function: Callable[P, object]) -> Thread[P]:
            check_thread(plain_function(function))
            return self._belay_decorate(Thread, function, options)

        return decorate if function is None else decorate(function)

    def __getattr__(self, name: str) -> Thread[...]:
        raise AttributeError(
            f"no thread `{name}` is registered; there are: {', '.join(vars(self)) or 'none'}"
        )


class ThreadRole(Role):
    """`Device.thread`: marks a method of a device class as one that runs in the background on the board."""

    kind = "thread"

    @overload
    def __get__(self, device: None, owner: type) -> ThreadRole: ...
    @overload
    def __get__(self, device: object, owner: type | None = None) -> ThreadNamespace: ...
    def __get__(self, device: object, owner: type | None = None) -> ThreadRole | ThreadNamespace:
        return self if device is None else self._unconnected(device)

    @overload
    def __call__(self, function: Callable[P, object], /) -> ThreadMark[P]: ...
    @overload
    def __call__(
        self,
        function: None = None,
        /,
        *,
        minify: bool = True,
        register: bool = True,
        record: bool = True,
        implementation: str = "",
    ) -> Callable[[Callable[P, object]], ThreadMark[P]]: ...
    def __call__(
        self,
        function: Callable[..., Any] | None = None,  # Any: the overloads say what comes of what
        /,
        *,
        minify: bool = True,
        register: bool = True,
        record: bool = True,
        implementation: str = "",
    ) -> Any:  # Any: see the overloads
        """Mark a method as a thread; options as `device.thread` has them. It takes no `self`.

        Raises:
            ValueError: it is a generator.
        """
        options = Options(minify, register, record, implementation)

        def decorate(function: Callable[P, object]) -> ThreadMark[P]:
            check_thread(plain_function(function))
            return ThreadMark(function, options)

        return decorate if function is None else decorate(function)
