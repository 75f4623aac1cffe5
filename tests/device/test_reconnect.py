"""A device whose board goes away: found again, its state repeated, or an error that says what is lost."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from serial.tools.list_ports_common import ListPortInfo

import belay
from belay.reconnecting import Connector, Reconnector
from belay_transport.opening import open_link, serve_simulated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from belay_transport.links import Link


def unplug(device: belay.Device) -> None:
    """End the board at once; opening its address again gives another."""
    device._belay_runtime.session.link._launcher.end()  # type: ignore[attr-defined] # a simulated board's


@pytest.fixture
def device(tmp_path: Path) -> Iterator[belay.Device]:
    """A board that keeps its flash, and a device that tries again."""
    with belay.Device(f"sim:?disk={tmp_path / 'flash'}", attempts=3) as device:
        yield device


def test_state_is_repeated(device: belay.Device) -> None:
    """Code, setups and definitions are there again when the next call has found the board."""
    device("import math")

    @device.setup
    def begin(start):  # type: ignore[no-untyped-def]
        counter = start  # noqa: F841 - the board's global

    @device.task
    def count():  # type: ignore[no-untyped-def]
        global counter
        counter += 1
        return counter, math.floor(2.5)  # noqa: F821 - the board's

    begin(10)
    assert count() == (11, 2)
    unplug(device)

    assert count() == (11, 2)
    assert count() == (12, 2)


def test_threads_and_teardowns_are_there_again(device: belay.Device) -> None:
    """Calls of threads are repeated, unless they are not recorded; a teardown runs on the board that there is."""
    device("log = []")

    @device.thread
    def work(name):  # type: ignore[no-untyped-def]
        log.append(name)  # noqa: F821 - the board's

    @device.thread(record=False)
    def work_once(name):  # type: ignore[no-untyped-def]
        log.append(name)  # noqa: F821 - the board's

    @device.setup(record=False)
    def prepare_once():  # type: ignore[no-untyped-def]
        log.append("prepared")  # noqa: F821 - the board's

    @device.teardown
    def end():  # type: ignore[no-untyped-def]
        with open("/ended", "w") as file:  # noqa: PTH123 - the board's
            file.write(" ".join(log))  # noqa: F821 - the board's

    work("kept")
    work_once("lost")
    prepare_once()
    unplug(device)

    # A thread begins when it does: as soon as it has, or the test's own time is up.
    device("while not log: sleep(0.001)", record=False)
    assert device("log") == ["kept"]
    work("again")
    device("while len(log) < 2: sleep(0.001)", record=False)
    address = device._belay_address
    device.close()
    with belay.Device(address) as another:
        assert another.fs.read_text("/ended") == "kept again"


def test_calls_of_tasks_are_repeated_only_if_asked(device: belay.Device) -> None:
    """A task's calls are not recorded, unless it has `record=True`."""
    device("calls = []")

    @device.task
    def plain(value):  # type: ignore[no-untyped-def]
        calls.append(value)  # noqa: F821 - the board's

    @device.task(record=True)
    def recorded(value):  # type: ignore[no-untyped-def]
        calls.append(value)  # noqa: F821 - the board's

    plain(1)
    recorded(2)
    device("calls.append(3)", record=False)
    unplug(device)

    assert device("calls") == [2]


def test_a_call_that_the_break_cuts_short_is_made_again(device: belay.Device) -> None:
    """The board that was found again runs the call that had no answer."""
    output = io.StringIO()

    class Breaking(io.StringIO):
        def write(self, text: str) -> int:
            if not output.getvalue():
                unplug(device)
            return output.write(text)

    device("print('half'); value = 5; __import__('time').sleep_ms(50); print('done')", stream_out=Breaking())

    assert output.getvalue().endswith("half\ndone\n")
    assert device("value") == 5


def test_a_generator_ends_with_an_error(device: belay.Device) -> None:
    """A generator of the board that is gone says so, whether calls came between or not, and a new one works."""

    @device.task
    def numbers():  # type: ignore[no-untyped-def]
        yield from range(3)

    broken, forgotten = numbers(), numbers()
    assert next(broken) == next(forgotten) == 0
    unplug(device)

    with pytest.raises(belay.ConnectionLost):
        next(broken)
    with pytest.raises(belay.ConnectionLost, match=r"a generator of .* is gone"):
        next(forgotten)
    assert list(numbers()) == [0, 1, 2]


