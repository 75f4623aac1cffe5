"""Telnet: commands among the data, the login, and a device behind it."""

from __future__ import annotations

import re
import socket
import threading
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

import belay
import belay.mounting
from belay_transport.address import TelnetAddress, parse_address
from belay_transport.errors import AuthenticationError, ConnectionFailedError, ConnectionLost
from belay_transport.links.telnet import TelnetLink, TelnetReader, escape_telnet
from belay_transport.opening import open_link

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from belay_transport.links import Link

USER_OPTIONS = b"\xff\xfc\x01\xff\xfc\x03\xff\xfb\x22"
PASSWORD_OPTIONS = b"\xff\xfb\x01\xff\xfc\x03\xff\xfb\x22"
REPL_OPTIONS = b"\xff\xfb\x01\xff\xfb\x03\xff\xfc\x22"
"""What a WiPy sends before each of its three prompts. Source: MicroPython, `ports/cc3200/telnet/telnet.c`."""

WELCOME = b'\r\nLogin succeeded!\r\nType "help()" for more information.\r\n'


@contextmanager
def serving(handler: Callable[[socket.socket], None]) -> Iterator[TelnetAddress]:
    """Yield the address of a TCP server that runs `handler` for one client."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                handler(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield TelnetAddress("127.0.0.1", server.getsockname()[1])
        finally:
            thread.join()


def receive_until(connection: socket.socket, end: bytes) -> bytes:
    """Receive up to `end`; what the client's commands are is left out."""
    data = b""
    while not data.endswith(end):
        piece = connection.recv(1)
        assert piece, data
        data += piece
        data = re.sub(rb"\xff[\xfb-\xfe].", b"", data)
    return data


def log_in(connection: socket.socket) -> tuple[bytes, bytes]:
    """Ask as a WiPy does, and return who was named."""
    connection.sendall(b"MicroPython v1.8 on 2016; WiPy with CC3200\r\n" + USER_OPTIONS + b"Login as: ")
    user = receive_until(connection, b"\r\n")
    connection.sendall(b"Password: " + PASSWORD_OPTIONS)
    return user[:-2], receive_until(connection, b"\r\n")[:-2]


def relay(
    connection: socket.socket,
    link: Link,
    *,
    escape: Callable[[bytes], bytes] = escape_telnet,
    receive: Callable[[bytes], bytes] | None = None,
) -> None:
    """Be a telnet server in front of a link until the client leaves."""
    reader = TelnetReader()
    over = threading.Event()

    def send_output() -> None:
        while not over.is_set():
            connection.sendall(escape(link.read(None)))

    sending = threading.Thread(target=send_output)
    sending.start()
    while received := connection.recv(4096):
        link.write(receive(received) if receive else reader.feed(received)[0], None)
    over.set()
    link.wake()
    sending.join()


def wipy_receives(data: bytes) -> bytes:
    """Return what a WiPy's telnet server leaves of what it receives.

    Each byte above 127 begins a command of three, and NUL is dropped.
    Source: MicroPython, `ports/cc3200/telnet/telnet.c`, `telnet_parse_input`.
    """
    left = bytearray()
    index = 0
    while index < len(data):
        if data[index] > 127:
            index += 3
            continue
        left += data[index : index + 1].strip(b"\0")
        index += 1
    return bytes(left)


def serve_wipy(connection: socket.socket) -> None:
    """Be a WiPy's telnet server, which doubles nothing, in front of a simulated board."""
    assert log_in(connection) == (b"micro", b"python")
    connection.sendall(REPL_OPTIONS + WELCOME)
    with closing(open_link("sim:")) as link:
        relay(connection, link, escape=bytes, receive=wipy_receives)


def serve_board(connection: socket.socket) -> None:
    """Let micro in with the password python, to a simulated board."""
    assert log_in(connection) == (b"micro", b"python")
    connection.sendall(REPL_OPTIONS + WELCOME)
    with closing(open_link("sim:")) as link:
        relay(connection, link)


def test_a_device_behind_telnet() -> None:
    """Calls, long code and every byte pass as over a wire; the user and the password are in the address."""
    every = bytes(range(256))

    with serving(serve_board) as address:
        url = f"telnet://micro:python@127.0.0.1:{address.port}"
        with belay.Device(url, user="nobody", password="wrong") as device:
            assert device("6 * 7") == 42
            assert device("bytes(range(256))") == every
            assert device(f"{every!r}") == every
            assert device("len('" + "x" * 5000 + "')") == 5000
            shown = repr(device)

    assert shown == f"Device('telnet://micro:…@127.0.0.1:{address.port}')"


def test_files_behind_telnet(move_files: Callable[[belay.Device], None]) -> None:
    """Files of any bytes, 0xFF too, are synced and read by the code that serves a serial port."""
    with serving(serve_board) as address, belay.Device(f"telnet://127.0.0.1:{address.port}") as device:
        move_files(device)


