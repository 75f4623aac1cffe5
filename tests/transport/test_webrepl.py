"""WebREPL: the login, frames of every kind, how connections end, and a device behind it."""

from __future__ import annotations

import io
import queue
import re
import socket
import ssl
import struct
import sys
import threading
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING

import pytest
import trustme
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import serve

import belay
from belay_transport.address import WebReplAddress
from belay_transport.errors import (
    ArgumentTypeError,
    ArgumentValueError,
    AuthenticationError,
    ConnectionFailedError,
    ConnectionLost,
)
from belay_transport.links.webrepl import WebReplLink
from belay_transport.opening import open_link
from belay_transport.testing import ScriptedLink, WebReplServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from websockets.sync.server import ServerConnection

PROMPT = b"Password: "
CONNECTED = b"\r\nWebREPL connected\r\n>>> "


@contextmanager
def serving(
    handler: Callable[[ServerConnection], None], context: ssl.SSLContext | None = None
) -> Iterator[WebReplAddress]:
    """Yield the address of a websocket server that runs `handler` for each client."""
    with serve(
        handler, "127.0.0.1", 0, ssl=context, compression=None, ping_interval=None, close_timeout=0.1
    ) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield WebReplAddress("127.0.0.1", server.socket.getsockname()[1], secure=context is not None)
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def logged_in() -> Iterator[tuple[WebReplLink, ServerConnection]]:
    """Yield a link, and the websocket at the server's side."""
    connections: queue.SimpleQueue[ServerConnection] = queue.SimpleQueue()
    over = threading.Event()

    def let_in(connection: ServerConnection) -> None:
        connection.send(PROMPT, text=True)
        connection.recv()
        connection.send(CONNECTED, text=True)
        connections.put(connection)
        over.wait()

    with serving(let_in) as address:
        try:
            with closing(WebReplLink(address, password="python")) as link:
                yield link, connections.get(timeout=15)
        finally:
            over.set()


