"""A program that stands for a board: how it is started, watched and ended.

Knows processes and their stderr; what is the wire to them, the links know. A program runs without a
shell and in a session of its own: a Ctrl-C at the host's terminal is the host's to handle, and must
not end the board under it.
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

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Program"]

_LOG = logging.getLogger("belay.process")

_KEPT_LINES = 10
"""How many of the last lines of stderr an error shows: about what a traceback's end needs."""

_LINE_BYTES = 4096
"""Most of one line of stderr that is logged at a time: a program may never end its line."""

_LEAVE_S = 0.3
"""How long a program may take to leave once its stdin is closed; an interpreter at its prompt needs 5 ms."""

_TERMINATE_S = 1.0
"""How long it may take to leave once it is told to, before it is killed."""

_EXPLAIN_S = 1.0
"""How long an error waits for the exit code and the last words of a program that closed its stdout."""


_TRY_ALONE = "run the command in a shell: it must stay, and its stdin and stdout be a REPL's"


class Program:
    """A program in a process of its own; its stderr goes line by line to the logger "belay.process".

    Args:
        command: the program and its arguments; looked up on PATH.
        reads_stdout: whether somebody reads its stdout; else what it prints there goes nowhere.

    Attributes:
        name: what messages call it, such as "process `micropython -i`".

    Raises:
        ConnectionFailedError: it cannot be started.
    """

    def __init__(self, command: Sequence[str], *, reads_stdout: bool) -> None:
        self._command = tuple(command)
        self.name = f"process `{' '.join(self._command)}`"
        self.process = _start(self._command, subprocess.PIPE if reads_stdout else subprocess.DEVNULL)
        self._last_lines: deque[str] = deque(maxlen=_KEPT_LINES)
        self._first_line: str | None = None
        self._spoke = threading.Event()
        self.listener = threading.Thread(
            target=self._listen_to_stderr, name=f"stderr of {self.name}", daemon=True
        )
        self.listener.start()

    @property
    def stdin(self) -> IO[bytes]:
        """The pipe to its stdin."""
        assert self.process.stdin is not None  # it was started with a pipe
        return self.process.stdin

    @property
    def stdout(self) -> IO[bytes]:
        """The pipe from its stdout, if somebody reads it."""
        assert self.process.stdout is not None  # it was started with a pipe
        return self.process.stdout

    def wait_for_first_line(self, timeout_s: float) -> str | None:
        """Wait for the first line of its stderr; None when it ended, or said nothing in time."""
        self._spoke.wait(timeout_s)
        return self._first_line

    def lost(self, attempt: str, reason: object) -> ConnectionLost:
        """Return the error that says how it ended; `reason` is told if it still runs."""
        return ConnectionLost(f"{attempt}: {self.ending(reason)}", hint=_TRY_ALONE)

    def ending(self, reason: object) -> str:
        """Return how it ended, with its last words, or `reason` and that it still runs."""
        try:
            exit_code = self.process.wait(_EXPLAIN_S)
        except subprocess.TimeoutExpired:
            return f"{reason}, and is still running"
        self.listener.join(_EXPLAIN_S)  # its last words may still be in the pipe
        words = "".join(f"\n  {line}" for line in self._last_lines)
        words = f"; its last words:{words}" if words else ""
        return f"it ended with {_exit_text(exit_code)}{words}"

    def end(self) -> None:
        """End it and free what belongs to it; nobody uses its pipes any more."""
        self.end_process()
        with suppress(OSError):  # a flush to a program that is gone
            self.stdin.close()
        if self.process.stdout is not None:
            self.process.stdout.close()
        self.listener.join(_EXPLAIN_S)
        if not self.listener.is_alive() and self.process.stderr is not None:
            # else a grandchild still holds the other end, and the listener leaves with it
            self.process.stderr.close()

    def end_process(self) -> None:
        """Close its stdin; if it does not leave, terminate it, then kill it."""
        try:
            with suppress(OSError):  # the program is gone, and so is its pipe
                self.stdin.close()
            if not self._wait_for_end(_LEAVE_S):
                self._signal(terminate=True)
                self._wait_for_end(_TERMINATE_S)
        finally:  # also when a Ctrl-C cuts the waiting short: nothing is left behind
            if self.process.poll() is None:
                self._signal(terminate=False)
            self.process.wait()

    def _listen_to_stderr(self) -> None:
        stderr = self.process.stderr
        assert stderr is not None  # it was started with a pipe
        while line := stderr.readline(_LINE_BYTES):
            text = line.decode("utf-8", "backslashreplace").rstrip()
            self._last_lines.append(text)
            _LOG.info("%s: %s", self._command[0], text)
            if self._first_line is None:
                self._first_line = text
                self._spoke.set()
        self._spoke.set()

    def _wait_for_end(self, timeout_s: float) -> bool:
        try:
            self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _signal(self, *, terminate: bool) -> None:
        """End the program, and on POSIX whatever it has started in its session's first group."""
        if os.name != "posix":
            self.process.kill()
            return
        with suppress(ProcessLookupError):  # it left meanwhile
            os.killpg(self.process.pid, signal.SIGTERM if terminate else signal.SIGKILL)


def _start(command: tuple[str, ...], stdout: int) -> subprocess.Popen[bytes]:
    """Start the program.

    Raises:
        ConnectionFailedError: it cannot be started.
    """
    try:
        return subprocess.Popen(  # noqa: S603 - running the command that the user typed is the point
            command,
            stdin=subprocess.PIPE,
            stdout=stdout,
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
