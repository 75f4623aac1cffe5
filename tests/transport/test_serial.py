"""Serial ports: opening, the lines that reset boards, breaking, and what pyserial opens by a URL."""

from __future__ import annotations

import errno
import os
import re
import socket
import stat
import threading
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest
import serial
import serial.rfc2217
from serial.tools.list_ports_common import ListPortInfo

from belay_transport.errors import BelayException, ConnectionFailedError, ConnectionLost
from belay_transport.links.flow import holds_bytes_back
from belay_transport.links.serial import SerialLink, _opening_error

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def open_pty() -> Iterator[tuple[int, str]]:
    """Yield the master of a pty, and the name of its slave."""
    master, slave = os.openpty()
    try:
        yield master, os.ttyname(slave)
    finally:
        os.close(slave)
        os.close(master)


def read_exactly(link: SerialLink, count: int) -> bytes:
    """Read `count` bytes, however they are cut."""
    data = b""
    while len(data) < count:
        piece = link.read(10)
        assert piece
        data += piece
    return data


def test_every_byte_passes_unchanged() -> None:
    """No byte is translated, echoed or taken for a signal, either way."""
    every = bytes(range(256))

    with open_pty() as (master, name), closing(SerialLink(name)) as link:
        os.write(master, every)
        received = read_exactly(link, len(every))
        link.write(every, 10)
        sent = os.read(master, 1000)

    assert received == every
    assert sent == every


def test_what_a_port_is_called() -> None:
    """Messages name the port, or the URL."""
    with open_pty() as (_, name), closing(SerialLink(name)) as link, closing(SerialLink("loop://")) as loop:
        assert link.description == f"serial port {name}"
        assert loop.description == "serial URL loop://"


def test_a_second_program_is_refused() -> None:
    """A port that is open already is not opened again, unless both sides agree."""
    with open_pty() as (_, name), closing(SerialLink(name)):
        with pytest.raises(ConnectionFailedError) as caught:
            SerialLink(name)
        SerialLink(name, exclusive=False).close()

    assert str(caught.value) == f"Opening {name} failed: another program holds it"
    assert caught.value.hint == "close the program that uses the port, then try again"


def test_a_closed_port_can_be_opened_again() -> None:
    """Closing gives up the lock."""
    with open_pty() as (_, name):
        SerialLink(name).close()
        SerialLink(name).close()


def test_a_missing_port_is_said_to_be_missing() -> None:
    """The error says so, and how to see which ports there are."""
    with pytest.raises(ConnectionFailedError) as caught:
        SerialLink("/dev/ttyACM_none")

    assert str(caught.value) == "Opening /dev/ttyACM_none failed: there is no such port"
    assert (
        caught.value.hint
        == "is the board plugged in? `belay.list_devices()`, or `belay devices`, lists the ports"
    )
    assert isinstance(caught.value.__cause__, serial.SerialException)


def test_what_is_no_port_is_said_to_be_none(tmp_path: Path) -> None:
    """A file and a folder are not serial ports."""
    file = tmp_path / "file"
    file.touch()

    for path in (file, tmp_path):
        with pytest.raises(ConnectionFailedError, match=r"(?m)it is not a serial port$") as caught:
            SerialLink(str(path))
        assert caught.value.hint == "`belay.list_devices()`, or `belay devices`, lists the ports"


def test_an_option_of_a_url_that_nobody_knows_is_named() -> None:
    """What stands behind the `?` is pyserial's to know; the host and the port are not to blame."""
    with pytest.raises(ConnectionFailedError) as caught:
        SerialLink("rfc2217://localhost:1?bogus")

    assert str(caught.value).endswith("failed: pyserial knows no option `bogus` here")
    assert "URL handlers" in str(caught.value.hint)


