"""Which link opens for which address."""

from __future__ import annotations

import importlib.util
import os
import socket
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from belay_transport.address import ProcessAddress
from belay_transport.errors import AddressError, ConnectionFailedError, DeviceNotFoundError
from belay_transport.links.process import ProcessLink
from belay_transport.links.serial import SerialLink
from belay_transport.links.tcp import TcpLink
from belay_transport.opening import open_link
from belay_transport.ports import UsbSpecifier

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def pty() -> Iterator[str]:
    """Return the name of a pty that somebody holds open."""
    master, slave = os.openpty()
    yield os.ttyname(slave)
    os.close(slave)
    os.close(master)


def test_a_path_opens_a_serial_port(pty: str) -> None:
    """The speed is handed on."""
    with closing(open_link(pty, baudrate=9600)) as link:
        assert isinstance(link, SerialLink)
        assert link._serial.baudrate == 9600


def test_a_port_is_exclusive_unless_told_otherwise(pty: str) -> None:
    """A second link to a port is refused by default."""
    with closing(open_link(pty)):
        with pytest.raises(ConnectionFailedError, match="another program holds it"):
            open_link(pty)
        open_link(pty, exclusive=False).close()


def test_a_serial_url_opens_by_pyserial() -> None:
    """A URL of pyserial is a serial link."""
    with closing(open_link("loop://")) as link:
        assert isinstance(link, SerialLink)


def test_a_socket_url_opens_a_tcp_connection() -> None:
    """`socket://` connects."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"socket://127.0.0.1:{server.getsockname()[1]}"
        with closing(open_link(url)) as link:
            assert isinstance(link, TcpLink)
            assert link.description == f"TCP connection {url}"


def test_a_connection_that_is_refused_says_so() -> None:
    """A server that does not listen is an error with host and port."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    with pytest.raises(ConnectionFailedError) as caught:
        open_link(f"socket://127.0.0.1:{port}")

    assert str(caught.value) == f"Connecting to 127.0.0.1, port {port} failed: Connection refused"


@pytest.mark.parametrize("url", ["socket://host", "socket://:4000", "socket://host:x", "socket://host:99999"])
def test_a_socket_url_needs_host_and_port(url: str) -> None:
    """What cannot be connected to is a malformed address."""
    with pytest.raises(AddressError) as caught:
        open_link(url)

    assert str(caught.value).startswith(f"`{url}`")
    assert caught.value.hint == "write it as in `socket://192.168.1.20:4000`"


def test_a_command_starts_a_program() -> None:
    """`exec:` starts what it names; an address parsed before works as well."""
    command = (sys.executable, "-I", "-S", "-c", "import sys; sys.stdin.read()")

    with closing(open_link(ProcessAddress(command))) as link:
        assert isinstance(link, ProcessLink)


def test_the_environment_is_asked_when_nothing_is_given(pty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """None opens what `BELAY_DEVICE` names."""
    monkeypatch.setenv("BELAY_DEVICE", pty)

    with closing(open_link(None)) as link:
        assert link.description == f"serial port {pty}"


def test_a_usb_board_is_looked_for() -> None:
    """A board that is not plugged in is not found, and the ports that there are get named."""
    with pytest.raises(
        DeviceNotFoundError, match=r"^No board fits UsbSpecifier\(serial_number='no such board'\)"
    ):
        open_link(UsbSpecifier(serial_number="no such board"))


def test_a_bela_has_no_repl() -> None:
    """What is known and cannot be opened is refused."""
    with pytest.raises(ConnectionFailedError) as caught:
        open_link("bela:bela.local")

    assert str(caught.value) == "Opening a `bela` address failed: a Bela has no MicroPython REPL"
    assert caught.value.hint is not None
    assert "can be watched" in caught.value.hint


def test_a_serial_server_that_is_not_there() -> None:
    """The refusal of a plain TCP connection says what to look at."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and does not listen
        port = taken.getsockname()[1]
        with pytest.raises(
            ConnectionFailedError, match=rf"^Connecting to 127\.0\.0\.1, port {port} failed: "
        ) as caught:
            open_link(f"socket://127.0.0.1:{port}")

    assert caught.value.hint == "check the host and the port, and that the serial server is running there"


@pytest.mark.parametrize("scheme", ["ws", "wss", "telnet"])
def test_boards_in_the_network_are_connected_to(scheme: str) -> None:
    """A server that does not listen is an error with host and port; a password in the address is not shown."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    user = "micro:secret@" if scheme == "telnet" else ""

    with pytest.raises(ConnectionFailedError) as caught:
        open_link(f"{scheme}://{user}127.0.0.1:{port}", password="secret")

    assert str(caught.value) == f"Connecting to 127.0.0.1, port {port} failed: Connection refused"
    assert "secret" not in str(caught.value.hint)


@pytest.mark.skipif(
    importlib.util.find_spec("micropython_run") is None,
    reason="this platform has no wheel of the MicroPython unix build",
)
def test_a_simulated_board_opens() -> None:
    """`sim:` starts real MicroPython, with the options of the address."""
    with closing(open_link("sim:?heap=256k")) as link:
        link.write(b"\r\x01", 10)
        shown = b""
        while b"raw REPL; CTRL-B to exit\r\n>" not in shown:
            shown += link.read(10)


def test_each_link_loads_only_what_it_needs() -> None:
    """Starting a program loads no pyserial, and no websocket."""
    code = (
        "import sys\n"
        "from belay_transport.opening import open_link\n"
        "open_link(sys.argv[1]).close()\n"
        "print([name for name in ('serial', 'websocket', 'ssl', 'belay_transport.sim') if name in sys.modules])"
    )

    shown = subprocess.run(
        [sys.executable, "-c", code, "exec:cat"], capture_output=True, text=True, check=True
    ).stdout

    assert shown == "[]\n"
