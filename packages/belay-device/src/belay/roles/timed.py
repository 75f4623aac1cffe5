"""What a type checker shall know of `@device.task(return_time=True)`. Nothing here runs.

A function's value gets a time beside it, a generator's items do; what comes of the two differs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ParamSpec, Protocol, TypeVar, overload

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from datetime import datetime

    from belay.roles.task import Task, TaskMark

__all__ = ["TimedDecorator", "TimedMarker"]

P = ParamSpec("P")
R = TypeVar("R")
Y = TypeVar("Y")
S = TypeVar("S")


class TimedDecorator(Protocol):
    """What `device.task(return_time=True)` returns."""

    @overload
    def __call__(  # type: ignore[overload-overlap] # as for `Iterator`
        self, function: Callable[P, Generator[Y, S, R]], /
    ) -> Task[P, Generator[tuple[Y, datetime], S, R]]: ...
    @overload
    def __call__(  # type: ignore[overload-overlap] # a function that returns an iterator is a generator here
        self, function: Callable[P, Iterator[Y]], /
    ) -> Task[P, Iterator[tuple[Y, datetime]]]: ...
    @overload
    def __call__(self, function: Callable[P, R], /) -> Task[P, tuple[R, datetime]]: ...


class TimedMarker(Protocol):
    """What `Device.task(return_time=True)` returns."""

    @overload
    def __call__(  # type: ignore[overload-overlap] # as for `Iterator`
        self, function: Callable[P, Generator[Y, S, R]], /
    ) -> TaskMark[P, Generator[tuple[Y, datetime], S, R]]: ...
    @overload
    def __call__(  # type: ignore[overload-overlap] # as for `TimedDecorator`
        self, function: Callable[P, Iterator[Y]], /
    ) -> TaskMark[P, Iterator[tuple[Y, datetime]]]: ...
    @overload
    def __call__(self, function: Callable[P, R], /) -> TaskMark[P, tuple[R, datetime]]: ...