def test_without_attempts_nothing_is_tried() -> None:
    """By default a broken link is an error, now and at the next call, until `reconnect` is called."""
    with belay.Device("sim:") as device:
        device("value = 7")
        unplug(device)

        for _ in range(2):
            with pytest.raises(belay.ConnectionLost):
                device("value")
        device.reconnect()

        assert device("value") == 7


def test_reconnect_starts_from_a_clean_board(device: belay.Device) -> None:
    """Reconnecting to a board that never went away resets it, and gives it what was recorded, once."""
    device("values = [1]")
    device("values.append(2)")
    device("values.append(3)", record=False)

    device.reconnect()

    assert device("values") == [1, 2]


def test_the_outside_of_the_board_is_the_new_ones(device: belay.Device) -> None:
    """The convenience names and the board's facts are there again, and so is its outside."""
    unplug(device)
    device("led = Pin(3, Pin.OUT)")
    device("led.on()")

    assert device.simulated is not None
    assert device.simulated.pin(3).value == 1


def test_a_setup_that_ignores_errors_is_ignored_again(tmp_path: Path) -> None:
    """What may fail when it is called may fail when it is repeated."""
    with belay.Device(f"sim:?disk={tmp_path / 'flash'}", attempts=1) as device:

        @device.setup(ignore_errors=True)
        def once():  # type: ignore[no-untyped-def]
            os.mkdir("/only once")  # noqa: F821 - the board's

        once()
        unplug(device)

        assert device("os.listdir('/')") == ["only once"]


@pytest.mark.parametrize("way", ["a text", "a setup", "a task", "a batch", "a value that cannot come back"])
def test_what_raised_is_repeated_as_far_as_it_came(device: belay.Device, way: str) -> None:
    """The effects that code has had before it raised are there again, and what builds upon them works."""

    @device.setup
    def setup():  # type: ignore[no-untyped-def]
        sensor = 5  # noqa: F841 - the board's global
        1 / 0

    @device.task(record=True)
    def task():  # type: ignore[no-untyped-def]
        global sensor
        sensor = 5
        return 1 / 0

    def batch() -> None:
        with device.batch() as calls:
            calls.call("0", record=True)
            calls.call("sensor = 5; 1 / 0", record=True)

    device("class Sensor:\n def begin(self):\n  global sensor\n  sensor = 5\n  return self")
    ways: dict[str, Callable[[], object]] = {
        "a text": lambda: device("sensor = 5; 1 / 0"),
        "a setup": setup,
        "a task": task,
        "a batch": batch,
        "a value that cannot come back": lambda: device("Sensor().begin()"),
    }
    with pytest.raises((ZeroDivisionError, belay.UnreturnableValueError)):
        ways[way]()
    device("use = sensor + 1")
    unplug(device)

    assert device("use") == 6


@pytest.mark.parametrize(
    "code",
    [
        "gone",
        "thing.value",
        "gone[0]",
        "gone[:-1]",
        "-gone[0] + 1 < 2 or not gone",
        "(gone, {1: gone})",
        "\n    gone\n",
    ],
)
def test_what_only_reads_is_not_repeated(device: belay.Device, code: str) -> None:
    """An expression that sets nothing up is not recorded: what it reads need not be there any more."""
    device("class Thing:\n value = 1\nthing = Thing()\ngone = [1, 2]", record=False)
    device("kept = 1")

    device(code)
    unplug(device)

    assert device("kept") == 1


def test_what_was_recorded_outlives_a_soft_reset() -> None:
    """A soft reset ends what is in memory; a reconnection repeats what was recorded before it too."""
    with belay.Device("sim:") as device:
        device("before = 1")
        device.soft_reset()
        assert device("'before' in globals()") is False
        device("after = 2")

        device.reconnect()

        assert device("before, after") == (1, 2)


def test_what_cannot_be_repeated_is_said(device: belay.Device) -> None:
    """An exception of the board while its state is repeated is a lost connection, with the board's words."""
    device("__import__('os').mkdir('/only once')")
    unplug(device)

    with pytest.raises(
        belay.ConnectionLost, match=r"state could not be restored: OSError: \[Errno 17\] EEXIST"
    ):
        device("1")


