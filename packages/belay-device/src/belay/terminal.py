"""A person at the board's prompt: keys go to the board, what it prints comes to the screen, one key ends it.

This room knows keyboards of the host and two directions of bytes; it knows no REPL.
"""

from __future__ import annotations

import os
import sys
import threading
from contextlib import contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, NamedTuple, Protocol

from belay.exceptions import ConnectionLost

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from contextlib import AbstractContextManager

    from belay_transport.links import Link

__all__ = ["EXIT_CHAR", "Console", "Ending", "Keyboard", "open_keyboard", "run_terminal"]

EXIT_CHAR = "\x1d"
"""Ctrl-], as in telnet and miniterm: no program on a board asks for it."""

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


class Ending(NamedTuple):
    """What ended a terminal.

    Attributes:
        char: the character; "" at the end of the keys.
        rest: the keys behind it that have come already.
    """

    char: str
    rest: bytes = b""


def run_terminal(
    link: Link,
    keyboard: Keyboard,
    write: Callable[[bytes], None],
    *,
    endings: Collection[str] = (EXIT_CHAR,),
    typed: bytes = b"",
    is_over: Callable[[], bool] = lambda: False,
) -> Ending:
    """Pass keys to the board and its output on, until a key that ends it, or the end of the keys or the link.

    Args:
        link: to the board; nobody else uses it.
        keyboard: gives the keys.
        write: gets what the board prints, in a thread of its own.
        endings: the characters that end it; keys in front of them are sent.
        typed: keys that came before, such as the rest of the `Ending` before.
        is_over: ends it as well, when the keyboard is woken.

    Returns:
        What ended it.

    Raises:
        ConnectionLost: the link broke.
    """
    screen = _Screen(link, keyboard, write)
    screen.start()
    try:
        ending = _pass_keys(link, keyboard, screen, endings, typed=typed, is_over=is_over)
    finally:
        screen.end()
    if screen.failure is not None:
        raise screen.failure
    return ending


def _pass_keys(
    link: Link,
    keyboard: Keyboard,
    screen: _Screen,
    endings: Collection[str],
    *,
    typed: bytes,
    is_over: Callable[[], bool],
) -> Ending:
    """Send keys until one of them ends it, or something else does."""
    stops = {char.encode(): char for char in endings}
    keys: bytes | None = typed
    while not (screen.failure or is_over()):
        if keys:
            places = [place for stop in stops if (place := keys.find(stop)) >= 0]
            before = keys[: min(places, default=len(keys))]
            if before:
                link.write(before, None)
            for stop, char in stops.items():
                if keys.startswith(stop, len(before)):
                    return Ending(char, keys[len(before) + len(stop) :])
        keys = keyboard.read()
        if keys == b"":
            break
    return Ending("")


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