@contextmanager
def raw_server(*answers: bytes) -> Iterator[WebReplAddress]:
    """Yield the address of a TCP server that sends an answer per message, and hangs up behind the last."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                for data in answers:
                    connection.recv(10000)
                    connection.sendall(data)

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            yield WebReplAddress("127.0.0.1", server.getsockname()[1])
        finally:
            thread.join()


def wait_for_end(connection: ServerConnection) -> None:
    """Keep a connection until the client closes it."""
    with suppress(ConnectionClosed):
        connection.recv()


def read_exactly(link: WebReplLink, count: int) -> bytes:
    """Read `count` bytes, however they are cut."""
    data = b""
    while len(data) < count:
        piece = link.read(10)
        assert piece
        data += piece
    return data


@pytest.fixture(scope="module")
def server() -> Iterator[WebReplServer]:
    """Serve a simulated board by WebREPL."""
    with WebReplServer(open_link("sim:"), password="secret") as server:
        yield server


def test_a_device_behind_webrepl(server: WebReplServer) -> None:
    """Calls, prints, long code and errors pass as over a wire."""
    printed = io.StringIO()

    with belay.Device(server.url, password="secret") as device:
        assert device("6 * 7") == 42
        assert device("len('" + "x" * 5000 + "')") == 5000
        device("print('grüße')", stream_out=printed)
        with pytest.raises(ZeroDivisionError):
            device("1 / 0")
        assert device.implementation.name == "micropython"

    assert printed.getvalue() == "grüße\n"


def test_files_behind_webrepl(move_files: Callable[[belay.Device], None]) -> None:
    """Files of any bytes are synced and read by the code that serves a serial port; nothing is sent twice."""
    with WebReplServer(open_link("sim:")) as server, belay.Device(server.url) as device:
        move_files(device)


def test_the_next_client_finds_the_board_as_it_was(server: WebReplServer) -> None:
    """Connecting resets nothing, and a closed link lets the next client in."""
    with belay.Device(server.url, password="secret") as device:
        device("kept = 5")

    with belay.Device(server.url, password="secret") as device:
        assert device("kept") == 5


def test_a_device_is_connected_again(server: WebReplServer) -> None:
    """A link that is gone is opened anew, with the password that was given, and the state comes back."""
    with belay.Device(server.url, password="secret") as device:
        device("kept = 7")
        assert server.connection is not None
        server.connection.close(1001)
        with pytest.raises(ConnectionLost):
            device("kept")

        device.reconnect()

        assert device("kept") == 7


def test_output_that_is_no_text_arrives_unchanged(server: WebReplServer) -> None:
    """Bytes that are not UTF-8 pass in text frames, both ways, whatever they are."""
    every = bytes(range(256))

    with belay.Device(server.url, password="secret") as device:
        assert device("bytes(range(256))") == every
        assert device(f"{every!r}") == every
        assert device("'\\xff' + 'é\\U0001f600'") == "ÿé😀"


def test_raw_bytes_are_printed_unchanged(server: WebReplServer) -> None:
    """What a program writes to its stdout as bytes is not decoded on the way."""
    with closing(open_link(server.url, password="secret")) as link:
        link.write(b"\r\x03\x01", 10)
        shown = b""
        while not shown.endswith(b"exit\r\n>"):
            shown += link.read(10)
        link.write(b"import sys\nsys.stdout.buffer.write(bytes((0xff, 0xc3, 0x28, 0x80)))\x04", 10)
        shown = b""
        while not shown.endswith(b"\x04>"):
            shown += link.read(10)

    assert shown.startswith(b"OK\xff\xc3\x28\x80")


def test_a_wrong_password_is_refused(server: WebReplServer) -> None:
    """The error says where, and what to give; the password itself is not shown."""
    with pytest.raises(AuthenticationError) as caught:
        belay.Device(server.url, password="wrong")

    port = server.url.rpartition(":")[2]
    assert str(caught.value) == f"The WebREPL at 127.0.0.1, port {port} refused the password"
    assert caught.value.hint == "give `password=`, what `webrepl_cfg.py` on the board has as `PASS`"


@pytest.mark.parametrize("password", ["abc", "much too long"])
def test_a_password_that_no_board_takes_is_told_so(server: WebReplServer, password: str) -> None:
    """One that is too short or too long is tried, and its length is in the hint."""
    with pytest.raises(AuthenticationError) as caught:
        open_link(server.url, password=password)

    assert caught.value.hint is not None
    assert caught.value.hint.endswith(f"; boards take 4 to 9 characters, and this one has {len(password)}")
    assert password not in caught.value.hint


def test_small_writes_do_not_wait_for_each_other(server: WebReplServer) -> None:
    """The socket has TCP_NODELAY: without it a call took 88 ms."""
    with closing(open_link(server.url, password="secret")) as link:
        assert isinstance(link, WebReplLink)
        option = link._stream.connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)

    assert option != 0


def test_a_second_client_is_turned_away(server: WebReplServer) -> None:
    """A board serves one client; the next one learns it."""
    with (
        closing(open_link(server.url, password="secret")),
        pytest.raises(ConnectionFailedError, match="closed the connection before the prompt") as caught,
    ):
        open_link(server.url, password="secret")

    assert caught.value.hint is not None
    assert caught.value.hint.startswith("a board serves one WebREPL client at a time")


def test_the_words_of_the_login_may_be_cut_anywhere() -> None:
    """Each byte in a frame of its own, some fragmented, is understood; what follows is the first read."""

    def let_in(connection: ServerConnection) -> None:
        connection.send([bytes((byte,)) for byte in b"Welcome\r\n" + PROMPT], text=True)
        assert connection.recv() == "python\r"
        for byte in CONNECTED + b"early":
            connection.send(bytes((byte,)), text=True)
        wait_for_end(connection)

    with serving(let_in) as address, closing(WebReplLink(address, password="python")) as link:
        assert read_exactly(link, 5) == b"early"


def test_words_that_come_with_the_login_are_not_lost() -> None:
    """What stands in the same frame behind the last word of the login is the first that is read."""

    def let_in(connection: ServerConnection) -> None:
        connection.send(PROMPT, text=True)
        connection.recv()
        connection.send(CONNECTED + b"early", text=True)
        wait_for_end(connection)

    with serving(let_in) as address, closing(WebReplLink(address, password="python")) as link:
        assert read_exactly(link, 5) == b"early"


def test_fragments_arrive_one_by_one() -> None:
    """A message in fragments, cut within a character, is handed out as it comes; pings may be between."""
    with logged_in() as (link, connection):
        arrived = threading.Event()

        def fragments() -> Iterator[bytes]:
            yield b"\xc3"
            assert arrived.wait(10)  # the message is not over, and its first fragment was read
            yield b"\xa9"

        sending = threading.Thread(target=lambda: connection.send(fragments(), text=True))
        sending.start()
        first = read_exactly(link, 1)
        arrived.set()
        second = read_exactly(link, 1)
        sending.join()

    assert first + second == "é".encode()


def test_a_large_frame_arrives_whole() -> None:
    """A frame whose length has 64 bits is read, though boards send none."""
    data = bytes(range(256)) * 1000

    with logged_in() as (link, connection):
        connection.send(data, text=True)

        assert read_exactly(link, len(data)) == data


def test_a_large_write_goes_in_frames_that_boards_take() -> None:
    """No frame comes near 64 KiB, where the server of a board stops."""
    data = bytes(range(256)) * 1000
    sizes = []

    with logged_in() as (link, connection):
        link_writes = threading.Thread(target=lambda: link.write(data, 10))
        link_writes.start()
        received = b""
        while len(received) < len(data):
            frame = connection.recv(decode=False)
            sizes.append(len(frame))
            received += frame
        link_writes.join()

    assert received == data
    assert max(sizes) <= 4096


def test_writes_are_text_frames_whatever_the_bytes_are() -> None:
    """A board takes binary frames for file transfers of its own, so there are none."""
    opcodes = []

    with logged_in() as (link, connection):
        original = connection.recv_messages.put

        def put(frame: object) -> None:
            opcodes.append(frame.opcode.name)  # type: ignore[attr-defined]  # a frame of the library
            original(frame)  # type: ignore[arg-type]  # as above

        connection.recv_messages.put = put  # type: ignore[method-assign]  # listens in
        link.write(b"\xff\xfe\x80", 10)

        assert connection.recv(decode=False) == b"\xff\xfe\x80"
    assert opcodes == ["TEXT"]


def test_a_ping_is_answered_while_nobody_reads() -> None:
    """A pong comes back without a read in progress, and the ping is no data."""
    with logged_in() as (link, connection):
        assert connection.ping(b"are you there?").wait(10)

        assert link.read(0) == b""


def test_a_ping_during_a_call_is_answered(server: WebReplServer) -> None:
    """A relay on the way may ping while the board's program runs."""
    with belay.Device(server.url, password="secret") as device:
        assert server.connection is not None
        pongs = []

        class Pinging:
            def write(self, data: bytes) -> int:
                assert server.connection is not None
                pongs.append(server.connection.ping().wait(10))
                return len(data)

            def flush(self) -> None: ...

        device("for n in range(3): print(n)", stream_out=Pinging())

        assert device("1 + 1") == 2
    assert pongs
    assert all(pongs)


