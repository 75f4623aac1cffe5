"""What a type checker makes of decorated functions. It is checked, never run: `mypy --strict` on this file.

Each `assert_type` is a promise; each `type: ignore[code]` is one too, as `--strict` refuses a needless one.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from datetime import datetime

from typing_extensions import assert_type  # a checker knows it without the package

import belay
from belay import Device, Handle
from belay.roles import Setup, Task, Teardown

device = belay.Device("sim:")


@device.task
def double(value: int, *, times: int = 1) -> int:
    """Without parentheses."""
    return value * 2 * times


@device.task(record=True, timeout_s=2.0)
def name(number: float) -> str:
    """With parentheses."""
    return str(number)


@device.task
def items(count: int) -> Iterator[int]:
    """A generator."""
    yield from range(count)


@device.task(return_time=True)
def timed(value: int) -> str:
    """With the time beside the value."""
    return str(value)


@device.task(return_time=True, timeout_s=1.0)
def timed_items(count: int) -> Iterator[int]:
    """With the time beside each item."""
    yield from range(count)


@device.task(return_time=True)
def timed_talk(count: int) -> Generator[int, str, bytes]:
    """What is sent in and what is returned stay what they are."""
    word = yield count
    return word.encode()


@device.setup
def prepare(pin: int) -> None:
    """A setup."""
    _ = pin


@device.thread()
def blink(period: float) -> None:
    """A thread."""
    _ = period


@device.teardown(ignore_errors=True)
def tidy(level: int = 0) -> None:
    """A teardown."""
    _ = level


assert_type(double(1), int)
assert_type(double(1, times=2), int)
assert_type(name(0.5), str)
assert_type(items(3), Iterator[int])
assert_type(timed(1), tuple[str, datetime])
assert_type(timed.map([1]), list[tuple[str, datetime]])
assert_type(timed_items(3), Iterator[tuple[int, datetime]])
assert_type(timed_talk(3), Generator[tuple[int, datetime], str, bytes])
assert_type(device.sync_time(), belay.TimeOffset)
assert_type(device.sync_time(0).error_s, float)
assert_type(device.time_offset, float)
assert_type(prepare(25), None)
assert_type(blink(0.5), None)
assert_type(tidy(), None)
assert_type(double.map([1, 2]), list[int])
assert_type(name.starmap([(1,)]), list[str])

double("1")  # type: ignore[arg-type]  # the parameters are the function's
timed("1")  # type: ignore[arg-type]  # with the time as well
double()  # type: ignore[call-arg]  # all of them
prepare("25")  # type: ignore[arg-type]  # a setup's too
blink()  # type: ignore[call-arg]  # a thread's too
device.task(3)  # type: ignore[call-overload]  # only functions
device.task(autoinit=True)  # type: ignore[call-overload]  # an option of class-form setups only

with device.batch() as batch:
    handle = batch.submit(double, 1, times=2)
    stamped = batch.submit(timed, 1)
    untyped = batch.call("1 + 1")
    batch.submit(double, "1")  # type: ignore[arg-type]  # the parameters are the function's
assert_type(handle, Handle[int])
assert_type(handle.value, int)
assert_type(stamped, Handle[tuple[str, datetime]])
assert_type(untyped.value, object)


class Board(Device):
    """A device class; `staticmethod` tells a checker that there is no `self`, and does no harm."""

    @Device.task
    @staticmethod
    def double(value: int) -> int:
        """Without parentheses."""
        return value * 2

    @Device.task(implementation="micropython")
    @staticmethod
    def name(number: float) -> str:
        """With parentheses."""
        return str(number)

    @Device.task(return_time=True)
    @staticmethod
    def timed(value: int) -> int:
        """With the time beside the value."""
        return value

    @Device.setup(autoinit=True)
    @staticmethod
    def prepare() -> None:
        """A setup."""

    @Device.thread
    @staticmethod
    def blink(period: float) -> None:
        """A thread."""

    @Device.teardown()
    @staticmethod
    def tidy() -> None:
        """A teardown."""


board = Board("sim:")
assert_type(board, Board)
assert_type(board.double(1), int)
assert_type(board.name(1), str)
assert_type(board.double.map([1]), list[int])
assert_type(board.timed(1), tuple[int, datetime])
assert_type(board.prepare, Setup[[]])
assert_type(board.blink(0.5), None)
assert_type(board.tidy, Teardown[[]])
assert_type(Device["Board"], type[Device])
board.double("1")  # type: ignore[arg-type]  # the parameters are the function's


def call(task: Task[[int], int]) -> int:
    """Take a task as an argument."""
    return task(1)


call(board.double)
call(double)
call(name)  # type: ignore[arg-type]  # it returns something else
