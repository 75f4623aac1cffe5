"""A WebREPL in front of any link: what a board's `webrepl.start()` offers, for tests without a board.

Knows the login and the frames of MicroPython's server; the websocket itself is the library
`websockets`, which only this room needs (`pip install websockets`).
Source: MicroPython, `extmod/modwebrepl.c` and `extmod/modwebsocket.c`.
"""

from __future__ import annotations

import re
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from belay_transport.errors import ArgumentTypeError, ArgumentValueError, BelayException, ConnectionLost

if TYPE_CHECKING:
    import ssl

    from websockets.sync.server import ServerConnection

    from belay_transport.links import Link

__all__ = ["WebReplServer"]

_FRAME_BYTES = 0xFFFF
"""Most that one frame may have: the real server stops at one whose length has 64 bits."""

_KEPT_PASSWORD = 10
"""How many characters of a password are looked at, as on a board."""

_PASSWORD_LENGTHS = range(4, 10)
"""How many characters boards take for a password. Source: MicroPython, the module `webrepl_setup`."""

_LEAVING_S = 10.0
"""How long the next client waits at most for one that is leaving; it takes some milliseconds."""

_LINE_END = re.compile(rb"[\r\n]")


class WebReplServer:
    """A WebREPL on the loopback interface, one client at a time, until it is closed.

    What the board prints while nobody is logged in is lost, as on a board. Where a board ignores
    pings, this server answers them.

    Args:
        link: to the board that is served; the server closes it.
        password: what the client must give, 4 to 9 characters.
        context: a server's, with a certificate: then the URL begins with `wss://`.

    Attributes:
        url: what a client connects to, such as "ws://127.0.0.1:40123".
        connection: the websocket of the client, None when there is none.

    Raises:
        ArgumentValueError: the password has a length that no board takes.
        BelayException: the package `websockets` is not installed.

    Example:
        >>> with WebReplServer(open_link("sim:")) as server:
        ...     device = belay.Device(server.url, password="python")
    """

    def __init__(
        self,
        link: Link,
        *,
        password: str = "python",  # noqa: S107 - what boards are told in the manual, and no secret
        context: ssl.SSLContext | None = None,
    ) -> None:
        if not isinstance(password, str):
            raise ArgumentTypeError(f"`password` must be a str, not {password!r} ({type(password).__name__})")
        if len(password) not in _PASSWORD_LENGTHS:
            raise ArgumentValueError(
                f"`password` has {len(password)} characters; a board's WebREPL takes"
                f" {_PASSWORD_LENGTHS[0]} to {_PASSWORD_LENGTHS[-1]}"
            )
        try:
            from websockets.sync.server import serve  # noqa: PLC0415 - no dependency: only tests need it
        except ImportError as error:
            raise BelayException(
                "`WebReplServer` needs the package `websockets`", hint="`pip install websockets`"
            ) from error
        self._link = link
        self._password = password.encode()
        self.connection: ServerConnection | None = None
        self._serving = threading.Lock()
        self._server = serve(
            self._serve_client,
            "127.0.0.1",
            0,
            ssl=context,
            compression=None,
            max_size=_FRAME_BYTES,
            ping_interval=None,
        )
        port = self._server.socket.getsockname()[1]
        self.url = f"{'ws' if context is None else 'wss'}://127.0.0.1:{port}"
        self._thread = threading.Thread(target=self._server.serve_forever, name=f"WebREPL {self.url}")
        self._thread.start()

    def close(self) -> None:
        """Let the client go, end the server and close the link; closing twice is no error."""
        self._server.shutdown()
        self._thread.join()
        if self.connection is not None:
            self.connection.close()
        with self._serving:  # until the client's thread is done with the link
            self._link.close()

    def __enter__(self) -> WebReplServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _serve_client(self, connection: ServerConnection) -> None:
        if not self._take_turn():
            connection.close(1013)  # a board has no code for it, it hangs up at once
            return
        from websockets.exceptions import ConnectionClosed  # noqa: PLC0415 - as above

        self.connection = connection
        try:
            with suppress(ConnectionClosed):
                typed = self._log_in(connection)
                if typed is not None:
                    self._relay(connection, typed)
        except ConnectionLost:
            _say_gone(connection)
        finally:
            self.connection = None
            self._serving.release()

    def _take_turn(self) -> bool:
        """Wait until a client that is leaving has left; False when one is there and stays."""
        from websockets.protocol import State  # noqa: PLC0415 - as above

        staying = self.connection
        if staying is not None and staying.state is State.OPEN:
            return self._serving.acquire(blocking=False)
        return self._serving.acquire(timeout=_LEAVING_S)

    def _log_in(self, connection: ServerConnection) -> bytes | None:
        """Ask for the password; return what was typed behind it, None if it was wrong."""
        typed = b""
        connection.send(b"Password: ", text=True)
        while (end := _LINE_END.search(typed)) is None:
            typed += connection.recv(decode=False)
        password, rest = typed[: end.start()], typed[end.end() :]
        if password[:_KEPT_PASSWORD] != self._password:
            connection.send(b"\r\nAccess denied\r\n", text=True)
            return None
        while self._link.read(0):
            pass  # printed while nobody was logged in
        connection.send(b"\r\nWebREPL connected\r\n>>> ", text=True)
        return rest

    def _relay(self, connection: ServerConnection, typed: bytes) -> None:
        """Pass bytes both ways until the client, or the board, is gone."""
        leaving = threading.Event()
        sender = threading.Thread(target=self._send_output, args=(connection, leaving))
        sender.start()
        try:
            while True:
                self._link.write(typed, None)
                typed = connection.recv(decode=False)
        finally:
            leaving.set()
            if sender.is_alive():  # else the wake would end the first read for the next client
                self._link.wake()
            sender.join()

    def _send_output(self, connection: ServerConnection, leaving: threading.Event) -> None:
        from websockets.exceptions import ConnectionClosed  # noqa: PLC0415 - as above

        try:
            while not leaving.is_set():
                data = self._link.read(None)
                if data:
                    # as on a board: a text frame, whatever the bytes are
                    connection.send(data, text=True)
        except ConnectionClosed:
            pass  # the client is gone; who receives from it sees that as well
        except ConnectionLost:
            _say_gone(connection)


def _say_gone(connection: ServerConnection) -> None:
    """Tell the client that the board is gone; whichever thread sees it first, the second does no harm."""
    connection.close(1011, "the board is gone")