def test_a_pong_waits_for_a_write_in_progress() -> None:
    """While the far end takes nothing, a ping neither breaks a frame in two nor stops the reader."""
    data = bytes(range(256)) * 600

    with logged_in() as (link, connection):
        # small buffers, so that the write must wait
        link._stream.connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        writing = threading.Thread(target=lambda: link.write(data, 30))
        writing.start()
        pong = connection.ping(b"now")
        connection.send(b"and read on", text=True)
        assert read_exactly(link, 11) == b"and read on"
        assert writing.is_alive()
        received = b""
        while len(received) < len(data):
            received += connection.recv(decode=False)
        writing.join()
        link.write(b"x", 10)
        assert connection.recv(decode=False) == b"x"

        assert pong.wait(10)
    assert received == data


def test_a_server_that_says_goodbye_is_quoted() -> None:
    """A close frame ends the link with its code and reason, again and again; what came before is read first."""
    with logged_in() as (link, connection):
        connection.send(b"bye", text=True)
        connection.close(1001, "going for a walk")

        assert read_exactly(link, 3) == b"bye"
        for _ in range(2):
            with pytest.raises(ConnectionLost) as reading:
                link.read(None)
        with pytest.raises(ConnectionLost) as writing:
            link.write(b"x", 10)

    assert str(reading.value) == (
        f"Reading from {link.description} failed: "
        "the board closed the connection (code 1001: 'going for a walk')"
    )
    assert str(writing.value).startswith(f"Writing to {link.description} failed: the board closed")


