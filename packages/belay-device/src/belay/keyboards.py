"""Keyboards of the host: the keys of a terminal, one by one, and what they are on Windows.

Knows terminals of POSIX and consoles of Windows; what becomes of the keys is for others.
"""

from __future__ import annotations

import os
import sys
import threading
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

__all__ = ["WINDOWS_KEYS", "Console", "Keyboard", "open_keyboard"]

_READ_BYTES = 4096


class Keyboard(Protocol):
    """Where keys come from."""

    def read(self) -> bytes | None:
        """Wait for keys; b"" at their end, None when `wake` was called."""
        ...

    def wake(self) -> None:
        """End the wait, from another thread."""
        ...


class Console(Keyboard, Protocol):
    """The keyboard of this process's terminal."""

    def signals(self) -> AbstractContextManager[None]:
        """Have Ctrl-C interrupt this process in the block; all other keys wait as they are."""
        ...


@contextmanager
def open_keyboard() -> Iterator[Console]:
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

    def read(self) -> bytes | None:
        import select  # noqa: PLC0415 - with the terminal only

        ready, _, _ = select.select([self._descriptor, self._bell], [], [])
        if self._bell in ready:
            os.read(self._bell, _READ_BYTES)  # the next wait is a new one
            return None
        return os.read(self._descriptor, _READ_BYTES)

    def wake(self) -> None:
        os.write(self._rope, b"!")

    @contextmanager
    def signals(self) -> Iterator[None]:
        import termios  # noqa: PLC0415 - POSIX only

        if not os.isatty(self._descriptor):
            yield
            return
        before = termios.tcgetattr(self._descriptor)
        with_signals = termios.tcgetattr(self._descriptor)
        with_signals[3] |= termios.ISIG
        termios.tcsetattr(self._descriptor, termios.TCSADRAIN, with_signals)
        try:
            yield
        finally:
            termios.tcsetattr(self._descriptor, termios.TCSADRAIN, before)


WINDOWS_KEYS = {
    "H": "\x1b[A",  # up
    "P": "\x1b[B",  # down
    "M": "\x1b[C",  # right
    "K": "\x1b[D",  # left
    "G": "\x1b[H",  # home
    "O": "\x1b[F",  # end
    "S": "\x1b[3~",  # delete
}
"""What a Windows console says behind its mark for a special key -> what a terminal sends for that key.

Source: Microsoft's table of keyboard scan codes; ECMA-48 cursor keys as xterm has them.
"""


class _WindowsKeyboard:
    """Keys from a Windows console."""

    _STEP_S = 0.02  # a console cannot be waited for together with anything else
    _MARKS = "\x00\xe0"  # in front of what a special key says

    def __init__(self) -> None:
        self._woken = threading.Event()

    def read(self) -> bytes | None:
        import msvcrt  # noqa: PLC0415 - Windows only

        while not msvcrt.kbhit():  # type: ignore[attr-defined] # Windows only
            if self._woken.wait(self._STEP_S):
                self._woken.clear()
                return None
        character: str = msvcrt.getwch()  # type: ignore[attr-defined] # Windows only
        if character in self._MARKS:
            code: str = msvcrt.getwch()  # type: ignore[attr-defined] # Windows only
            character = WINDOWS_KEYS.get(code, "")
        elif "\ud800" <= character <= "\udbff":  # a console gives UTF-16, and such a character in two halves
            character += msvcrt.getwch()  # type: ignore[attr-defined] # Windows only
        # A key that no terminal has is none: nothing came, and that is no end.
        text = character.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
        return text.encode() or None

    def wake(self) -> None:
        self._woken.set()

    def signals(self) -> AbstractContextManager[None]:
        return nullcontext()  # a console that nobody waits at makes an interrupt of Ctrl-C
