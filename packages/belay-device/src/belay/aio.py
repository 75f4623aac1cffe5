"""`device.aio`: the same device, driven from asyncio without blocking the event loop.

Calls run on one worker thread, in the order in which they were made. This room knows asyncio, and the device
by its public verbs and its session only. It is imported when it is first used: asyncio takes long to load.
"""

from __future__ import annotations

import asyncio
import contextvars
import sys
import threading
from functools import partial
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar, cast

from belay.exceptions import ArgumentTypeError
from belay.roles import BoardGenerator, Task, find_registered

if TYPE_CHECKING:
    from collections.abc import Callable

    from belay_transport.session import Session

__all__ = ["AsyncDevice", "AsyncItems", "Worker"]

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


class _Job(Generic[R]):
    """A call on its way: who waits for it, and how far it is."""

    def __init__(self, work: Callable[[], R]) -> None:
        self.loop = asyncio.get_running_loop()
        self.future: asyncio.Future[R] = self.loop.create_future()
        context = contextvars.copy_context()
        self.work: Callable[[], R | None] = lambda: context.run(work)
        self.cancelled = False

    def settle(self, value: R | None, error: BaseException | None) -> None:
        """Tell who waits, in the loop's own thread."""

        def tell() -> None:
            if self.future.done():
                return
            if error is None:
                self.future.set_result(cast("R", value))
            else:
                self.future.set_exception(error)

        try:
            self.loop.call_soon_threadsafe(tell)
        except RuntimeError:
            # The loop is closed, and nobody waits.
            return


class Worker:
    """One thread that does jobs in order; it begins with the first and keeps no device alive.

    Args:
        session: returns the session that the jobs use, None when it is gone; must not keep it alive.
    """

    def __init__(self, session: Callable[[], Session | None]) -> None:
        self._session = session
        self._jobs: SimpleQueue[_Job[Any] | None] = SimpleQueue()  # Any: each job has its own
        self._changing = threading.Lock()
        self._current: _Job[Any] | None = None  # Any: as above
        self._thread: threading.Thread | None = None

    async def run(self, work: Callable[[], R]) -> R:
        """Do `work` in its turn; cancelled, it is interrupted on the board, or never done.

        Raises:
            CancelledError: the board's program has ended by then.
        """
        job = _Job(work)
        self._put(job)
        try:
            # Unlike `await job.future`, this leaves the future alone when it is cancelled itself.
            await asyncio.wait([job.future])
        except asyncio.CancelledError:
            job.future.add_done_callback(_look_at)
            if self._cancel(job):
                await asyncio.wait([job.future])
            raise
        return job.future.result()

    def end(self) -> None:
        """End the thread when it has done what waits."""
        self._jobs.put(None)

    def _put(self, job: _Job[Any]) -> None:  # Any: as above
        with self._changing:
            self._jobs.put(job)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="belay aio", daemon=True)
                self._thread.start()

    def _cancel(self, job: _Job[Any]) -> bool:  # Any: as above
        """Cancel a job; return whether a program of its ran on the board, which is interrupted now."""
        with self._changing:
            job.cancelled = True
            ident = None if self._thread is None else self._thread.ident
            # What runs on the host between two calls, or waits for another thread's, is not waited for.
            session = self._session() if self._current is job else None
            return session is not None and ident is not None and session.bar(ident)

    def _work(self) -> None:
        while True:
            job = self._jobs.get()
            if job is None:
                if self._may_end():
                    return
            elif self._begin(job):
                self._do(job)
            del job  # whom it knows must not be kept alive while there is nothing to do

    def _do(self, job: _Job[Any]) -> None:  # Any: as above
        value: object = None
        error: BaseException | None = None
        try:
            value = job.work()
        except StopIteration as stop:
            # As in a coroutine; no future takes it.
            error = RuntimeError("the function raised StopIteration")
            error.__cause__ = stop
        except BaseException as raised:  # noqa: BLE001 - it is raised where the call is awaited
            error = raised
        # Who is told may drop the device, and shall not find it held here.
        job.work = _nothing
        with self._changing:
            self._current = None
            session = self._session()
            if session is not None:
                session.admit(threading.get_ident())
        job.settle(value, error)

    def _begin(self, job: _Job[Any]) -> bool:  # Any: as above
        with self._changing:
            if not job.cancelled:
                self._current = job
            return not job.cancelled

    def _may_end(self) -> bool:
        with self._changing:
            if self._jobs.empty():
                self._thread = None
            return self._thread is None


def _nothing() -> None:
    """Stand for work that is done."""


def _look_at(future: asyncio.Future[Any]) -> None:  # Any: nobody wants it
    """See what came of a call that was cancelled, so that asyncio does not complain that nobody did."""
    if not future.cancelled():
        future.exception()


def _send(generator: BoardGenerator, value: object) -> object:
    try:
        return generator.send(value)
    except StopIteration:
        return _END
