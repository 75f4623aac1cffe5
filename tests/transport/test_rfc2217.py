"""`rfc2217://` against `ser2net`, a serial server as it stands in cellars and laboratories."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest

import belay
from belay_transport.errors import ConnectionFailedError, ConnectionLost
from belay_transport.links.serial import SerialLink
from belay_transport.opening import open_link, serve_simulated
from belay_transport.testing import PROMISES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from belay_transport.links import Link
    from belay_transport.testing import FarEnd

SER2NET = shutil.which("ser2net", path=f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin")

pytestmark = [
    pytest.mark.skipif(SER2NET is None, reason="`ser2net` is not installed: `apt-get install ser2net`"),
    pytest.mark.filterwarnings(
        "ignore:set(Daemon|Name)\\(\\) is deprecated:DeprecationWarning"
    ),  # pyserial 3.5
]


class Ser2Net:
    """A `ser2net` in front of a port, on the loopback interface."""

    def __init__(self, path: str) -> None:
        """Start it."""
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        settings = (
            "connection: &board",
            f"  accepter: telnet(rfc2217),tcp,127.0.0.1,{port}",
            f"  connector: serialdev,{path},115200n81,local",
        )
        assert SER2NET is not None
        command = [SER2NET, "-n", "-d", "-u", *(word for line in settings for word in ("-Y", line))]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        # a pty has no DTR and RTS to be set, so that this server leaves the order unanswered
        self.url = f"rfc2217://127.0.0.1:{port}?ign_set_control"

    def open(self, opening: Callable[[str], Link]) -> Link:
        """Open a link as soon as the server listens."""
        while (link := self._try(opening)) is None:
            assert self._process.poll() is None, "ser2net has ended"
        return link

    def _try(self, opening: Callable[[str], Link]) -> Link | None:
        """Open a link; None while nobody listens."""
        try:
            return opening(self.url)
        except ConnectionFailedError as error:
            if "refused" not in str(error):
                raise
            return None

    def end(self) -> None:
        """End it; twice is no error."""
        self._process.terminate()
        self._process.wait()


@pytest.fixture
def server() -> Iterator[Ser2Net]:
    """Serve a simulated board."""
    with serve_simulated("sim:") as board:
        server = Ser2Net(board.path)
        yield server
        server.end()


def test_a_device_behind_a_serial_server(server: Ser2Net) -> None:
    """Calls, long code and every byte pass."""
    server.open(open_link).close()  # the next one finds it listening

    with belay.Device(server.url) as device:
        assert device("6 * 7") == 42
        assert device("bytes(range(256))") == bytes(range(256))
        assert device("len('" + "x" * 5000 + "')") == 5000
        with pytest.raises(ZeroDivisionError):
            device("1 / 0")


@pytest.mark.once
def test_files_behind_a_serial_server(server: Ser2Net, move_files: Callable[[belay.Device], None]) -> None:
    """Files of any bytes are synced and read by the code that serves a port of this machine."""
    server.open(open_link).close()

    with belay.Device(server.url) as device:
        move_files(device)


def test_the_end_of_the_server_is_told(server: Ser2Net) -> None:
    """A call that runs when the server ends is lost, and so is the next one."""
    server.open(open_link).close()
    device = belay.Device(server.url)

    class Ending:
        def write(self, data: bytes) -> int:
            server.end()
            return len(data)

        def flush(self) -> None: ...

    with pytest.raises(ConnectionLost) as caught:
        device("print('here')\nwhile True: pass", stream_out=Ending())
    with pytest.raises(ConnectionLost):
        device("1 + 1")
    device.close()

    assert str(caught.value).endswith("failed: the other side closed the connection")


def test_a_server_that_confirms_no_lines_is_told_so(server: Ser2Net, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pty has no DTR and RTS; the hint is the address that does without."""
    server.open(open_link).close()
    url = server.url.removesuffix("?ign_set_control")

    with pytest.raises(ConnectionFailedError) as caught:
        open_link(f"{url}?timeout=0.5")

    assert str(caught.value) == (
        f"Opening {url}?timeout=0.5 failed: the server does not confirm the lines DTR and RTS"
    )
    assert caught.value.hint == f"`{url}?timeout=0.5&ign_set_control` does without"


class PtyFarEnd:
    """The far end of the wire: the master of the pty that the server has open."""

    def __init__(self, master: int, server: Ser2Net) -> None:
        """Take over both."""
        self._master = master
        self._server = server
        self.link: SerialLink | None = None

    def send(self, data: bytes) -> None:
        """Write all."""
        while data:
            data = data[os.write(self._master, data) :]

    def receive(self, count: int) -> bytes:
        """Read as much as is asked for."""
        data = b""
        while len(data) < count:
            data += os.read(self._master, count - len(data))
        return data

    def echo(self, count: int) -> None:
        """Write what is read."""
        while count:
            data = os.read(self._master, min(count, 4096))
            self.send(data)
            count -= len(data)

    def stop_reading(self) -> None:
        """Nothing reads unless it is asked to."""

    def hang_up(self, last: bytes = b"") -> None:
        """Write; when the server has passed it on, end the server."""
        assert self.link is not None
        self.send(last)
        wire = self.link._wire
        with wire._changed:  # type: ignore[union-attr]  # a wire with threads
            assert wire._changed.wait_for(lambda: wire._inbox == last, 15)  # type: ignore[union-attr]  # as above
        self._server.end()


@contextmanager
def served_pty() -> Iterator[tuple[Link, FarEnd]]:
    """Yield a link to a served pty, and that pty's master."""
    master, slave = os.openpty()
    server = Ser2Net(os.ttyname(slave))
    far_end = PtyFarEnd(master, server)
    try:
        with closing(server.open(SerialLink)) as link:
            assert isinstance(link, SerialLink)
            far_end.link = link
            yield link, far_end
    finally:
        server.end()
        os.close(slave)
        os.close(master)


@pytest.mark.once
@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
def test_the_link_keeps_its_promises(promise: Callable[[Link, FarEnd], None]) -> None:
    """A link through a real serial server keeps each promise of `Link`."""
    with served_pty() as (link, far_end):
        promise(link, far_end)
