"""One running interpreter process, as its parent sees it: interrupt it, poke it, end it.

Knows processes and signals; must not know what a board is.
"""

from __future__ import annotations

import ctypes
import os
import sys

__all__ = ["Ending", "Interpreter", "Signals"]

_SIGINT_NUMBER = 2
_SYS_TGKILL = 234 if sys.platform == "linux" and os.uname().machine == "x86_64" else None
# Source: arch/x86/entry/syscalls/syscall_64.tbl. glibc has no name for it before 2.30.
_LIBC = ctypes.CDLL(None)


class Signals:
    """The numbers of the signals in use here; loading `signal` would cost a third of a start."""

    def __init__(self, numbers: dict[str, int]) -> None:
        self.stop = numbers["SIGSTOP"]
        self.go_on = numbers["SIGCONT"]
        self.kill = numbers["SIGKILL"]
        self.interrupt = numbers["SIGUSR2"]
        """Its handler is the interpreter's own "keyboard interrupt": harmless when it comes twice, where
        a second SIGINT ends the unix port."""
        self.poke = numbers["SIGURG"]
        """Its handler does nothing: a blocked read returns, and what is scheduled runs before the next."""


class Ending:
    """How an interpreter ended.

    Attributes:
        is_soft_reset: it left by itself, for a soft reset.
        is_raw: its REPL was in raw mode then.
        text: the same in words, for messages.
    """

    RAW_CODE = 65
    FRIENDLY_CODE = 66

    def __init__(self, status: int) -> None:
        code = os.waitstatus_to_exitcode(status)
        self.is_soft_reset = code in (self.RAW_CODE, self.FRIENDLY_CODE)
        self.is_raw = code == self.RAW_CODE
        self.text = f"ended with code {code}" if code >= 0 else f"was ended by signal {-code}"


class Interpreter:
    """A running interpreter: a child of this process.

    Attributes:
        requests: descriptor, what the board's side asks and tells.
        replies: descriptor, answers to it.
        events: descriptor, what happens to the board by itself.
    """

    def __init__(self, pid: int, requests: int, replies: int, events: int, *, signals: Signals) -> None:
        self.requests = requests
        self.replies = replies
        self.events = events
        self._pid = pid
        self._signals = signals
        self._status: int | None = None
        self._is_open = True
        for descriptor in (requests, replies, events):
            # A program on the board that does not read must not stop the launcher.
            os.set_blocking(descriptor, False)

    def interrupt(self) -> bool:
        """Raise KeyboardInterrupt if a program runs that wants Ctrl-C; say whether.

        The interpreter handles SIGINT while a program runs, unless `micropython.kbd_intr(-1)` was called,
        and does not at its prompt. It stands still while that is looked up, so the answer is true still
        when the signal comes.
        """
        if not self._handles_sigint() or not self._stop():
            return False
        is_wanted = self._handles_sigint()
        if is_wanted:
            self._signal_main_thread(self._signals.interrupt)
        os.kill(self._pid, self._signals.go_on)
        return is_wanted

    def poke(self) -> None:
        """Let what is scheduled run even while the interpreter waits for input."""
        if self._status is None:
            self._signal_main_thread(self._signals.poke)

    def is_waiting(self) -> bool:
        """Say whether its main thread sleeps or waits; where that cannot be seen, say that it does."""
        if self._status is not None or not sys.platform.startswith("linux"):
            return True
        with open(f"/proc/{self._pid}/stat", "rb") as stat:  # noqa: PTH123 - `pathlib` loads slowly
            # The state stands behind the name, which is in brackets and may hold anything.
            return stat.read().rpartition(b") ")[2][:1] == b"S"

    def tell(self, descriptor: int, line: bytes) -> bool:
        """Write a line to the board's side; say whether it took it."""
        if not self._is_open:
            return False
        try:
            return os.write(descriptor, line) == len(line)
        except (BlockingIOError, BrokenPipeError):
            return False

    def end(self) -> Ending:
        """Make sure that it has ended, and say how."""
        if self._status is None:
            os.kill(self._pid, self._signals.kill)
        return self.wait()

    def wait(self) -> Ending:
        """Wait until it has ended by itself, and say how."""
        if self._status is None:
            _, self._status = os.waitpid(self._pid, 0)
        if self._is_open:
            self._is_open = False
            for descriptor in (self.requests, self.replies, self.events):
                os.close(descriptor)
        return Ending(self._status)

    def _signal_main_thread(self, number: int) -> None:
        """Send a signal to the thread that runs the program, whose wait it is to end.

        Of a process that stands still, any thread may take a signal that is sent to the process.
        """
        if _SYS_TGKILL is None:
            os.kill(self._pid, number)
        else:
            _LIBC.syscall(_SYS_TGKILL, self._pid, self._pid, number)

    def _stop(self) -> bool:
        if self._status is not None:
            return False
        os.kill(self._pid, self._signals.stop)
        _, status = os.waitpid(self._pid, os.WUNTRACED)
        if os.WIFSTOPPED(status):
            return True
        self._status = status  # it ended in that moment; the closed pipe says so to who waits
        return False

    def _handles_sigint(self) -> bool:
        """Say whether a handler for SIGINT is set: bit 1 of the set of caught signals."""
        if sys.platform.startswith("linux"):
            with open(f"/proc/{self._pid}/status", "rb") as status:  # noqa: PTH123 - `pathlib` loads slowly
                _, _, rest = status.read().partition(b"\nSigCgt:")
        else:
            # macOS has no /proc; `ps` names the same set. Not tried on a real Mac so far.
            with os.popen(f"ps -o sigcatch= -p {self._pid}") as answer:  # noqa: S605 - a fixed command, a number
                rest = answer.read().encode()
        words = rest.split()
        return bool(words) and bool(int(words[0], 16) >> (_SIGINT_NUMBER - 1) & 1)