@pytest.fixture
def wipy() -> Iterator[belay.Device]:
    """A device over a WiPy's telnet server."""
    with serving(serve_wipy) as address, belay.Device(f"telnet://127.0.0.1:{address.port}") as device:
        yield device


def test_files_cross_a_server_that_takes_text_alone(wipy: belay.Device, tmp_path: Path) -> None:
    """Every byte of a file, and every letter of its name, arrives over a WiPy's telnet, in both directions."""
    every = bytes(range(256)) * 9 + b"\r\0\xff\xff\r"
    (tmp_path / "é.bin").write_bytes(every)

    wipy.fs.write_bytes("/naïve.bin", every)
    wipy.fs.write_text("/text.txt", "äöü € 😀")
    wipy.sync(tmp_path, "/there")

    assert wipy.fs.read_bytes("/naïve.bin") == every
    assert wipy.fs.read_text("/text.txt") == "äöü € 😀"
    assert wipy.fs.read_bytes("/there/é.bin") == every
    assert wipy("open('/naïve.bin', 'rb').read()") == every


def test_code_and_values_cross_a_server_that_takes_text_alone(wipy: belay.Device) -> None:
    """Arguments and code with any letter arrive as they are, comments and names inside it too."""

    @wipy.task
    def echo(text: str) -> object:
        größe = {"é": [text]}  # noqa: PLC2401 - nämlich
        return größe["é"]

    @wipy.task(minify=False)
    def commented(text: str) -> str:
        # Ärger
        return "\\é" + text

    text = "é\\ \\\\ü ' \" \0\x7f\xff € 😀 \r"

    assert echo(text) == [text]
    assert commented(text) == "\\é" + text
    assert wipy("'é' + \"€'\"  # ü") == "é€'"
    assert wipy(f"bytes({bytes(range(256))!r})") == bytes(range(256))
    assert wipy("x = '" + "ä" * 5000 + "'\nlen(x)") is None
    assert wipy("len(x)") == 5000


def test_what_cannot_be_text_is_refused(wipy: belay.Device, tmp_path: Path) -> None:
    """A task with a name beyond ASCII, and a mounted folder, are refused before anything arrives wrong."""

    @wipy.task
    def größe() -> int:  # noqa: PLC2401 - what this test is about
        return 1

    with pytest.raises(
        belay.ArgumentValueError, match=r"holds 'ö' at index .* carries ASCII alone"
    ) as caught:
        größe()
    with pytest.raises(belay.FeatureUnavailableError, match=r"its link carries text alone"):
        belay.mounting.mount(wipy, tmp_path)

    assert "`\\xf6`" in str(caught.value.hint)
    assert wipy("1 + 1") == 2


def test_a_bare_address_is_telnet() -> None:
    """An IPv4 address alone is telnet, with the usual user and password."""
    with serving(serve_board) as address, belay.Device(f"127.0.0.1:{address.port}") as device:
        assert device("1 + 1") == 2


def test_the_keywords_name_the_user() -> None:
    """Without a user in the address those given beside it are told."""
    told = []

    def listen(connection: socket.socket) -> None:
        told.append(log_in(connection))
        connection.sendall(WELCOME)

    with serving(listen) as address:
        open_link(f"telnet://127.0.0.1:{address.port}", user="ada", password="l\xf6v").close()

    assert told == [(b"ada", "löv".encode())]


def test_every_option_is_refused() -> None:
    """An offer is declined, a request denied, a refusal taken; the login is not disturbed."""
    answers = []

    def listen(connection: socket.socket) -> None:
        connection.sendall(b"\xff\xfb\x01\xff\xfd\x18\xff\xfc\x03\xff\xfe\x22\xff\xf1")
        answers.append(connection.recv(6, socket.MSG_WAITALL))
        assert log_in(connection) == (b"micro", b"python")
        connection.sendall(WELCOME)

    with serving(listen) as address:
        TelnetLink(address, user="micro", password="python").close()

    assert answers == [b"\xff\xfe\x01\xff\xfc\x18"]


@pytest.mark.parametrize(
    "answer",
    [
        b"\r\nInvalid credentials, try again.\r\n" + USER_OPTIONS + b"Login as: ",
        b"\r\nLogin incorrect\r\nlogin: ",
        b"\r\nPassword: ",
    ],
)
def test_a_refused_login_says_so(answer: bytes) -> None:
    """The error names the user and the server, and shows no password."""

    def refuse(connection: socket.socket) -> None:
        log_in(connection)
        connection.sendall(answer)
        while connection.recv(100):
            pass  # refused options

    with serving(refuse) as address, pytest.raises(AuthenticationError) as caught:
        TelnetLink(address, user="micro", password="secret")

    assert str(caught.value) == (
        f"The telnet server 127.0.0.1, port {address.port} refused the user `micro` or the password"
    )
    assert caught.value.hint is not None
    assert "telnet://USER:PASSWORD@HOST" in caught.value.hint