def test_a_forbidden_port_names_its_group(tmp_path: Path) -> None:
    """Whoever may not open a port learns which group may."""
    file = tmp_path / "port"
    file.touch(0o660)
    group = file.group()

    error = _opening_error(str(file), serial.SerialException(errno.EACCES, "could not open port"))

    mode = stat.filemode(file.stat().st_mode)
    assert str(error) == f"Opening {file} failed: permission denied; it is for the group `{group}` ({mode})"
    assert error.hint == f"`sudo usermod -aG {group} $USER`, then log in again"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("could not open port 'COM3': FileNotFoundError(2, 'x', None, 2)", "there is no such port"),
        (
            "could not open port 'COM3': PermissionError(13, 'Access is denied.', None, 5)",
            "another program holds it",
        ),
        (
            "could not open port 'COM3': OSError(22, 'x', None, 121)",
            "could not open port 'COM3': OSError(22, 'x', None, 121)",
        ),
    ],
)
def test_what_pyserial_tells_on_windows_is_understood(text: str, reason: str) -> None:
    """On Windows pyserial gives no error number, only a text."""
    error = _opening_error("COM3", serial.SerialException(text))

    assert str(error) == f"Opening COM3 failed: {reason}"


def test_an_unplugged_port_is_gone_at_once() -> None:
    """A read in progress ends with the reason when the port goes away."""
    master, slave = os.openpty()
    name = os.ttyname(slave)
    with closing(SerialLink(name)) as link:
        os.close(slave)
        os.close(master)

        with pytest.raises(ConnectionLost) as reading:
            link.read(None)
        with pytest.raises(ConnectionLost) as writing:
            link.write(b"x", 10)

    assert str(reading.value) == f"Reading from serial port {name} failed: the port is gone"
    assert str(writing.value) == f"Writing to serial port {name} failed: the port is gone"
    assert reading.value.hint == "was the board unplugged, or reset?"


def test_dtr_and_rts_are_never_set_one_without_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening sets both lines; closing drops RTS first: an ESP board is reset by RTS without DTR."""
    steps: list[tuple[str, bool]] = []

    class RecordingSerial(serial.Serial):
        def _update_dtr_state(self) -> None:
            steps.append(("dtr", self.dtr))

        def _update_rts_state(self) -> None:
            steps.append(("rts", self.rts))

    monkeypatch.setattr(serial, "Serial", RecordingSerial)

    with open_pty() as (_, name):
        SerialLink(name).close()

    assert steps == [("dtr", True), ("rts", True), ("rts", False), ("dtr", False)]


def test_the_baudrate_is_set() -> None:
    """The port runs at the speed that was asked for."""
    with open_pty() as (_, name), closing(SerialLink(name, baudrate=9600)) as link:
        assert link._serial.baudrate == 9600


def test_a_url_that_loops_back() -> None:
    """A URL without a descriptor is read and written all the same."""
    with closing(SerialLink("loop://", baudrate=1000000)) as link:
        link.write(b"hello", 10)

        assert read_exactly(link, 5) == b"hello"
        assert not link.flow_control


def test_a_url_that_does_not_answer() -> None:
    """A server that is not there is a failed connection with the system's reason, and a hint."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    with pytest.raises(
        ConnectionFailedError, match=rf"^Opening rfc2217://127.0.0.1:{port} failed: [^:]*refused"
    ) as caught:
        SerialLink(f"rfc2217://127.0.0.1:{port}")
    assert caught.value.hint == "check the host and the port, and that the serial server is running there"


