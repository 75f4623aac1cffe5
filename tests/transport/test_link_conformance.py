"""Every link of this package keeps every promise of `Link`."""

from __future__ import annotations

import importlib.util
import os
import queue
import re
import select
import signal
import socket
import ssl
import struct
import sys
import threading
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest
import trustme
from websockets.sync.server import ServerConnection, serve

from belay_transport.address import TelnetAddress, WebReplAddress
from belay_transport.links.execpty import ExecPtyLink
from belay_transport.links.process import ProcessLink
from belay_transport.links.serial import SerialLink
from belay_transport.links.tcp import TcpLink
from belay_transport.links.telnet import TelnetLink
from belay_transport.links.webrepl import WebReplLink
from belay_transport.sim import open_sim
from belay_transport.sim.options import SimOptions
from belay_transport.testing import PROMISES, ScriptedLink
from belay_transport.testing.conformance import last_bytes_are_read_before_the_break

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from belay_transport.links import Link
    from belay_transport.links.threads import ThreadedWire
    from belay_transport.testing import FarEnd

    OpenPair = Callable[[], AbstractContextManager[tuple[Link, FarEnd]]]


class ScriptedFarEnd:
    """The far end of a scripted link: the test itself."""

    def __init__(self) -> None:
        """Make the link as well."""
        self.link = ScriptedLink(board=self._take)
        self._changed = threading.Condition()
        self._received = bytearray()
        self._echoes = False

    def _take(self, data: bytes) -> bytes:
        """Receive what the host writes."""
        with self._changed:
            if self._echoes:
                return data
            self._received += data
            self._changed.notify_all()
            return b""

    def send(self, data: bytes) -> None:
        """Feed the link."""
        self.link.feed(data)

    def receive(self, count: int) -> bytes:
        """Wait until enough was written."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._received) >= count)
            data = bytes(self._received[:count])
            del self._received[:count]
            return data

    def echo(self, count: int) -> None:
        """Send back what was written, and what will be."""
        with self._changed:
            self.link.feed(bytes(self._received))
            self._received.clear()
            self._echoes = True

    def stop_reading(self) -> None:
        """Stall the link."""
        self.link.stall()

    def hang_up(self, last: bytes = b"") -> None:
        """Feed the link, then break it."""
        self.link.feed(last)
        self.link.break_wire()


class DescriptorFarEnd:
    """The far end of a wire of the operating system: a descriptor, read and written for real."""

    def __init__(self, descriptor: int) -> None:
        """Take over a descriptor."""
        self._descriptor = descriptor
        self._open = True
        os.set_blocking(descriptor, True)

    def send(self, data: bytes) -> None:
        """Write all."""
        while data:
            data = data[os.write(self._descriptor, data) :]

    def receive(self, count: int) -> bytes:
        """Read as much as is asked for."""
        data = b""
        while len(data) < count:
            piece = os.read(self._descriptor, count - len(data))
            assert piece
            data += piece
        return data

    def echo(self, count: int) -> None:
        """Write what is read."""
        while count:
            data = os.read(self._descriptor, min(count, 4096))
            assert data
            self.send(data)
            count -= len(data)

    def stop_reading(self) -> None:
        """Nothing reads unless it is asked to."""

    def hang_up(self, last: bytes = b"") -> None:
        """Write, then close the descriptor."""
        self.send(last)
        self.close()

    def close(self) -> None:
        """Close the descriptor, once."""
        if self._open:
            self._open = False
            os.close(self._descriptor)


class ThreadedProcessLink(ProcessLink):
    """A process link as it is on Windows."""

    def _make_wire(self) -> ThreadedWire:
        """Use threads."""
        return self._wire_threads()


class ThreadedTcpLink(TcpLink):
    """A TCP link as it is on Windows."""

    def _make_wire(self) -> ThreadedWire:
        """Use threads."""
        return self._wire_threads()


@contextmanager
def scripted_pair() -> Iterator[tuple[Link, FarEnd]]:
    """Yield a scripted link, and what plays its board."""
    far_end = ScriptedFarEnd()
    yield far_end.link, far_end
    far_end.link.close()


@contextmanager
def pty_pair(make_link: Callable[[str], Link]) -> Iterator[tuple[Link, FarEnd]]:
    """Yield a link over the slave of a pty, and its master."""
    master, slave = os.openpty()
    with closing(DescriptorFarEnd(master)) as far_end:
        try:
            link = make_link(os.ttyname(slave))
        finally:
            os.close(slave)
        with closing(link):
            yield link, far_end


@contextmanager
def tcp_pair(make_link: Callable[[str], Link]) -> Iterator[tuple[Link, FarEnd]]:
    """Yield a link over TCP, and the server's side."""
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        closing(make_link(f"socket://127.0.0.1:{server.getsockname()[1]}")) as link,
    ):
        connection, _ = server.accept()
        with closing(DescriptorFarEnd(connection.detach())) as far_end:
            yield link, far_end


