"""Waiting on file descriptors: how a link reads, writes, wakes and closes on POSIX.

Knows descriptors and time. What they lead to, and what its end means, the link tells.
`threads` does the same for what has no descriptor to wait on.

Waiting costs two system calls a read (poll, read) and usually one a write, and never polls in a
loop. Two pipes end a wait: one carries `wake` to the reader, the other `close` to the writer.
"""

from __future__ import annotations

import os
import select
import sys
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from belay_transport.errors import ConnectionLost

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["DescriptorWire"]

_READ_BYTES = 65536
"""Most that one read takes: what a pipe of Linux holds; a tty hands out 4095 at most."""


class DescriptorWire:
    """Read and write a pair of descriptors, which may be one and the same, as `Link` promises.

    Args:
        read_fd: where bytes come from; made non-blocking.
        write_fd: where bytes go to; made non-blocking.
        description: for messages: "serial port /dev/ttyACM0".
        lost: returns the error that says why the wire broke; called with what was attempted
            ("Reading from …") and the operating system's error, None for an end of file.
        release: closes the descriptors; called once, when nobody uses them any more.
    """

    def __init__(
        self,
        read_fd: int,
        write_fd: int,
        *,
        description: str,
        lost: Callable[[str, Exception | None], ConnectionLost],
        release: Callable[[], None],
    ) -> None:
        self._read_fd = read_fd
        self._write_fd = write_fd
        self._description = description
        self._lost = lost
        self._release = release
        self._closed = False
        # held while the descriptors are in use, so that `close` cannot pull them away and the
        # system hand the numbers to somebody else's file; re-entrant for signal handlers that close
        self._reading = threading.RLock()
        self._writing = threading.RLock()
        self._waking = threading.RLock()
        os.set_blocking(read_fd, False)
        os.set_blocking(write_fd, False)
        self._wake_out, self._wake_in = os.pipe()
        self._close_out, self._close_in = os.pipe()
        os.set_blocking(self._wake_in, False)
        self._readable = _Waiter(reading=(read_fd, self._wake_out))

    def read(self, timeout_s: float | None) -> bytes:
        """See `Link.read`."""
        with self._reading:
            deadline_s = None if timeout_s is None else time.monotonic() + timeout_s
            while True:
                if self._closed:
                    raise self._closed_error("Reading from")
                ready = self._readable.wait(timeout_s)
                if self._closed:
                    raise self._closed_error("Reading from")
                if self._wake_out in ready:
                    os.read(self._wake_out, _READ_BYTES)
                    return b""
                if not ready:
                    return b""
                data = self._read_some()
                if data is not None:
                    return data
                # announced, yet not there; the system may do that (Source: select(2), "Bugs")
                timeout_s = None if deadline_s is None else deadline_s - time.monotonic()

    def write(self, data: bytes, timeout_s: float | None) -> None:
        """See `Link.write`."""
        with self._writing:
            if self._closed:
                raise self._closed_error("Writing to")
            taken = self._write_some(data)
            if taken < len(data):
                self._write_rest(data, taken, timeout_s)

    def wake(self) -> None:
        """See `Link.wake`."""
        with self._waking:
            if not self._closed:
                self._end_wait()

    def close(self) -> None:
        """See `Link.close`."""
        with self._waking:
            if self._closed:
                return
            self._closed = True  # first: whoever is woken looks at it
            self._end_wait()
            os.close(self._close_in)
        with self._reading, self._writing:
            os.close(self._wake_in)
            os.close(self._wake_out)
            os.close(self._close_out)
            self._release()

    def _end_wait(self) -> None:
        with suppress(BlockingIOError):  # the pipe is full of wakes, so the reader wakes anyway
            os.write(self._wake_in, b"\0")

    def _read_some(self) -> bytes | None:
        """Return what is there, None when nothing is."""
        try:
            data = os.read(self._read_fd, _READ_BYTES)
        except BlockingIOError:
            return None
        except OSError as error:
            raise self._lost(f"Reading from {self._description} failed", error) from error
        if not data:
            raise self._lost(f"Reading from {self._description} failed", None)
        return data

    def _write_some(self, data: bytes | memoryview) -> int:
        try:
            return os.write(self._write_fd, data)
        except BlockingIOError:
            return 0
        except OSError as error:
            raise self._lost(f"Writing to {self._description} failed", error) from error

    def _write_rest(self, data: bytes, taken: int, timeout_s: float | None) -> None:
        rest = memoryview(data)
        writable = _Waiter(reading=(self._close_out,), writing=(self._write_fd,))
        deadline_s = None if timeout_s is None else time.monotonic() + timeout_s
        while taken < len(data):
            ready = writable.wait(None if deadline_s is None else deadline_s - time.monotonic())
            if self._closed:
                raise self._closed_error("Writing to")
            if not ready:
                raise ConnectionLost(
                    f"Writing to {self._description} failed: "
                    f"{taken} of {len(data)} bytes were taken in {timeout_s} s"
                )
            taken += self._write_some(rest[taken:])

    def _closed_error(self, attempt: str) -> ConnectionLost:
        return ConnectionLost(f"{attempt} {self._description} failed: the link is closed")


class _Waiter:
    """Wait until one of some descriptors can be used."""

    def __init__(self, *, reading: tuple[int, ...] = (), writing: tuple[int, ...] = ()) -> None:
        self._reading = reading
        self._writing = writing
        # macOS cannot poll a tty (Source: poll(2) of macOS, "Bugs"); `select`, in turn, takes no
        # descriptor above 1023, which a host with many files open soon reaches
        self._poll = None if sys.platform == "darwin" else select.poll()
        if self._poll is not None:
            for descriptor in reading:
                self._poll.register(descriptor, select.POLLIN)
            for descriptor in writing:
                self._poll.register(descriptor, select.POLLOUT)

    def wait(self, timeout_s: float | None) -> list[int]:
        """Return those that can be used or are broken; none when the time has passed."""
        if timeout_s is not None:
            timeout_s = max(0.0, timeout_s)
        if self._poll is not None:
            events = self._poll.poll(None if timeout_s is None else timeout_s * 1000)
            return [descriptor for descriptor, _ in events]
        readable, writable, _ = select.select(self._reading, self._writing, (), timeout_s)
        return readable + writable
