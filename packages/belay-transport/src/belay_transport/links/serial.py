"""Serial ports, and what pyserial can open by a URL.

Knows pyserial (opening, settings) and how boards take the DTR and RTS lines. On POSIX the bytes go
past pyserial, whose `read` waits for a count of bytes rather than for what has come, and whose
`cancel_read` ends a read in progress but not the next one.
"""

from __future__ import annotations

import errno
import os
import queue
import re
import stat
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import serial

from belay_transport.errors import AddressError, ConnectionFailedError, ConnectionLost
from belay_transport.links.descriptors import DescriptorWire
from belay_transport.links.flow import holds_bytes_back
from belay_transport.links.threads import ThreadedWire

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["SerialLink"]

_RECEIVE_S = 0.1
"""How long one read of pyserial blocks where no descriptor can be waited on: what closing waits for."""


class SerialLink:
    """A link over a serial port, or over what pyserial opens by a URL; see `Link`.

    Args:
        port: "/dev/ttyACM0", "COM3", the path of a pty, or a URL: "rfc2217://host:4000".
        baudrate: bits per second; ports that are USB all the way ignore it.
        exclusive: whether to refuse a port that another program has locked, and to lock it.

    Raises:
        ConnectionFailedError: the port cannot be opened; the message says why.
    """

    def __init__(self, port: str, *, baudrate: int = 115200, exclusive: bool = True) -> None:
        self._name = port
        self._is_url = "://" in port
        self._holds_bytes_back: bool | None = None
        self.description = self._describe(port)
        self._serial = _open(port, baudrate=baudrate, exclusive=exclusive)
        try:
            self._wire = self._make_wire()
        except BaseException:
            self._serial.close()
            raise

    survives_reset = True

    @property
    def flow_control(self) -> bool:
        """Whether the wire holds bytes back while the board is busy.

        True for boards that are USB themselves and for a pty, False behind a UART: there the bytes
        that the board's buffer cannot hold are lost. False also where nobody can know.
        """
        if self._holds_bytes_back is None:  # looking a port up takes 2 ms, and not every session asks
            self._holds_bytes_back = not self._is_url and holds_bytes_back(self._name)
        return self._holds_bytes_back

    def read(self, timeout_s: float | None) -> bytes:
        """Return what has come from the port; see `Link.read`."""
        return self._wire.read(timeout_s)

    def write(self, data: bytes, timeout_s: float | None) -> None:
        """Send `data` through the port; see `Link.write`."""
        self._wire.write(data, timeout_s)

    def wake(self) -> None:
        """Make the read in progress, or else the next one, return b"" at once."""
        self._wire.wake()

    def close(self) -> None:
        """Release the port, without resetting the board behind it."""
        self._wire.close()

    def _describe(self, port: str) -> str:
        return f"serial URL {port}" if self._is_url else f"serial port {port}"

    def _make_wire(self) -> DescriptorWire | ThreadedWire:
        # what stands behind a URL may have no descriptor, or want to see every byte (`spy://`)
        if os.name != "posix" or self._is_url:
            return self._wire_threads()
        descriptor = self._serial.fileno()
        _tell_silence_from_end(descriptor)
        return DescriptorWire(
            descriptor, descriptor, description=self.description, lost=self._lost, release=self._release
        )

    def _wire_threads(self) -> ThreadedWire:
        self._serial.timeout = _RECEIVE_S
        return ThreadedWire(
            self._receive_queued if type(self._serial).__module__ == "serial.rfc2217" else self._receive,
            self._serial.write,
            description=self.description,
            lost=self._lost,
            stop=self._stop,
            release=self._release,
        )

    def _receive(self) -> bytes:
        data: bytes = self._serial.read(1)
        if data and (waiting := self._serial.in_waiting):
            data += self._serial.read(waiting)
        return data

    def _receive_queued(self) -> bytes:
        """Receive from the queue of pyserial's RFC 2217 client.

        Its own `read` (pyserial 3.5) throws away what came before a break, and takes a lock per byte.
        """
        client: Any = self._serial  # Any: what is needed here pyserial keeps to itself
        arrived: queue.Queue[bytes | None] = client._read_buffer  # noqa: SLF001 - see above
        pieces: list[bytes | None] = []
        with suppress(queue.Empty):
            pieces.append(arrived.get(timeout=_RECEIVE_S))
            while pieces[-1] is not None:
                pieces.append(arrived.get_nowait())
        data = b"".join(piece for piece in pieces if piece is not None)
        if pieces and pieces[-1] is None:  # the end
            if not data:
                raise EOFError
            arrived.put(None)
        elif not pieces and not client._thread.is_alive():  # noqa: SLF001 - it died without telling
            raise EOFError
        return data

    def _stop(self) -> None:
        cancel: Callable[[], None] | None = getattr(self._serial, "cancel_write", None)
        if cancel is not None:  # not every URL can
            cancel()

    def _lost(self, attempt: str, error: Exception | None) -> ConnectionLost:
        """Return the error that says how the port broke."""
        if self._is_url:
            return ConnectionLost(f"{attempt}: {error or 'the other side closed the connection'}")
        if sys.platform != "win32" and not os.path.lexists(self._name):
            return ConnectionLost(f"{attempt}: the port is gone", hint="was the board unplugged, or reset?")
        return ConnectionLost(f"{attempt}: {error or 'the other side hung up'}")

    def _release(self) -> None:
        if not self._is_url:
            # RTS first: Windows and pyserial there drop DTR first otherwise, and RTS without DTR is
            # what resets an ESP board (the same order as mpremote).
            # Source: micropython/micropython pull request 18001
            with suppress(OSError):  # a pty has no such lines, and a board unplugged none any more
                self._serial.rts = False
                self._serial.dtr = False
        self._serial.close()