RELAY = """
import os, socket, sys, threading
far = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
def host_to_far():
    while data := os.read(0, 65536):
        far.sendall(data)
threading.Thread(target=host_to_far, daemon=True).start()
while data := far.recv(65536):
    while data:
        data = data[os.write(1, data):]
os._exit(7)
"""


@contextmanager
def process_pair(make_link: Callable[[tuple[str, ...]], Link]) -> Iterator[tuple[Link, FarEnd]]:
    """Yield a link to a program, and the socket that the program relays to."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        command = (sys.executable, "-I", "-S", "-c", RELAY, str(server.getsockname()[1]))
        with closing(make_link(command)) as link:
            server.settimeout(15)
            connection, _ = server.accept()
            with closing(DescriptorFarEnd(connection.detach())) as far_end:
                yield link, far_end


PTY_RELAY = """
import os, socket, sys, threading, tty
far = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
master, slave = os.openpty()
tty.setraw(slave)
print("the board is at", os.ttyname(slave), file=sys.stderr, flush=True)
def host_to_far():
    while data := os.read(master, 65536):
        far.sendall(data)
threading.Thread(target=host_to_far, daemon=True).start()
while data := far.recv(65536):
    while data:
        data = data[os.write(master, data):]
os._exit(7)
"""


@contextmanager
def execpty_pair() -> Iterator[tuple[Link, FarEnd]]:
    """Yield a link to the pty of a program, and the socket that the program relays to."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        command = (sys.executable, "-I", "-S", "-c", PTY_RELAY, str(server.getsockname()[1]))
        with closing(ExecPtyLink(command)) as link:
            server.settimeout(15)
            connection, _ = server.accept()
            with closing(DescriptorFarEnd(connection.detach())) as far_end:
                yield link, far_end


class WebSocketFarEnd:
    """The far end of a WebREPL link: a websocket, with text frames whatever the bytes are."""

    def __init__(self, connection: ServerConnection) -> None:
        """Take over a websocket."""
        self._connection = connection
        self._received = b""

    def send(self, data: bytes) -> None:
        """Send frames as large as a board's."""
        for start in range(0, len(data), 1000):
            self._connection.send(data[start : start + 1000], text=True)

    def receive(self, count: int) -> bytes:
        """Receive frames until there is enough."""
        while len(self._received) < count:
            self._received += self._connection.recv(decode=False)
        data, self._received = self._received[:count], self._received[count:]
        return data

    def echo(self, count: int) -> None:
        """Send back what comes."""
        while count:
            data = self._connection.recv(decode=False)
            self._connection.send(data, text=True)
            count -= len(data)

    def stop_reading(self) -> None:
        """Nothing is read unless it is asked for, but for the few frames that the library takes ahead."""

    def hang_up(self, last: bytes = b"") -> None:
        """Send, then break the connection below the websocket."""
        if last:
            self.send(last)
        self._connection.socket.shutdown(socket.SHUT_RDWR)