def test_a_goodbye_is_answered() -> None:
    """The server need not wait for its own deadline: its close frame comes back with the same code."""
    with logged_in() as (_, connection):
        connection.close(1001, "going")

        assert connection.protocol.close_rcvd is not None
        assert connection.protocol.close_rcvd.code == 1001


def test_a_server_that_goes_in_the_middle_of_a_call_is_lost() -> None:
    """The call that runs ends at once, with the reason."""
    with WebReplServer(open_link("sim:")) as server:
        device = belay.Device(server.url)
        assert server.connection is not None
        connection = server.connection

        class Leaving:
            def write(self, data: bytes) -> int:
                threading.Thread(target=connection.close, args=(1001, "off")).start()
                return len(data)

            def flush(self) -> None: ...

        with pytest.raises(ConnectionLost, match=re.escape("closed the connection (code 1001: 'off')")):
            device("print('here')\nwhile True: pass", stream_out=Leaving())
        device.close()


def test_closing_says_goodbye() -> None:
    """The server sees a normal closure, not a broken connection."""
    with logged_in() as (link, connection):
        link.close()
        connection.recv_events_thread.join(10)

        assert connection.close_code == 1000


def test_nobody_there() -> None:
    """The error names host and port, and what may be missing on the board."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    with pytest.raises(ConnectionFailedError) as caught:
        open_link(f"ws://127.0.0.1:{port}")

    assert str(caught.value) == f"Connecting to 127.0.0.1, port {port} failed: Connection refused"
    assert caught.value.hint == "does the board run `webrepl.start()`?"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "the answer was HTTP 404"),
        (
            b"HTTP/1.1 302 Found\r\nLocation: http://example.invalid/\r\n\r\n",
            "(Redirect limit exhausted|HTTP 302)",
        ),
        (b"HTTP/1.1 200 OK\r\n\r\n<html>", "the answer was HTTP 200"),
        (
            b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
            "(Invalid status line: 'SSH-2.0-OpenSSH_9.2'|the answer is malformed: .*)",
        ),
        (b"HTTP/1.1 101 x\r\n" + b"a: b\r\n" * 20000, "more came than a board sends"),
        (b"", "the other side closed the connection before the answer to the opening request came"),
    ],
)
def test_what_is_no_webrepl_says_so(answer: bytes, reason: str) -> None:
    """Another server than a WebREPL is told apart, whatever it answers."""
    with raw_server(answer) as address, pytest.raises(ConnectionFailedError) as caught:
        WebReplLink(address, password="python")

    assert str(caught.value).startswith(f"Connecting to WebREPL {address.url} failed: ")
    assert re.search(f"{reason}$", str(caught.value))


def test_a_server_that_says_nothing_is_given_up() -> None:
    """Connecting and logging in have one deadline; the error says what did not come."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = WebReplAddress("127.0.0.1", server.getsockname()[1])
        with pytest.raises(ConnectionFailedError) as caught:
            WebReplLink(address, password="python", timeout_s=0.05)

    assert str(caught.value) == (
        f"Connecting to WebREPL {address.url} failed: "
        "the answer to the opening request did not come in 0.05 s"
    )


def test_a_server_that_drips_is_given_up() -> None:
    """Bytes that come without end do not move the deadline."""
    over = threading.Event()

    def drip(connection: ServerConnection) -> None:
        while not over.wait(0.01):
            connection.send(b"Pass", text=True)

    with serving(drip) as address:
        try:
            with pytest.raises(ConnectionFailedError, match=r"did not come in 0.3 s"):
                WebReplLink(address, password="python", timeout_s=0.3)
        finally:
            over.set()


def test_a_frame_that_breaks_the_rules_is_lost() -> None:
    """A far end that speaks something else than websocket is told so, not misread."""
    with logged_in() as (link, connection):
        connection.socket.sendall(b"\xf1\x01x")  # reserved bits are set

        with pytest.raises(ConnectionLost, match=r"failed: rsv is not implemented"):
            link.read(None)


