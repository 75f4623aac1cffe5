"""What blocks, done for asyncio: on one thread, in order, and interrupted on the board when it is cancelled.

This room knows asyncio and a session; what the jobs do is for others to know.
"""

from __future__ import annotations

import asyncio
import contextvars
import threading
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from belay.exceptions import NestedCallError

if TYPE_CHECKING:
    from collections.abc import Callable

    from belay_transport.session import Session

__all__ = ["Worker"]

R = TypeVar("R")


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
            NestedCallError: a job awaits another one of its own worker, which would wait for ever.
        """
        if threading.current_thread() is self._thread:
            raise NestedCallError(
                "a call of `device.aio` waits for another one of the same device, whose turn comes after it",
                hint="in a function that `device.aio(…)` runs, call the device itself: `device(…)`",
            )
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