@contextmanager
def webrepl_pair(*, secure: bool) -> Iterator[tuple[Link, FarEnd]]:
    """Yield a link over WebREPL, and the server's side of its websocket."""
    connections: queue.SimpleQueue[ServerConnection] = queue.SimpleQueue()
    over = threading.Event()

    def let_in(connection: ServerConnection) -> None:
        connection.send("Password: ")
        assert connection.recv() == "python\r"
        connection.send("\r\nWebREPL connected\r\n>>> ")
        connections.put(connection)
        over.wait()

    server_context = client_context = None
    if secure:
        authority = trustme.CA()
        server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        client_context = ssl.create_default_context()
        authority.issue_cert("127.0.0.1").configure_cert(server_context)
        authority.configure_trust(client_context)
    with serve(
        let_in, "127.0.0.1", 0, ssl=server_context, compression=None, ping_interval=None, close_timeout=0.1
    ) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        address = WebReplAddress("127.0.0.1", server.socket.getsockname()[1], secure=secure)
        try:
            with closing(WebReplLink(address, password="python", context=client_context)) as link:
                yield link, WebSocketFarEnd(connections.get(timeout=15))
        finally:
            over.set()
            server.shutdown()
            serving.join()


class TelnetFarEnd(DescriptorFarEnd):
    """The far end of a telnet link: doubled 0xFF, and a NUL behind a lone carriage return, both ways."""

    def __init__(self, descriptor: int) -> None:
        """Take over a descriptor."""
        super().__init__(descriptor)
        self._raw = b""
        self._received = b""

    def send(self, data: bytes) -> None:
        """Write all, escaped."""
        super().send(data.replace(b"\xff", b"\xff\xff").replace(b"\r", b"\r\0"))

    def receive(self, count: int) -> bytes:
        """Read, and undo the escapes."""
        while len(self._received) < count:
            self._raw += os.read(self._descriptor, 4096)
            whole = re.match(rb"(?:[^\xff\r]|\xff\xff|\r[\0\n])*", self._raw)
            assert whole is not None
            end = whole.end()
            self._received += re.sub(rb"\xff\xff|\r\0", lambda pair: pair[0][:1], self._raw[:end])
            self._raw = self._raw[end:]
        data, self._received = self._received[:count], self._received[count:]
        return data

    def echo(self, count: int) -> None:
        """Send back what comes."""
        while count:
            data = self.receive(1)
            data += self.receive(len(self._received))
            self.send(data)
            count -= len(data)


@contextmanager
def telnet_pair() -> Iterator[tuple[Link, FarEnd]]:
    """Yield a link over telnet, and the server's side."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        links: list[Link] = []
        address = TelnetAddress("127.0.0.1", server.getsockname()[1])
        login = threading.Thread(
            target=lambda: links.append(TelnetLink(address, user="micro", password="python"))
        )
        login.start()
        connection, _ = server.accept()
        connection.sendall(b"Login as: \xff\xfb\x01Password: ")
        answers = b""
        while not answers.endswith(b"python\r\n"):
            answers += connection.recv(100)
        connection.sendall(b"\r\n>>> ")
        login.join()
        with closing(links[0]), closing(TelnetFarEnd(connection.detach())) as far_end:
            yield links[0], far_end


BOARD = """
import sys, struct, micropython
micropython.kbd_intr(-1)
def _play():
    read, write = sys.stdin.buffer.read, sys.stdout.buffer.write
    written, wanted, echoes = bytearray(1100000), 0, False
    start = end = 0
    write(b"ready")
    while True:
        kind, count = struct.unpack("<BI", read(5))
        if kind == 87:  # W: the host has written
            while count:
                data = read(min(count, 4096))
                count -= len(data)
                if echoes:
                    write(data)
                else:
                    written[end : end + len(data)] = data
                    end += len(data)
        elif kind == 83:  # S: send to the host
            while count:
                data = read(min(count, 4096))
                count -= len(data)
                write(data)
        elif kind == 82:  # R: what has the host written?
            wanted = count
        elif kind == 69:  # E: send back what the host writes
            write(written[start:end])
            start, echoes = end, True
        else:  # read no more
            while True:
                pass
        if wanted and end - start >= wanted:
            write(written[start : start + wanted])
            start += wanted
            wanted = 0
_play()
"""


class FramedLink:
    """A link to a board that runs `BOARD`: what the host writes is told from the far end's orders."""

    def __init__(self, link: Link) -> None:
        """Wrap a link whose board runs `BOARD`."""
        self.link = link
        self.description = link.description
        self.flow_control = link.flow_control
        self.writing = threading.Lock()
        self.read = link.read
        self.wake = link.wake
        self.close = link.close

    def write(self, data: bytes, timeout_s: float | None) -> None:
        """Write data, announced."""
        with self.writing:
            self.link.write(struct.pack("<BI", ord("W"), len(data)), timeout_s)
            self.link.write(data, timeout_s)


