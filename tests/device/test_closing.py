"""The end of a device: closed, dropped, never finished, or closed while another thread calls."""

from __future__ import annotations

import gc
import threading
from typing import TYPE_CHECKING

import pytest

import belay
from belay_transport.opening import serve_simulated

if TYPE_CHECKING:
    from collections.abc import Iterator

WAIT_S = 15


@pytest.fixture
def port() -> Iterator[str]:
    """The path of a pty with a simulated board behind it, which one program at a time may open."""
    with serve_simulated() as board:
        yield board.path


def readers() -> set[threading.Thread]:
    """The threads that read while nobody calls."""
    return {thread for thread in threading.enumerate() if thread.name == "belay idle reader"}


def test_a_device_that_is_dropped_releases_its_port(port: str) -> None:
    """A device that nobody has any more is collected, and its port can be opened again."""
    others = readers()
    device = belay.Device(port)
    (reader,) = readers() - others

    del device
    gc.collect()
    reader.join(WAIT_S)

    with belay.Device(port) as again:
        assert again("1 + 1") == 2


def test_a_device_with_tasks_that_is_dropped_releases_its_port(port: str) -> None:
    """Neither a class of the user's nor what the device has done keeps it alive."""

    class Counter(belay.Device):
        @belay.Device.task
        def count(limit):  # noqa: N805 - a task takes no `self`
            yield from range(limit)

        @belay.Device.setup(autoinit=True)
        def prepare():
            pass

    others = readers()
    device = Counter(port)
    (reader,) = readers() - others
    next(device.count(3))

    del device
    gc.collect()
    reader.join(WAIT_S)

    with belay.Device(port) as again:
        assert again("1 + 1") == 2


def test_a_task_keeps_its_device_open(port: str) -> None:
    """A task is used further when the device object is gone."""
    device = belay.Device(port)

    @device.task
    def double(value):
        return value * 2

    del device
    gc.collect()

    assert double(21) == 42


def test_a_constructor_that_fails_releases_the_port(port: str) -> None:
    """After a failed constructor the port can be opened at once, whoever holds the error."""

    class Broken(belay.Device):
        def __post_init__(self) -> None:
            raise KeyError("mine")

    with pytest.raises(ZeroDivisionError):
        belay.Device(port, startup="1 / 0")
    with pytest.raises(KeyError):
        Broken(port)

    with belay.Device(port) as device:
        assert device("1 + 1") == 2


def test_closing_while_another_thread_calls(capsys: pytest.CaptureFixture[str]) -> None:
    """`close` interrupts the call of another thread, which raises `ConnectionLost`; then teardowns run."""
    device = belay.Device("sim:")
    runs = threading.Event()
    errors: list[BaseException] = []

    class Listening:
        def write(self, data: bytes) -> None:
            runs.set()

    @device.teardown
    def last():
        print("torn down")

    def call() -> None:
        try:
            device("print('runs')\nwhile True: pass", stream_out=Listening())
        except belay.BelayException as error:
            errors.append(error)

    caller = threading.Thread(target=call)
    caller.start()
    assert runs.wait(WAIT_S)
    device.close()
    caller.join(WAIT_S)

    assert [type(error) for error in errors] == [belay.ConnectionLost]
    assert capsys.readouterr().out == "torn down\n"


def test_threads_that_go_on_calling_do_not_keep_a_device_from_closing() -> None:
    """A call that begins while the device is closed is refused."""
    device = belay.Device("sim:")
    ready = threading.Barrier(3)
    errors: list[BaseException] = []

    @device.teardown
    def last():
        pass

    def call() -> None:
        try:
            device("1")
            ready.wait(WAIT_S)
            while True:
                device("1")
        except belay.BelayException as error:
            errors.append(error)

    callers = [threading.Thread(target=call) for _ in range(2)]
    for caller in callers:
        caller.start()
    ready.wait(WAIT_S)
    device.close()
    for caller in callers:
        caller.join(WAIT_S)

    assert [type(error) for error in errors] == [belay.ConnectionLost] * 2
