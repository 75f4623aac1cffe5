"""TLS over a connection that one thread reads while another writes.

Knows the `ssl` module and a connected socket. An `ssl.SSLSocket` may not be used by two threads at
once; here the threads share only what never blocks (encrypting and decrypting, in memory, under a
lock), and each waits for the network by itself.
"""

from __future__ import annotations

import ssl
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket

__all__ = ["TlsConnection"]

_READ_BYTES = 65536
"""Most that one read takes from the network: as for the other links, what a pipe holds on Linux."""


class TlsConnection:
    """Encrypt what is sent over a connection, decrypt what comes; shake hands first.

    Args:
        connection: connected; its timeout bounds each wait.
        context: which certificates are trusted.
        host: whom the certificate must name.
    """

    def __init__(self, connection: socket.socket, context: ssl.SSLContext, host: str) -> None:
        self._connection = connection
        self._received = ssl.MemoryBIO()
        self._to_send = ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._received, self._to_send, server_hostname=host)
        self._lock = threading.Lock()

    def shake_hands(self) -> None:
        """Agree with the server on keys, once, before anything else.

        Raises:
            ssl.SSLError: the server's certificate is not trusted, or it speaks no TLS.
            OSError: the connection broke, or was too slow.
            EOFError: the server closed it.
        """
        while not self._step():
            if not self._fetch():
                raise EOFError

    def recv(self, count: int) -> bytes:
        """Wait for bytes and return at most `count` of them; b"" at the end."""
        while True:
            with self._lock:
                try:
                    return self._tls.read(count)
                except ssl.SSLWantReadError:
                    pass
                except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                    return b""
            self._fetch()

    def sendall(self, data: bytes) -> None:
        """Send all of `data`; called by one thread at a time."""
        with self._lock:
            self._tls.write(data)
        self._send_due()

    def _step(self) -> bool:
        """Take the handshake as far as what has come allows; return whether it is done."""
        try:
            self._tls.do_handshake()
        except ssl.SSLWantReadError:
            self._send_due()
            return False
        except ssl.SSLError:
            with suppress(OSError):  # the alert that tells the server why; it may be gone
                self._send_due()
            raise
        self._send_due()
        return True

    def _fetch(self) -> bool:
        """Wait for what comes from the network; False at the end."""
        data = self._connection.recv(_READ_BYTES)
        with self._lock:
            if data:
                self._received.write(data)
            else:
                self._received.write_eof()
        return bool(data)

    def _send_due(self) -> None:
        with self._lock:
            data = self._to_send.read()
        self._connection.sendall(data)