class SimulatedFarEnd:
    """The far end of a link to a simulated board: a program that real MicroPython runs."""

    def __init__(self, framed: FramedLink) -> None:
        """Give orders over the same wire."""
        self._framed = framed

    def _order(self, kind: str, count: int, data: bytes = b"") -> None:
        """Send an order."""
        with self._framed.writing:
            self._framed.link.write(struct.pack("<BI", ord(kind), count) + data, 15.0)

    def send(self, data: bytes) -> None:
        """Let the board send."""
        self._order("S", len(data), data)

    def receive(self, count: int) -> bytes:
        """Return what the board has received: it sends it back, and nobody else reads meanwhile."""
        self._order("R", count)
        data = b""
        while len(data) < count:
            data += self._framed.link.read(15.0)
        return data

    def echo(self, count: int) -> None:
        """Let the board send back what the host writes, from now on."""
        self._order("E", 0)

    def stop_reading(self) -> None:
        """Let the board be busy."""
        self._order("X", 0)

    def hang_up(self, last: bytes = b"") -> None:
        """Let the board send, then end its process."""
        self.send(last)
        link = self._framed.link
        if last:
            select.select([link._wire], [], [], 15)  # until the last words are on the host's side
        os.kill(link._launcher.pid, signal.SIGKILL)


@contextmanager
def simulated_pair() -> Iterator[tuple[Link, FarEnd]]:
    """Yield a link to a simulated board that runs `BOARD`, and orders to that program."""
    with closing(open_sim(SimOptions.from_query(None, [("heap", "16m")]))) as link:
        seen = b""
        for command, answer in ((b"\x01", b"exit\r\n>"), (BOARD.encode() + b"\x04", b"OKready")):
            link.write(command, 15.0)
            while answer not in seen:
                seen += link.read(15.0)
        framed = FramedLink(link)
        yield framed, SimulatedFarEnd(framed)


PAIRS: dict[str, OpenPair] = {
    "scripted": scripted_pair,
    "serial": lambda: pty_pair(SerialLink),
    "serial URL": lambda: pty_pair(lambda port: SerialLink(f"alt://{port}?class=Serial")),
    "tcp": lambda: tcp_pair(TcpLink),
    "tcp threads": lambda: tcp_pair(ThreadedTcpLink),
    "process": lambda: process_pair(ProcessLink),
    "simulated": simulated_pair,
    "process threads": lambda: process_pair(ThreadedProcessLink),
    "execpty": execpty_pair,
    "webrepl": lambda: webrepl_pair(secure=False),
    "webrepl over TLS": lambda: webrepl_pair(secure=True),
    "telnet": telnet_pair,
}

PTY_PAIRS = {"serial", "serial URL", "execpty"}
"""Linux throws away what was not read of a pty when it is hung up: before the link can see it."""

PLATFORMS = {
    "serial": pytest.mark.skipif(os.name != "posix", reason="only POSIX has ptys"),
    "serial URL": pytest.mark.skipif(os.name != "posix", reason="only POSIX has ptys"),
    "execpty": pytest.mark.skipif(os.name != "posix", reason="only POSIX has ptys"),
    "simulated": pytest.mark.skipif(
        importlib.util.find_spec("micropython_run") is None,
        reason="this platform has no wheel of the MicroPython unix build",
    ),
}
"""What the tests of a link need of the platform."""

CASES = [
    pytest.param(open_pair, promise, id=f"{name}: {promise.__name__}", marks=PLATFORMS.get(name, ()))
    for name, open_pair in PAIRS.items()
    for promise in PROMISES
    if name not in PTY_PAIRS or promise is not last_bytes_are_read_before_the_break
]


@pytest.mark.once
@pytest.mark.parametrize(("open_pair", "promise"), CASES)
def test_links_keep_their_promises(open_pair: OpenPair, promise: Callable[[Link, FarEnd], None]) -> None:
    """Each link keeps each promise of `Link`."""
    with open_pair() as (link, far_end):
        promise(link, far_end)