def test_a_frame_too_large_to_be_meant_fills_no_memory() -> None:
    """A frame that claims more than 16 MiB is given up when that much has come."""
    with logged_in() as (link, connection):
        connection.socket.sendall(b"\x82\x7f" + struct.pack(">Q", 1 << 40))

        def send_on() -> None:
            piece = bytes(1 << 16)
            try:
                while True:
                    connection.socket.sendall(piece)
            except OSError:
                pass  # the link has had enough

        sending = threading.Thread(target=send_on)
        sending.start()
        with pytest.raises(ConnectionLost, match="more came than a board sends"):
            link.read(None)
        link.close()
        sending.join()


def server_context(authority: trustme.CA, name: str) -> ssl.SSLContext:
    """Return a server's context with a certificate for `name`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


def test_a_device_behind_an_encrypted_webrepl(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """`wss://` works with an authority that the system is told to trust, as the hint says."""
    authority = trustme.CA()
    file = tmp_path_factory.mktemp("tls") / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))

    with WebReplServer(open_link("sim:"), context=server_context(authority, "127.0.0.1")) as server:
        assert server.url.startswith("wss://")
        with belay.Device(server.url) as device:
            assert device("bytes(range(256)) * 8") == bytes(range(256)) * 8


@pytest.mark.parametrize(
    ("trusted", "name", "reason"),
    [
        (False, "127.0.0.1", "unable to get local issuer certificate"),
        (True, "another.example", "certificate is not valid for '127.0.0.1'"),
    ],
)
def test_a_certificate_that_is_not_trusted_is_refused(*, trusted: bool, name: str, reason: str) -> None:
    """An unknown authority, and the name of another host, are told apart; nothing was sent."""
    authority = trustme.CA()
    context = ssl.create_default_context()
    if trusted:
        authority.configure_trust(context)

    def fail(_: ServerConnection) -> None:
        raise AssertionError("a client came in")

    with (
        serving(fail, server_context(authority, name)) as address,
        pytest.raises(ConnectionFailedError) as caught,
    ):
        WebReplLink(address, password="python", context=context)

    assert f"Connecting to WebREPL {address.url} failed: its certificate is not trusted: " in str(
        caught.value
    )
    assert reason in str(caught.value)
    assert caught.value.hint is not None
    assert caught.value.hint.startswith("`SSL_CERT_FILE=PATH`")


def test_encryption_where_there_is_none() -> None:
    """A board's own WebREPL speaks no TLS, and the hint says so."""
    with raw_server(b"HTTP/1.1 400 Bad Request\r\n\r\n") as plain:
        address = WebReplAddress(plain.host, plain.port, secure=True)
        with pytest.raises(ConnectionFailedError, match="the TLS handshake failed") as caught:
            WebReplLink(address, password="python")

    assert caught.value.hint is not None
    assert caught.value.hint.startswith("a board itself speaks no TLS")


def test_the_board_behind_a_server_may_end() -> None:
    """A served link that is lost ends the client's connection with that reason."""
    board = ScriptedLink(board=lambda _: b"")
    with WebReplServer(board) as server, closing(open_link(server.url)) as link:
        board.break_wire("gone")

        with pytest.raises(ConnectionLost, match="code 1011: 'the board is gone'"):
            link.read(None)


def test_a_server_without_its_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """`websockets` is no dependency; the error names it."""
    monkeypatch.setitem(sys.modules, "websockets.sync.server", None)

    with pytest.raises(belay.BelayException, match="needs the package `websockets`") as caught:
        WebReplServer(ScriptedLink())

    assert caught.value.hint == "`pip install websockets`"


@pytest.mark.parametrize("password", ["", "ab", "0123456789"])
def test_a_server_has_a_password_that_a_board_could_have(password: str) -> None:
    """WebREPL takes 4 to 9 characters: a test with another would pass where a board fails."""
    with pytest.raises(ArgumentValueError, match=f"has {len(password)} characters.* takes 4 to 9"):
        WebReplServer(ScriptedLink(board=lambda _: b""), password=password)
    with pytest.raises(ArgumentTypeError, match="`password` must be a str"):
        WebReplServer(ScriptedLink(board=lambda _: b""), password=len(password))  # type: ignore[arg-type] # the point