class Rfc2217Server:
    """A serial server whose port loops back, made of pyserial's own parts."""

    def __init__(self) -> None:
        """Listen."""
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = f"rfc2217://127.0.0.1:{self._server.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        """Serve one client until it leaves."""
        connection, _ = self._server.accept()
        with connection, serial.serial_for_url("loop://", timeout=0) as port:
            self.connection = connection
            manager = serial.rfc2217.PortManager(port, self)
            while data := connection.recv(1000):
                sent = b"".join(manager.filter(data))
                connection.sendall(b"".join(manager.escape(sent)))

    def write(self, data: bytes) -> None:
        """Answer a negotiation: what `PortManager` calls."""
        self.connection.sendall(data)

    def close(self) -> None:
        """Stop; the client has closed its side before."""
        self._thread.join()
        self._server.close()


@pytest.mark.filterwarnings("ignore:set(Daemon|Name)\\(\\) is deprecated:DeprecationWarning")  # pyserial 3.5
def test_a_port_of_another_machine() -> None:
    """A port behind an RFC 2217 server is read and written, every byte of it."""
    every = bytes(range(256))

    with closing(Rfc2217Server()) as server, closing(SerialLink(server.url)) as link:
        link.write(every, 10)
        received = read_exactly(link, len(every))

    assert received == every


def found_port(device: str, vid: int | None = None, pid: int | None = None) -> ListPortInfo:
    """Return what pyserial tells of a port."""
    info = ListPortInfo(device)
    info.vid, info.pid = vid, pid
    return info


@pytest.mark.parametrize(
    ("port", "vid", "pid", "expected"),
    [
        ("/dev/ttyACM0", 0x2E8A, 0x0005, True),  # MicroPython on an RP2040
        ("/dev/ttyACM0", 0xF055, 0x9800, True),  # a pyboard
        ("/dev/ttyACM0", 0x303A, 0x1001, True),  # ESP32-C3 and -S3
        ("/dev/ttyACM0", 0x239A, 0x80F4, True),  # CircuitPython
        ("COM3", 0x2E8A, 0x0005, True),
        ("/dev/ttyACM0", 0x2E8A, 0x000C, False),  # a debug probe
        ("/dev/ttyACM0", 0x0D28, 0x0204, False),  # a micro:bit
        ("/dev/ttyACM0", 0x1A86, 0x55D4, False),  # CH9102, CDC class
        ("/dev/ttyACM0", 0x0483, 0x374B, False),  # ST-Link
        ("COM3", 0x10C4, 0xEA60, False),  # CP2102
        ("COM3", 0x0403, 0x6001, False),  # FTDI
        ("/dev/ttyUSB0", 0x1234, 0x5678, False),  # unknown, but a bridge by its driver
        ("/dev/ttyS0", None, None, False),
        ("/dev/ttyAMA0", None, None, False),
    ],
)
def test_which_ports_hold_bytes_back(port: str, vid: int | None, pid: int | None, expected: bool) -> None:
    """Boards that are USB themselves do; UARTs, bridges and unknown ports do not."""
    assert holds_bytes_back(port, ports=[found_port("COM1"), found_port(port, vid, pid)]) is expected


def test_a_port_reached_by_a_link_is_looked_up_by_its_name(tmp_path: Path) -> None:
    """`/dev/serial/by-id/…` holds back as the port it leads to."""
    link = tmp_path / "by-id"
    link.symlink_to("/dev/ttyACM_none")

    assert holds_bytes_back(str(link), ports=[found_port("/dev/ttyACM_none", 0x2E8A, 5)])


def test_a_pty_holds_bytes_back() -> None:
    """A pty makes the writer wait."""
    with open_pty() as (_, name), closing(SerialLink(name)) as link:
        assert link.flow_control


@pytest.mark.parametrize(
    "url",
    [
        "hwgrep://[",
        "hwgrep://(&n=2",
        "loop://?logging=loud",
        "loop://?x",
        "spy:///dev/nowhere?x",
        "alt:///dev/nowhere?class=Nothing",
        "rfc2217://127.0.0.1:1?x=y",
        "rfc2217://127.0.0.1:1?logging=loud",
        "cp2110://nothing",
    ],
)
def test_a_url_that_pyserial_cannot_read_is_an_error_of_ours(url: str) -> None:
    """Whatever pyserial stumbles over, it is a `BelayException` that names the URL."""
    with pytest.raises(BelayException, match=f"^Opening {re.escape(url)} failed: "):
        SerialLink(url)
