"""`socket://HOST:PORT`: a board behind a plain TCP connection, as serial servers offer it.

Knows TCP. pyserial has this URL too, but waits 5 s for a host whatever the caller says, lets small
writes wait for each other, and sleeps 0.3 s when it closes.
"""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from urllib.parse import urlsplit

from belay_transport.errors import AddressError, ConnectionFailedError, ConnectionLost
from belay_transport.links.descriptors import DescriptorWire
from belay_transport.links.threads import ThreadedWire

__all__ = ["TcpLink", "connect"]

_READ_BYTES = 65536
"""Most that one read takes: as for the other links, what a pipe holds on Linux."""


class TcpLink:
    """A link over a plain TCP connection; see `Link`.

    Args:
        url: "socket://192.168.1.20:4000".
        timeout_s: seconds that connecting may take.

    Raises:
        AddressError: the URL names no host or no port.
        ConnectionFailedError: nobody answers there.
    """

    flow_control = False  # TCP holds bytes back as far as the server, which most often ends in a UART
    survives_reset = True

    def __init__(self, url: str, *, timeout_s: float = 10.0) -> None:
        self.description = f"TCP connection {url}"
        self._socket = _connect(url, timeout_s)
        self._wire = self._make_wire()

    def read(self, timeout_s: float | None) -> bytes:
        """Return what has come over the connection; see `Link.read`."""
        return self._wire.read(timeout_s)

    def write(self, data: bytes, timeout_s: float | None) -> None:
        """Send `data` over the connection; see `Link.write`."""
        self._wire.write(data, timeout_s)

    def wake(self) -> None:
        """Make the read in progress, or else the next one, return b"" at once."""
        self._wire.wake()

    def close(self) -> None:
        """Close the connection."""
        self._wire.close()

    def _make_wire(self) -> DescriptorWire | ThreadedWire:
        return self._wire_descriptor() if os.name == "posix" else self._wire_threads()

    def _wire_descriptor(self) -> DescriptorWire:
        descriptor = self._socket.fileno()
        return DescriptorWire(
            descriptor, descriptor, description=self.description, lost=_lost, release=self._socket.close
        )

    def _wire_threads(self) -> ThreadedWire:
        return ThreadedWire(
            self._receive,
            self._socket.sendall,
            description=self.description,
            lost=_lost,
            stop=self._stop,
            release=self._socket.close,
        )

    def _receive(self) -> bytes:
        data = self._socket.recv(_READ_BYTES)
        if not data:
            raise EOFError
        return data

    def _stop(self) -> None:
        with suppress(OSError):  # the other side was faster
            self._socket.shutdown(socket.SHUT_RDWR)


def connect(host: str, port: int, *, timeout_s: float, hint: str | None = None) -> socket.socket:
    """Return a TCP connection that blocks, and whose small writes do not wait for each other.

    Args:
        host: a name, an IPv4 or an IPv6 address.
        port: 1 to 65535.
        timeout_s: seconds that it may take.
        hint: what to type if nobody answers.

    Raises:
        ConnectionFailedError: nobody answers there.
    """
    try:
        connection = socket.create_connection((host, port), timeout_s)
    except OSError as error:
        raise ConnectionFailedError(
            f"Connecting to {host}, port {port} failed: {error.strerror or error}", hint=hint
        ) from error
    connection.settimeout(None)
    # a small write must not wait for the answer to the one before (Nagle): 88 ms a call become 2 ms
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def _connect(url: str, timeout_s: float) -> socket.socket:
    parts = urlsplit(url)
    try:
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise AddressError(f"`{url}`: {error}", hint="write it as in `socket://192.168.1.20:4000`") from error
    if not host or port is None:
        raise AddressError(
            f"`{url}` names no host and port", hint="write it as in `socket://192.168.1.20:4000`"
        )
    hint = "check the host and the port, and that the serial server is running there"
    return connect(host, port, timeout_s=timeout_s, hint=hint)


def _lost(attempt: str, error: Exception | None) -> ConnectionLost:
    return ConnectionLost(f"{attempt}: {error or 'the other side closed the connection'}")