def _open(port: str, *, baudrate: int, exclusive: bool) -> serial.Serial:
    """Open and configure a port: 8 data bits, no parity, no flow control, DTR and RTS set.

    Both lines are set, and never only one. Boards that are USB themselves send nothing until DTR is
    set (they take it for "a host listens"). The usual ESP circuit, and the USB peripheral of
    ESP32-C3 and -S3, reset the chip on RTS without DTR and keep it in its boot loader on DTR
    without RTS; both together do nothing. Linux and macOS set both as the port opens, so leaving
    them so also makes no edge.
    Source: Espressif, "Boot Mode Selection", Automatic Bootloader; micropython pull request 18001.

    Raises:
        ConnectionFailedError: the port cannot be opened.
        AddressError: it is a URL that pyserial cannot read.
    """
    try:
        opened = serial.serial_for_url(
            port, do_not_open=True, baudrate=baudrate, exclusive=True if exclusive else None
        )
        opened.dtr = True
        opened.rts = True
        opened.open()
    except (OSError, ValueError) as error:
        raise _opening_error(port, error) from error
    except (LookupError, TypeError, AttributeError, re.error) as error:
        # pyserial 3.5 reads the options of its URLs with tables and patterns that it does not guard
        raise AddressError(
            f"Opening {port} failed: pyserial cannot read this URL: {type(error).__name__}: {error}",
            hint="its documentation, under URL Handlers, says which options each URL has",
        ) from error
    return opened


_LISTS = "`belay.list_devices()`, or `belay devices`, lists the ports"


def _opening_error(port: str, error: OSError | ValueError) -> ConnectionFailedError:
    """Return the error that says why a port could not be opened."""
    attempt = f"Opening {port} failed"
    number = error.errno if isinstance(error, OSError) else None
    if isinstance(error, serial.SerialException) and "option 'control'" in str(error):
        return ConnectionFailedError(
            f"{attempt}: the server does not confirm the lines DTR and RTS",
            hint=f"`{port}{'&' if '?' in port else '?'}ign_set_control` does without",
        )
    text = str(error)  # pyserial gives the number on POSIX only, and this text elsewhere
    if number in {errno.ENOENT, errno.ENXIO, errno.ENODEV} or "FileNotFoundError" in text:
        return ConnectionFailedError(
            f"{attempt}: there is no such port",
            hint=f"is the board plugged in? {_LISTS}",
        )
    if number in {errno.EBUSY, errno.EAGAIN} or "PermissionError" in text:  # the latter: Windows
        return ConnectionFailedError(
            f"{attempt}: another program holds it",
            hint="close the program that uses the port, then try again",
        )
    if number in {errno.EACCES, errno.EPERM}:
        return _permission_error(port, attempt)
    if "Inappropriate ioctl" in text or number == errno.EISDIR:
        return ConnectionFailedError(f"{attempt}: it is not a serial port", hint=_LISTS)
    hint = None
    refusal = error.__context__  # the network's own words, without pyserial's around them
    unknown = re.search(r"unknown option: '(.*)'", text)
    if unknown is not None:
        text = f"pyserial knows no option `{unknown[1]}` here"
        hint = "what may stand behind the `?` is in its manual, under URL handlers"
    elif "://" in port and isinstance(refusal, OSError):
        text = refusal.strerror or str(refusal)
        hint = "check the host and the port, and that the serial server is running there"
    return ConnectionFailedError(f"{attempt}: {text}", hint=hint)


def _permission_error(port: str, attempt: str) -> ConnectionFailedError:
    import grp  # noqa: PLC0415 - only POSIX has it

    with suppress(OSError, KeyError):  # the port is gone already, or its group has no name
        status = os.stat(port)  # noqa: PTH116 - a port is no file to walk paths with
        group = grp.getgrgid(status.st_gid).gr_name
        return ConnectionFailedError(
            f"{attempt}: permission denied; it is for the group `{group}` ({stat.filemode(status.st_mode)})",
            hint=f"`sudo usermod -aG {group} $USER`, then log in again",
        )
    return ConnectionFailedError(f"{attempt}: permission denied")


def _tell_silence_from_end(descriptor: int) -> None:
    """Let a read of an empty port fail with EAGAIN: pyserial lets it return b"", as it does at the end."""
    import termios  # noqa: PLC0415 - only POSIX has it

    settings = termios.tcgetattr(descriptor)
    settings[6][termios.VMIN] = 1
    termios.tcsetattr(descriptor, termios.TCSANOW, settings)