def test_too_long_a_history(tmp_path: Path) -> None:
    """More calls than may be repeated are an error when they should be, and not before."""

    class Short(belay.Device):
        MAX_CMD_HISTORY_LEN = 3

    with Short(f"sim:?disk={tmp_path / 'flash'}", attempts=1) as device:
        for value in range(4):
            device(f"value = {value}")
        assert device("value") == 3
        unplug(device)

        with pytest.raises(belay.MaxHistoryLengthError, match="at most 3"):
            device("value")


def test_too_long_a_history_gives_nothing_up() -> None:
    """`reconnect` and `wait_for_board` refuse before they let go of a board that is there."""

    class Short(belay.Device):
        MAX_CMD_HISTORY_LEN = 1

    with Short("sim:") as device:
        device("value = 1")
        device("value = 2")

        for again in (device.reconnect, lambda: device.wait_for_board(1)):
            with pytest.raises(belay.MaxHistoryLengthError, match="at most 1"):
                again()

        assert device("value") == 2


def test_a_board_that_resets_itself_gets_its_state_back(device: belay.Device) -> None:
    """Where the link stays and the board starts anew, the state is repeated as well."""
    device("value = 7")
    device("open('/main.py', 'w').close()", record=False)
    device.soft_reset()

    assert device("value") == 7


def test_attempts_are_counted_and_spaced(device: belay.Device) -> None:
    """Each failed attempt is followed by a pause, but for the last; the error tells them and the last failure."""
    pauses: list[float] = []

    class Nowhere(Connector):
        def open(self) -> object:  # type: ignore[override] # never returns
            raise belay.ConnectionFailedError("nobody there")

    reconnector = Reconnector(
        device._belay_runtime,
        Nowhere("sim:"),
        attempts=3,
        pause=lambda seconds: bool(pauses.append(seconds)),  # type: ignore[func-returns-value] # None is no end
    )

    with pytest.raises(belay.ConnectionLost, match=r"3 of 3 attempts failed, 1 s apart.*nobody there"):
        reconnector.recover()
    assert pauses == [1.0, 1.0]


@pytest.mark.parametrize("attempts", [-1, -7])
def test_any_negative_number_of_attempts_is_for_ever(tmp_path: Path, attempts: int) -> None:
    """As the manual says, for the device and for `reconnect`: no number of failures is the last."""
    failures = 0

    class Late(Connector):
        def open(self) -> Link:
            nonlocal failures
            if failures < 5:
                failures += 1
                raise belay.ConnectionFailedError("nobody there")
            return super().open()

    address = f"sim:?disk={tmp_path / 'flash'}"
    with belay.Device(address, attempts=attempts) as device:
        device("value = 3")
        unplug(device)
        reconnector = Reconnector(
            device._belay_runtime, Late(address), attempts=0, pause=lambda _seconds: False
        )

        reconnector.reconnect(attempts)

        assert failures == 5
        assert device("value") == 3


def test_a_device_that_is_closed_stops_trying(device: belay.Device) -> None:
    """`close` from another thread ends attempts that would go on for ever."""

    class Nowhere(Connector):
        def open(self) -> object:  # type: ignore[override] # never returns
            reconnector.end()
            raise belay.ConnectionFailedError("nobody there")

    reconnector = Reconnector(device._belay_runtime, Nowhere("sim:"), attempts=-1)

    with pytest.raises(belay.ConnectionLost, match="was closed"):
        reconnector.recover()


def test_wait_for_board_waits_as_long_as_it_may(device: belay.Device) -> None:
    """A board that does not come back in time is an error; one that does has its state."""
    now_s = [0.0]

    class Nowhere(Connector):
        def open(self) -> object:  # type: ignore[override] # never returns
            raise belay.DeviceNotFoundError("No board is plugged in")

    def pause(seconds: float) -> bool:
        now_s[0] += seconds
        return False

    device("value = 3")
    unplug(device)
    reconnector = Reconnector(
        device._belay_runtime, Nowhere("sim:"), attempts=0, pause=pause, clock=lambda: now_s[0]
    )

    with pytest.raises(belay.ConnectionLost, match="did not come back within 2 s: No board is plugged in"):
        reconnector.wait_for_board(2)
    device.wait_for_board(10)
    assert device("value") == 3


