"""Waiting for code that may never return: in a thread, and not for ever. Knows nothing of wires."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Generic, TypeVar

from belay_transport.errors import ConnectionLost

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["LONG_S", "Call", "bounded", "loses_link", "meanwhile"]

LONG_S = 15.0
"""What counts as for ever: far longer than a megabyte takes on a pty of a busy machine."""

T = TypeVar("T")


class Call(Generic[T]):
    """Run a function in a thread of its own; its result, or its error, is asked for later."""

    def __init__(self, function: Callable[[], T]) -> None:
        self._function = function
        self._results: list[T] = []
        self._error: BaseException | None = None
        # a daemon: a broken link may hold it for ever, and must not hold the interpreter as well
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._results.append(self._function())
        except BaseException as error:  # noqa: BLE001 - handed on to the thread that asks
            self._error = error

    def result(self) -> T:
        """Wait for the function, and return or raise what it did.

        Raises:
            AssertionError: it has not ended in `LONG_S` seconds.
        """
        self._thread.join(LONG_S)
        assert not self._thread.is_alive(), f"still waiting after {LONG_S} s"
        if self._error is not None:
            raise self._error
        return self._results[0]


def bounded(function: Callable[[], T]) -> T:
    """Return what a function returns that may, if a promise is broken, never return."""
    return Call(function).result()


@contextmanager
def meanwhile(function: Callable[[], object]) -> Iterator[None]:
    """Run a function in another thread while the block runs; raise at its end what it raised."""
    call = Call(function)
    yield
    call.result()


@contextmanager
def loses_link() -> Iterator[list[ConnectionLost]]:
    """Expect that the block raises `ConnectionLost`; the list holds it afterwards."""
    lost: list[ConnectionLost] = []
    try:
        yield lost
    except ConnectionLost as error:
        lost.append(error)
    assert lost, "no `ConnectionLost` was raised"
