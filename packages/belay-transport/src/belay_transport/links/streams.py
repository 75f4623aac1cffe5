"""A TCP connection while a link is opened over it, and afterwards: waits have a deadline, then none.

Knows sockets and time; `tls` encrypts. What the bytes mean, the link knows.
"""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from belay_transport.links.tcp import connect

if TYPE_CHECKING:
    import ssl

    from belay_transport.links.tls import TlsConnection

__all__ = ["Stream", "TooMuchError"]

_READ_BYTES = 65536
"""Most that one read takes: as for the other links, what a pipe holds on Linux."""


class TooMuchError(Exception):
    """The far end sent more than is sensible."""


class Stream:
    """Bytes out and in over TCP, encrypted or not; one thread reads while another one sends.

    Args:
        host: a name, an IPv4 or an IPv6 address.
        port: 1 to 65535.
        timeout_s: seconds until the deadline of everything before `settle`.
        hint: what to type if nobody answers.

    Raises:
        ConnectionFailedError: nobody answers there.
    """

    def __init__(self, host: str, port: int, *, timeout_s: float, hint: str | None = None) -> None:
        self._deadline_s: float | None = time.monotonic() + timeout_s
        self.connection = connect(host, port, timeout_s=timeout_s, hint=hint)
        self._secured: TlsConnection | None = None
        self._ahead = b""
        self._allowed: int | None = None

    def encrypt(self, context: ssl.SSLContext, host: str) -> None:
        """From now on pass everything through TLS.

        Raises:
            ssl.SSLError: the server's certificate is not trusted, or it speaks no TLS.
            OSError, EOFError: the connection broke, or the deadline passed.
        """
        from belay_transport.links.tls import TlsConnection  # noqa: PLC0415 - `ssl` costs 5 ms

        self._bound_wait(None)
        secured = TlsConnection(self.connection, context, host)
        secured.shake_hands()
        self._secured = secured

    def allow(self, count: int) -> None:
        """Let at most `count` bytes more be read, from now on: a far end gone mad fills no memory."""
        self._allowed = count

    def recv(self, count: int, timeout_s: float | None = None) -> bytes:
        """Wait for bytes, and return at most `count` of them.

        Args:
            count: at least 1.
            timeout_s: seconds to wait, if the deadline is not nearer.

        Raises:
            TimeoutError: none came in time.
            EOFError: the far end closed the connection.
            OSError: it broke.
            TooMuchError: more came than was allowed.
        """
        if not self._ahead:
            self._ahead = self._fetch(timeout_s)
        data, self._ahead = self._ahead[:count], self._ahead[count:]
        if self._allowed is not None:
            self._allowed -= len(data)
            if self._allowed < 0:
                raise TooMuchError("more came than a board sends")
        return data

    def send(self, data: bytes) -> int:
        """Send all of `data` and return its length; called by one thread at a time."""
        self._bound_wait(None)
        (self._secured or self.connection).sendall(data)
        return len(data)

    def settle(self) -> None:
        """Wait without a deadline from now on: the link is open."""
        self._deadline_s = None
        self.connection.settimeout(None)

    def hurry(self, timeout_s: float) -> None:
        """Let each wait end after `timeout_s` from now on: the link is closing."""
        self.connection.settimeout(timeout_s)

    def shutdown(self) -> None:
        """Make whoever waits for this connection return; any thread may call it."""
        with suppress(OSError):  # the other side was faster
            self.connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Free the connection; nobody reads or sends any more."""
        self.connection.close()

    def gettimeout(self) -> None:
        """Return None: reads and sends of this stream return only when they are done."""

    def _fetch(self, timeout_s: float | None) -> bytes:
        self._bound_wait(timeout_s)
        data = (self._secured or self.connection).recv(_READ_BYTES)
        if not data:
            raise EOFError
        return data

    def _bound_wait(self, timeout_s: float | None) -> None:
        if self._deadline_s is None:
            return
        left_s = self._deadline_s - time.monotonic()
        if left_s <= 0:
            raise TimeoutError
        self.connection.settimeout(left_s if timeout_s is None else min(left_s, timeout_s))
