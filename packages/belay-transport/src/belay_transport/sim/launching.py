"""Starting the launcher process of a simulated board, and asking it things.

Knows where the interpreter's library is, how the process starts and ends, and how a question finds
its answer; must not know what the questions mean.
"""

from __future__ import annotations

import importlib.util
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from belay_transport.deadlines import LONGEST_WAIT_S
from belay_transport.errors import ArgumentValueError, ConnectionFailedError, ConnectionLost
from belay_transport.sim.control import Unpacker, pack

if TYPE_CHECKING:
    from belay_transport.sim.control import Message

__all__ = ["Launcher", "interpreter_library"]

_PLATFORMS = "Linux on x86_64 (glibc 2.28 and later, musl), macOS on arm64; CPython 3.10 to 3.14"
_WHEELS = {("cpython", "linux", "x86_64"), ("cpython", "darwin", "arm64")}
_SIGNALS = ("SIGSTOP", "SIGCONT", "SIGKILL", "SIGUSR2", "SIGURG")
_ANSWER_TIMEOUT_S = 10.0
# The launcher answers within a millisecond; on a machine that hangs, an error is better than a wait for ever.
_END_TIMEOUT_S = 5.0
_READ_BYTES = 65536

_START = """\
import sys, types
for name in ("belay_transport", "belay_transport.sim"):
    package = sys.modules[name] = types.ModuleType(name)
    package.__path__ = [sys.argv[2] + "/" + name.replace(".", "/")]
from belay_transport.sim.entry import main
main()
"""
# The packages' own `__init__` would load the host's half, which the launcher does not need.

_KEPT_ENVIRONMENT = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR")
# What a Python interpreter may need to start; a board must not see more of the host than that.


def interpreter_library() -> str:
    """Return the path of the MicroPython interpreter's library.

    Raises:
        ConnectionFailedError: it is not installed, or there is none for this platform.
    """
    spec = importlib.util.find_spec("micropython_run")
    if spec is not None and spec.origin is not None:
        return spec.origin
    import platform  # noqa: PLC0415 - for the error only

    if (sys.implementation.name, sys.platform, platform.machine()) in _WHEELS:
        raise ConnectionFailedError(
            "The simulated board needs the MicroPython interpreter, which is not installed",
            hint="`pip install 'belay-device[sim]'`",
        )
    python = f"{platform.python_implementation()} {platform.python_version()}"
    here = f"{platform.system()} on {platform.machine()}, {python}"
    raise ConnectionFailedError(
        f"There is no simulated board for this platform ({here}): its interpreter exists for {_PLATFORMS}",
        hint="use a real board, or a simulated one on another machine through `rfc2217://HOST:PORT`",
    )


class Launcher:
    """A running launcher process; questions may come from any thread.

    Args:
        config: what its board is like, see starting.py.
        descriptors: what it inherits; the caller closes its own copies.
    """

    def __init__(self, config: dict[str, Any], descriptors: tuple[int, ...]) -> None:
        if not sys.executable:
            raise ConnectionFailedError(
                "A simulated board is a process of its own, and this Python does not know how to start one"
            )
        self._socket, theirs = socket.socketpair()
        source_folder = os.path.abspath(f"{os.path.dirname(__file__)}/../..")  # noqa: PTH100, PTH120 - `pathlib` loads slowly
        try:
            self._process = subprocess.Popen(  # noqa: S603 - this very interpreter, a fixed command
                [sys.executable, "-I", "-S", "-c", _START, str(theirs.fileno()), source_folder],
                pass_fds=(theirs.fileno(), *descriptors),
                stdin=subprocess.DEVNULL,
                cwd="/",  # the host's folder can be moved and removed meanwhile
                env={name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ}
                | {"TZ": "UTC0"},
                start_new_session=True,  # a Ctrl-C in the terminal is the host's, not the board's
            )
        except OSError as error:
            self._socket.close()
            raise ConnectionFailedError(f"The simulated board cannot be started: {error}") from error
        finally:
            theirs.close()
        self._unpacker = Unpacker()
        self._sending = threading.Lock()
        self._changed = threading.Condition()
        self._answers: dict[int, tuple[str, Any]] = {}
        self._has_reader = False
        self._last_number = 0
        self._reason: str | None = None
        """Why it ended, once it has."""
        signals = {name: int(getattr(signal, name)) for name in _SIGNALS}
        self._send((config | {"signals": signals},))

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    def ask(
        self, verb: str, *arguments: object, timeout_s: float = _ANSWER_TIMEOUT_S
    ) -> Any:  # Any: each verb has its answer
        """Ask the launcher something and return its answer.

        Raises:
            ConnectionLost: it has ended, or said nothing for `timeout_s` seconds.
            ArgumentValueError: it says that the question cannot be answered, and why.
        """
        with self._sending:
            self._last_number += 1
            number = self._last_number
            self._send((number, verb, *arguments))
        word, answer = self._wait_for(number, time.monotonic() + timeout_s)
        if word == "error":
            raise ArgumentValueError(answer)
        return answer

    def end_reason(self) -> str:
        """Return in words why the launcher has ended; call it once its wire is closed."""
        try:
            self._wait_for(0, time.monotonic() + 1.0)  # no answer has number 0: this reads to the end
        except ConnectionLost as error:
            return str(error)
        return "The simulated board ended"

    def end_itself(self) -> str:
        """Wait until it has ended by itself, and return why; then its board's flash can be had by another."""
        reason = self.end_reason()
        self.end()
        return reason

    def end(self) -> None:
        """End the launcher and its board, and wait for that."""
        # Shut, not only closed: a question that waits in another thread hears of it.
        with suppress(OSError):  # it has ended before
            self._socket.shutdown(socket.SHUT_RDWR)
        try:
            self._process.wait(_END_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        with self._changed:
            self._reason = self._reason or "The simulated board is closed"
            self._changed.notify_all()
            self._socket.close()

    def _send(self, message: Message) -> None:
        try:
            self._socket.sendall(pack(message))
        except OSError:
            raise ConnectionLost(self.end_reason()) from None

    def _wait_for(self, number: int, until_s: float) -> tuple[str, Any]:
        """Wait for an answer; one of the waiting threads reads for all."""
        with self._changed:
            while number not in self._answers:
                if self._reason is not None:
                    raise ConnectionLost(self._reason)
                left_s = until_s - time.monotonic()
                if left_s <= 0:
                    raise ConnectionLost("The simulated board's launcher does not answer")
                if self._has_reader:
                    self._changed.wait(left_s)
                else:
                    self._read(left_s)
            return self._answers.pop(number)

    def _read(self, timeout_s: float) -> None:
        """Read what has come, or wait a while for it, with `_changed` let go meanwhile."""
        self._has_reader = True
        try:
            self._changed.release()  # in here, as Ctrl-C may strike as soon as it is done
            readable = select.poll()
            readable.register(self._socket, select.POLLIN)
            if not readable.poll(min(timeout_s, LONGEST_WAIT_S) * 1000):
                return
            data = self._socket.recv(_READ_BYTES)
        except (OSError, ValueError):  # closed by another thread meanwhile
            data = b""
        finally:
            self._changed.acquire()
            self._has_reader = False
            self._changed.notify_all()
        if not data and self._reason is None:
            self._reason = "The simulated board ended"
        for answer_number, word, value in self._unpacker.feed(data):
            if word == "unplugged":
                self._reason = value
            elif word == "fatal":
                self._reason = f"The simulated board ended: {value}"
            else:
                self._answers[answer_number] = (word, value)
