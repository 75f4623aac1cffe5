"""`device.aio`: what can be awaited and iterated of a device.

This room knows the device by its public verbs only; what is awaited is the worker's to do.
"""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from belay.exceptions import ArgumentTypeError
from belay.roles import BoardGenerator, Task, find_registered

if TYPE_CHECKING:
    from collections.abc import Callable

    from belay.aio.worker import Worker

__all__ = ["AsyncDevice", "AsyncItems"]

R = TypeVar("R")

_END: Final = object()
# What an iterator that has ended gives: a future cannot carry `StopIteration`.


class AsyncDevice:
    """A device for asyncio.

    `await device.aio(code)` does what `device(code)` does, and `await device.aio.NAME(…)` what the task,
    setup or thread NAME, or the method NAME of the device does. `async for item in device.aio.NAME(…)`
    iterates a task that is a generator. `await device.aio(function, …)` calls any function in its turn, such
    as one with a whole batch.

    Calls take turns, in order. One that is cancelled, by `asyncio.timeout` too, never runs if it waits, and
    is interrupted on the board if it runs; the device is usable afterwards.

    Args:
        device: what is driven.
        evaluate: runs code, as `device(code)` does, for a caller at a file and line.
        worker: does the calls; the device's own.
    """

    def __init__(self, device: object, *, evaluate: Callable[..., object], worker: Worker) -> None:
        self._device = device
        self._evaluate = evaluate
        self._worker = worker

    def __call__(
        self, work: Any, /, *args: Any, **kwargs: Any
    ) -> Any:  # Any: whatever the board or `work` gives
        """Run code on the board, or call a function in its turn.

        Args:
            work: code as for `device(code)`, or a function: a task, or one that calls the device often.
            args: what a function is called with.
            kwargs: likewise; for code the options of `device(code)`.

        Returns:
            A coroutine for the value; for a task that is a generator an `AsyncItems`.

        Raises:
            ArgumentTypeError: `work` is neither.
        """
        if isinstance(work, str):
            if args:
                raise ArgumentTypeError(f"code takes options by name only, not {args[0]!r}")
            caller = sys._getframe(1)  # noqa: SLF001 - for tracebacks: where this call stands
            place = caller.f_code.co_filename, caller.f_lineno
            return self._run(partial(self._evaluate, place, work, **kwargs))
        if not callable(work):
            raise ArgumentTypeError(
                f"`device.aio(…)` takes code as a text, or a function, not {work!r} ({type(work).__name__})"
            )
        if isinstance(work, Task) and work.generates:
            return AsyncItems(self._worker, cast("BoardGenerator", work(*args, **kwargs)))
        return self._run(partial(work, *args, **kwargs))

    def __getattr__(self, name: str) -> Callable[..., Any]:  # Any: as for `__call__`
        if name.startswith("_"):
            raise AttributeError(name)
        work = find_registered(self._device, name) or getattr(self._device, name, None)
        if not callable(work):
            raise AttributeError(  # noqa: TRY004 - a name that cannot be called is none here
                f"{self._device!r} has no task, setup, thread or method `{name}`"
            )
        return partial(self, work)

    def __repr__(self) -> str:
        return f"<asyncio face of {self._device!r}>"

    async def _run(self, work: Callable[[], R]) -> R:
        return await self._worker.run(work)


class AsyncItems:
    """What a generator on the board yields, for `async for`; each item is a call.

    Args:
        worker: runs the steps.
        generator: what is iterated.
    """

    def __init__(self, worker: Worker, generator: BoardGenerator) -> None:
        self._worker = worker
        self._generator = generator

    def __aiter__(self) -> AsyncItems:
        return self

    async def __anext__(self) -> Any:  # Any: whatever the board yields
        """Return the next item; raises as that of `BoardGenerator`, and `StopAsyncIteration` at the end."""
        return await self._step(partial(next, self._generator, _END))

    async def asend(self, value: object, /) -> Any:  # Any: as above
        """Send a value to where the generator waits, and return the next item."""
        return await self._step(partial(_send, self._generator, value))

    async def aclose(self) -> None:
        """End the generator on the board now, `finally` blocks included."""
        await self._worker.run(self._generator.close)

    def __await__(self) -> Any:  # Any: it never returns
        raise ArgumentTypeError(
            f"{self._generator!r} is iterated, not awaited: `async for item in …`",
        )

    def __repr__(self) -> str:
        return f"<async items of {self._generator!r}>"

    async def _step(self, step: Callable[[], object]) -> object:
        item = await self._worker.run(step)
        if item is _END:
            raise StopAsyncIteration
        return item


def _send(generator: BoardGenerator, value: object) -> object:
    try:
        return generator.send(value)
    except StopIteration:
        return _END
