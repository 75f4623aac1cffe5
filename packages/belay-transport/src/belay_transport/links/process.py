"""`exec:COMMAND`: a board behind a program's stdin and stdout.

Knows how to start, watch and end a program; `descriptors` or `threads` moves the bytes. The
program runs without a shell and in a session of its own: a Ctrl-C at the host's terminal is the
host's to handle, and must not end the board under it.
"""

from __future__ import annotations

import logging
import os
import shutil
import signal
import subprocess
import threading
from collections import deque
from contextlib import suppress
from typing import IO, TYPE_CHECKING

from belay_transport.errors import ConnectionFailedError, ConnectionLost
from belay_transport.links.descriptors import DescriptorWire
from belay_transport.links.threads import ThreadedWire

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["ProcessLink"]

_LOG = logging.getLogger("belay.process")

_KEPT_LINES = 10
"""How many of the last lines of stderr an error shows: about what a traceback's end needs."""

_LINE_BYTES = 4096
"""Most of one line of stderr that is logged at a time: a program may never end its line."""

_READ_BYTES = 65536
"""Most that one read takes: what a pipe holds on Linux."""

_LEAVE_S = 0.3
"""How long a program may take to leave once its stdin is closed; an interpreter at its prompt needs 5 ms."""

_TERMINATE_S = 1.0
"""How long it may take to leave once it is told to, before it is killed."""

_EXPLAIN_S = 1.0
"""How long an error waits for the exit code and the last words of a program that closed its stdout."""


class ProcessLink:
    """A link to the REPL that a program offers on its stdin and stdout; see `Link`.

    The program's stderr goes line by line to the logger "belay.process".

    Args:
        command: the program and its arguments; looked up on PATH.

    Raises:
        ConnectionFailedError: the program cannot be started.
    """

    flow_control = True  # a pipe that is full holds the writer back
    survives_reset = False  # a program that imitates a board ends there; a new one is fresh

    def __init__(self, command: Sequence[str]) -> None:
        self._command = tuple(command)
        self.description = f"process `{' '.join(self._command)}`"
        self._process = _start(self._command)
        self._last_lines: deque[str] = deque(maxlen=_KEPT_LINES)
        self._listener = threading.Thread(
            target=self._listen_to_stderr, name=f"stderr of {self.description}", daemon=True
        )
        self._listener.start()
        self._wire = self._make_wire()

    def read(self, timeout_s: float | None) -> bytes:
        """Return what the program has printed; see `Link.read`."""
        return self._wire.read(timeout_s)

    def write(self, data: bytes, timeout_s: float | None) -> None:
        """Send `data` to the program's stdin; see `Link.write`."""
        self._wire.write(data, timeout_s)

    def wake(self) -> None:
        """Make the read in progress, or else the next one, return b"" at once."""
        self._wire.wake()

    def close(self) -> None:
        """Close the program's stdin; a program that does not leave is terminated, then killed."""
        self._wire.close()

    def _make_wire(self) -> DescriptorWire | ThreadedWire:
        return self._wire_descriptors() if os.name == "posix" else self._wire_threads()

    def _wire_descriptors(self) -> DescriptorWire:
        return DescriptorWire(
            self._stdout.fileno(),
            self._stdin.fileno(),
            description=self.description,
            lost=self._lost,
            release=self._end,
        )

    def _wire_threads(self) -> ThreadedWire:
        return ThreadedWire(
            self._receive,
            self._transmit,
            description=self.description,
            lost=self._lost,
            stop=self._end_process,
            release=self._end,
        )

    @property
    def _stdin(self) -> IO[bytes]:
        assert self._process.stdin is not None  # it was started with a pipe
        return self._process.stdin

    @property
    def _stdout(self) -> IO[bytes]:
        assert self._process.stdout is not None  # it was started with a pipe
        return self._process.stdout

    def _receive(self) -> bytes:
        data = os.read(self._stdout.fileno(), _READ_BYTES)
        if not data:
            raise EOFError
        return data

    def _transmit(self, data: bytes) -> None:
        while data:
            data = data[os.write(self._stdin.fileno(), data) :]

    def _listen_to_stderr(self) -> None:
        stderr = self._process.stderr
        assert stderr is not None  # it was started with a pipe
        while line := stderr.readline(_LINE_BYTES):
            text = line.decode("utf-8", "backslashreplace").rstrip()
            self._last_lines.append(text)
            _LOG.info("%s: %s", self._command[0], text)

    def _lost(self, attempt: str, error: Exception | None) -> ConnectionLost:
        """Return the error that says how the program ended."""
        try:
            exit_code = self._process.wait(_EXPLAIN_S)
        except subprocess.TimeoutExpired:
            return ConnectionLost(f"{attempt}: {error or 'it closed its stdout'}, and is still running")
        self._listener.join(_EXPLAIN_S)  # its last words may still be in the pipe
        words = "".join(f"\n  {line}" for line in self._last_lines)
        words = f"; its last words:{words}" if words else ""
        return ConnectionLost(f"{attempt}: it ended with {_exit_text(exit_code)}{words}")

    def _end(self) -> None:
        """End the program and free what belongs to it; nobody reads or writes any more."""
        self._end_process()
        with suppress(OSError):  # a flush to a program that is gone
            self._stdin.close()
        self._stdout.close()
        self._listener.join(_EXPLAIN_S)
        if not self._listener.is_alive() and self._process.stderr is not None:
            # else a grandchild still holds the other end, and the listener leaves with it
            self._process.stderr.close()

    def _end_process(self) -> None:
        try:
            with suppress(OSError):  # the program is gone, and so is its pipe
                self._stdin.close()
            if not self._wait_for_end(_LEAVE_S):
                self._signal(terminate=True)
                self._wait_for_end(_TERMINATE_S)
        finally:  # also when a Ctrl-C cuts the waiting short: nothing is left behind
            if self._process.poll() is None:
                self._signal(terminate=False)
            self._process.wait()

    def _wait_for_end(self, timeout_s: float) -> bool:
        try:
            self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _signal(self, *, terminate: bool) -> None:
        """End the program, and on POSIX whatever it has started in its session's first group."""
        if os.name != "posix":
            self._process.kill()
            return
        with suppress(ProcessLookupError):  # it left meanwhile
            os.killpg(self._process.pid, signal.SIGTERM if terminate else signal.SIGKILL)


def _start(command: tuple[str, ...]) -> subprocess.Popen[bytes]:
    """Start the program.

    Raises:
        ConnectionFailedError: it cannot be started.
    """
    try:
        return subprocess.Popen(  # noqa: S603 - running the command that the user typed is the point
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=os.name == "posix",
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),  # Windows: as a session
        )
    except FileNotFoundError as error:
        if shutil.which(command[0]):
            missing = "the interpreter that its first line names is missing"
            raise ConnectionFailedError(f"Starting `{command[0]}` failed: {missing}") from error
        raise ConnectionFailedError(
            f"Starting `{command[0]}` failed: there is no such program",
            hint="name a program on PATH, or write its path; no shell expands the command",
        ) from error
    except PermissionError as error:
        raise ConnectionFailedError(
            f"Starting `{command[0]}` failed: it is not executable", hint=f"`chmod +x {command[0]}`"
        ) from error
    except OSError as error:
        raise ConnectionFailedError(f"Starting `{command[0]}` failed: {error.strerror or error}") from error


def _exit_text(exit_code: int) -> str:
    """Return "exit code 3", or which signal it was."""
    if exit_code >= 0:
        return f"exit code {exit_code}"
    try:
        return f"signal {signal.Signals(-exit_code).name}"
    except ValueError:
        return f"signal {-exit_code}"