def usb_port(path: str, serial_number: str) -> ListPortInfo:
    """What the operating system tells of a USB board at a port."""
    port = ListPortInfo(path)
    port.vid, port.pid, port.serial_number = 0x2E8A, 5, serial_number
    return port


@pytest.fixture
def acm(tmp_path: Path) -> Callable[[Any], str]:
    """Give a served board the name of a USB port, the same one each time."""

    def named(board: Any) -> str:  # Any: a served board
        link = tmp_path / f"ttyACM{Path(board.path).name}"
        if not link.is_symlink():
            link.symlink_to(board.path)
        return str(link)

    return named


@pytest.mark.parametrize(
    ("attempts", "find"),
    [
        (3, lambda device: None),
        (0, lambda device: device.reconnect()),
        (0, lambda device: device.wait_for_board(10)),
    ],
    ids=["the next call", "reconnect", "wait_for_board"],
)
def test_a_usb_board_is_found_under_another_name(
    monkeypatch: pytest.MonkeyPatch,
    acm: Callable[[Any], str],
    attempts: int,
    find: Callable[[belay.Device], None],
) -> None:
    """A board whose port has another name now is found by its USB identity, among others, and has its state."""
    with serve_simulated() as before, serve_simulated() as other, serve_simulated() as after:
        ports = [usb_port(acm(other), "another"), usb_port(acm(before), "mine")]
        monkeypatch.setattr("serial.tools.list_ports.comports", lambda: ports)
        with belay.Device(acm(before), attempts=attempts) as device:
            device("value = 7")
            before.close()
            ports[1] = usb_port(acm(after), "mine")

            find(device)

            assert device("value") == 7
            with belay.Device(other.path) as untouched:
                assert untouched("'value' in globals()") is False


def test_ports_that_cannot_be_listed_are_no_error(
    monkeypatch: pytest.MonkeyPatch, acm: Callable[[Any], str]
) -> None:
    """A device is made where the system cannot say which boards there are; its port's name is what is tried again."""

    def fail() -> None:
        raise OSError(19, "No such device")

    monkeypatch.setattr("serial.tools.list_ports.comports", fail)

    with serve_simulated() as board, belay.Device(acm(board)) as device:
        device("value = 7")
        device.reconnect()
        assert device("value") == 7


def test_a_usb_board_that_is_not_back_is_told_by_what_it_is(
    monkeypatch: pytest.MonkeyPatch, acm: Callable[[Any], str]
) -> None:
    """Nobody else's board is taken for it: the error names the identity, and each port with the reason."""
    with serve_simulated() as board, serve_simulated() as other:
        ports = [usb_port(acm(board), "mine")]
        monkeypatch.setattr("serial.tools.list_ports.comports", lambda: ports)
        with belay.Device(acm(board)) as device:
            board.close()
            ports[:] = [usb_port(acm(other), "another")]

            with pytest.raises(
                belay.ConnectionLost, match=r"(?s)serial_number='mine'\).*is 'another', not 'mine'"
            ):
                device.reconnect()


def test_a_link_that_was_given_open_is_not_opened_again() -> None:
    """Nobody but who opened it knows how; the error says what can be done, and no attempt is repeated."""
    with belay.Device(open_link("sim:"), attempts=-1) as device:
        unplug(device)

        for _ in range(2):
            with pytest.raises(
                belay.ConnectionLost, match="has lost its link, which was given open"
            ) as caught:
                device("1")
        with pytest.raises(belay.FeatureUnavailableError, match="given open cannot be opened again"):
            device.reconnect()

    assert caught.value.hint == "make the device with the board's address: `belay.Device(address)`"
    assert "no longer there" in str(caught.value.__context__)


def test_a_closed_device_stays_closed() -> None:
    """Neither `reconnect` nor `wait_for_board` opens what was closed."""
    device = belay.Device("sim:")
    device.close()

    for again in (device.reconnect, device.wait_for_board):
        with pytest.raises(belay.ConnectionLost, match="is closed"):
            again()
