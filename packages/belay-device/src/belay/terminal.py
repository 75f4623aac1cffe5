"""A person at the board's prompt: keys go to the board, what it prints comes to the screen, one key ends it.

This room knows keyboards of the host and two directions of bytes; it knows no REPL.
"""

from __future__ import annotations

import os
import sys
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Protocol

from belay.exceptions import ConnectionLost

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from belay_transport.links import Link

__all__ = ["EXIT_CHAR", "Keyboard", "open_keyboard", "run_terminal"]

EXIT_CHAR = "\x1d"
"""Ctrl-], as in telnet and miniterm: no program on a board asks for it."""

_READ_BYTES = 4096


class Keyboard(Protocol):
    """Where keys come from."""

    def read(self) -> bytes:
        """Wait for keys; b"" at the end, or when `wake` was called."""
        ...

    def wake(self) -> None:
        """End the wait, from another thread."""
        ...


def run_terminal(
    link: Link, keyboard: Keyboard, write: Callable[[bytes], None], *, exit_char: str = EXIT_CHAR
) -> None:
    """Pass keys to the board and its output on, until the exit key, the end of the keys, or of the link.

    Args:
        link: to the board; nobody else uses it.
        keyboard: gives the keys.
        write: gets what the board prints, in a thread of its own.
        exit_char: the character that ends it; keys in front of it are sent.

    Raises:
        ConnectionLost: the link broke.
    """
    stop = exit_char.encode()
    screen = _Screen(link, keyboard, write)
    screen.start()
    try:
        while not screen.failure and (keys := keyboard.read()):
            before, found, _ = keys.partition(stop)
            if before:
                link.write(before, None)
            if found:
                break
    finally:
        screen.end()
    if screen.failure is not None:
        raise screen.failure


class _Screen(threading.Thread):
    """Passes on what the board prints."""

    def __init__(self, link: Link, keyboard: Keyboard, write: Callable[[bytes], None]) -> None:
        super().__init__(name="belay terminal", daemon=True)
        self.failure: Exception | None = None
        self._link = link
        self._keyboard = keyboard
        self._write = write
        self._ended = False

    def run(self) -> None:
        try:
            while not self._ended:
                data = self._link.read(None)
                if data:
                    self._write(data)
        except Exception as error:  # noqa: BLE001 - whatever it is, the thread that waits for keys must hear of it
            self.failure = error
            self._keyboard.wake()

    def end(self) -> None:
        """Stop reading. What has come by now is still written."""
        self._ended = True
        self._link.wake()
        self.join()
        if self.failure is None:
            with suppress(ConnectionLost):
                while data := self._link.read(0):
                    self._write(data)


@contextmanager
def open_keyboard() -> Iterator[Keyboard]:
    """Give the keys of this process's terminal one by one, Ctrl-C among them, and restore it at the end."""
    if os.name == "nt":
        yield _WindowsKeyboard()
        return
    descriptor = sys.stdin.fileno()
    bell, rope = os.pipe()
    try:
        with _raw(descriptor):
            yield _PosixKeyboard(descriptor, bell, rope)
    finally:
        os.close(bell)
        os.close(rope)


@contextmanager
def _raw(descriptor: int) -> Iterator[None]:
    """Have a terminal give keys as they are typed; what is printed is treated as ever."""
    import termios  # noqa: PLC0415 - POSIX only

    if not os.isatty(descriptor):
        yield
        return
    before = termios.tcgetattr(descriptor)
    raw = termios.tcgetattr(descriptor)
    raw[0] &= ~(termios.ICRNL | termios.INLCR | termios.IXON)
    raw[3] &= ~(termios.ICANON | termios.ECHO | termios.ISIG | termios.IEXTEN)
    raw[6][termios.VMIN] = 1
    raw[6][termios.VTIME] = 0
    termios.tcsetattr(descriptor, termios.TCSADRAIN, raw)
    try:
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


class _PosixKeyboard:
    """Keys from a descriptor."""

    def __init__(self, descriptor: int, bell: int, rope: int) -> None:
        self._descriptor = descriptor
        self._bell = bell
        self._rope = rope

    def read(self) -> bytes:
        import select  # noqa: PLC0415 - with the terminal only

        ready, _, _ = select.select([self._descriptor, self._bell], [], [])
        return b"" if self._bell in ready else os.read(self._descriptor, _READ_BYTES)

    def wake(self) -> None:
        os.write(self._rope, b"!")


class _WindowsKeyboard:
    """Keys from a Windows console."""

    _STEP_S = 0.02  # a console cannot be waited for together with anything else

    def __init__(self) -> None:
        self._woken = threading.Event()

    def read(self) -> bytes:
        import msvcrt  # noqa: PLC0415 - Windows only

        while not msvcrt.kbhit():  # type: ignore[attr-defined] # Windows only
            if self._woken.wait(self._STEP_S):
                return b""
        character: str = msvcrt.getwch()  # type: ignore[attr-defined] # Windows only
        return character.encode()

    def wake(self) -> None:
        self._woken.set()