def test_a_server_that_asks_nothing_lets_in() -> None:
    """A server that shows a prompt at once needs no login."""

    def serve(connection: socket.socket) -> None:
        connection.sendall(b"hello\r\n>>> and more")
        assert connection.recv(100) == b""

    with serving(serve) as address, closing(TelnetLink(address, user="micro", password="x")) as link:
        data = b""
        while len(data) < len(b"and more"):
            data += link.read(10)

    assert data == b"and more"


def test_a_silent_server_is_given_up() -> None:
    """The error says what did not come, and how to open a server without a login."""

    def wait(connection: socket.socket) -> None:
        assert connection.recv(100) == b""

    with serving(wait) as address, pytest.raises(ConnectionFailedError) as caught:
        TelnetLink(address, user="micro", password="x", timeout_s=0.05)

    assert str(caught.value) == (
        f"Connecting to telnet server 127.0.0.1, port {address.port} failed: "
        "the prompt for the user did not come in 0.05 s"
    )
    assert caught.value.hint == "`socket://HOST:PORT` opens a server that asks for no login"


def test_a_server_that_never_stops_talking_is_given_up() -> None:
    """The password is told to a server that is quiet; one that talks on meets the deadline."""

    def talk(connection: socket.socket) -> None:
        try:
            while True:
                connection.sendall(b"Login as: ")
        except OSError:
            pass  # the client has had enough

    with serving(talk) as address, pytest.raises(ConnectionFailedError, match=r"did not come in 0.3 s"):
        TelnetLink(address, user="micro", password="x", timeout_s=0.3)


def test_a_server_that_hangs_up_is_told_so() -> None:
    """During the login, and after it."""

    def hang_up(connection: socket.socket) -> None:
        connection.sendall(b"Login as: ")

    with (
        serving(hang_up) as address,
        pytest.raises(ConnectionFailedError, match=r"closed the connection before"),
    ):
        TelnetLink(address, user="micro", password="x")

    def let_in(connection: socket.socket) -> None:
        log_in(connection)
        connection.sendall(WELCOME)

    with serving(let_in) as address, closing(TelnetLink(address, user="micro", password="x")) as link:
        read_to_the_end = iter(lambda: link.read(None), b"")
        with pytest.raises(ConnectionLost) as caught:
            list(read_to_the_end)

    assert str(caught.value) == (
        f"Reading from telnet server 127.0.0.1, port {address.port} failed: the other side closed the connection"
    )


def test_small_writes_do_not_wait_for_each_other() -> None:
    """The socket has TCP_NODELAY."""

    def let_in(connection: socket.socket) -> None:
        connection.sendall(b">>> ")
        assert connection.recv(100) == b""

    with serving(let_in) as address, closing(TelnetLink(address, user="micro", password="x")) as link:
        assert link._stream.connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@given(
    st.lists(st.sampled_from([b"\xff", b"\r", b"\n", b"\0", b"a", b"\xf0", b"\xfa"])).map(b"".join), st.data()
)
def test_what_was_escaped_is_read_back(data: bytes, draw: st.DataObject) -> None:
    """Every byte arrives, with commands in between, wherever the stream is cut."""
    commands = [
        b"",
        b"\xff\xf1",
        b"\xff\xfb\x01",
        b"\xff\xfa\x18\x01\xff\xff\xff\xf0",
        b"\xff\xfa\x22\xf0\xff\xf0",
    ]
    pieces = [bytes((byte,)) for byte in data]
    sent = b"".join(draw.draw(st.sampled_from(commands)) + escape_telnet(piece) for piece in pieces)
    reader = TelnetReader()
    read = answered = b""

    while sent:
        cut = draw.draw(st.integers(1, len(sent)))
        new, answers = reader.feed(sent[:cut])
        read, answered, sent = read + new, answered + answers, sent[cut:]

    assert read == data
    assert answered == b"\xff\xfe\x01" * (len(answered) // 3)


@pytest.mark.parametrize(
    ("data", "sent"),
    [(b"a\rb", b"a\r\0b"), (b"a\r\n", b"a\r\n"), (b"\r", b"\r\0"), (b"\xff\r", b"\xff\xff\r\0")],
)
def test_how_data_is_escaped(data: bytes, sent: bytes) -> None:
    """0xFF is doubled, a lone carriage return gets a NUL, the end of a line stays."""
    assert escape_telnet(data) == sent


def test_a_password_is_never_shown() -> None:
    """Neither the address nor the link's description shows it."""
    address = parse_address("telnet://micro:s3cret@192.168.1.1")

    assert "s3cret" not in repr(address)
    assert "s3cret" not in str(address)
