"""The end of a device: closed, dropped, never finished, or closed while another thread calls."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import textwrap
import threading
from functools import partial
from typing import TYPE_CHECKING

import pytest

import belay
from belay_transport.opening import serve_simulated

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

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


@pytest.fixture
def no_collector() -> Iterator[None]:
    """The garbage collector does nothing: what is released is released by reference counts alone."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


class Counter(belay.Device):
    """A device with one of each role."""

    @belay.Device.task
    def count(limit):  # noqa: N805 - a task takes no `self`
        """Count up."""
        yield from range(limit)

    @belay.Device.setup(autoinit=True)
    def prepare():
        """Do nothing."""

    @belay.Device.teardown
    def tidy():
        """Do nothing."""


def call(device: belay.Device) -> None:
    """Call it once."""
    device("1")


def use_files(device: belay.Device, folder: Path) -> None:
    """Sync to it, and write a file."""
    (folder / "mine.py").write_text("x = 1\n")
    device.sync(folder, keep=True)
    device.fs.write_bytes("/data", b"1")


def use_much(device: belay.Device) -> None:
    """Use what holds on to a board: events, proxies, asyncio, generators, the clock, a soft reset."""

    async def work() -> object:
        return await device.aio("1")

    with device.events.listen("tick") as stream:
        device("belay_emit('tick', 1)")
        stream.next(timeout_s=WAIT_S)
    device.proxy("import sys").path.append("/x")
    asyncio.run(work())
    device("1", return_time=True)
    device.soft_reset()
    device("1")
    with pytest.raises(ZeroDivisionError):
        device("1 / 0")


@pytest.mark.usefixtures("no_collector")
@pytest.mark.parametrize("kind", [belay.Device, Counter])
@pytest.mark.parametrize("attempts", [0, 2])
def test_a_dropped_device_is_released_at_once(port: str, kind: type[belay.Device], attempts: int) -> None:
    """Who drops a device may open its port in the next line, time after time."""
    for _ in range(20):
        device = kind(port, attempts=attempts)
        call(device)
        del device

    with belay.Device(port) as again:
        assert again("1 + 1") == 2


@pytest.mark.usefixtures("no_collector")
def test_a_dropped_board_with_a_flash_is_released_at_once(tmp_path: Path) -> None:
    """Who drops a simulated board that keeps its flash may open it in the next line, time after time."""
    address = f"sim:?disk={tmp_path / 'flash'}"
    for _ in range(20):
        device = belay.Device(address)
        call(device)
        del device

    with belay.Device(address) as again:
        assert again("1 + 1") == 2


@pytest.mark.usefixtures("no_collector")
@pytest.mark.parametrize("attempts", [0, 2])
def test_nothing_that_a_device_did_keeps_it(port: str, attempts: int, tmp_path: Path) -> None:
    """Files, syncs, events, proxies, asyncio and the clock leave nothing that holds on to the port."""
    for use in (use_much, partial(use_files, folder=tmp_path)):
        device = Counter(port, attempts=attempts)
        assert list(device.count(2)) == [0, 1]
        use(device)
        del device

    with belay.Device(port) as again:
        assert again("1 + 1") == 2


@pytest.mark.usefixtures("no_collector")
def test_a_dropped_device_that_had_reconnected_is_released_at_once(port: str) -> None:
    """A reconnection leaves nothing that holds on to the port."""
    device = belay.Device(port)
    device.reconnect()
    del device

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


def test_a_program_whose_board_is_gone_ends(tmp_path: Path) -> None:
    """At the interpreter's end no teardown waits for a board that went away, however many attempts there may be."""
    script = textwrap.dedent("""
        import belay
        from belay_transport.opening import serve_simulated

        board = serve_simulated()
        device = belay.Device(board.path, attempts=-1)

        @device.teardown
        def off():
            led = 0

        board.close()
        print("the end")
    """)
    (tmp_path / "program.py").write_text(script)

    done = subprocess.run(
        [sys.executable, tmp_path / "program.py"], capture_output=True, text=True, check=True, timeout=50
    )

    assert done.stdout == "the end\n"
    assert "a teardown of Device(" in done.stderr
