"""A person at the board's prompt: keys go to the board, what it prints comes to the screen, one key ends it.

This room knows two directions of bytes; it knows no REPL.
Keys are read whatever the board does: one that takes none must not keep anybody from leaving.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from belay.exceptions import ConnectionLost

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from belay.keyboards import Keyboard
    from belay_transport.links import Link

__all__ = ["EXIT_CHAR", "Ending", "run_terminal"]

EXIT_CHAR = "\x1d"
"""Ctrl-], as in telnet and miniterm: no program on a board asks for it."""

INTERRUPT = b"\x03"
"""Ctrl-C, for which what was typed before and is not sent yet makes room, as on any terminal."""

_PIECE_BYTES = 256
"""What is sent at once: the shortest buffer of a board, behind which Ctrl-C has to wait."""

_WAITING_BYTES = 1 << 20
"""Most keys that wait for the board: 90 s of a UART at 115 200 baud. The bell rings for what is too much."""

_LEAVING_S = 1.0
"""How long whoever leaves waits for the board to take the keys in front; a line takes a hundredth of it."""

_STUCK_S = 0.5
"""How long the last piece may take then; on the slowest wire it takes a twentieth of it."""

_BELL = b"\a"


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
    first: bytes = b"",
    is_over: Callable[[], bool] = lambda: False,
) -> Ending:
    """Pass keys to the board and its output on, until a key that ends it, or the end of the keys or the link.

    Whoever leaves a board that takes no keys leaves those behind that it has not taken. If it is stuck in the
    middle of some, the link is closed: nothing could be said to that board any more.

    Args:
        link: to the board; nobody else uses it.
        keyboard: gives the keys.
        write: gets what the board prints, in a thread of its own.
        endings: the characters that end it; keys in front of them are sent.
        typed: keys that came before, such as the rest of the `Ending` before.
        first: sent before all keys, whatever is in it.
        is_over: ends it as well, when the keyboard is woken.

    Returns:
        What ended it.

    Raises:
        ConnectionLost: the link broke.
    """
    screen = _Screen(link, keyboard, write)
    sender = _Sender(link, keyboard, first)
    screen.start()
    sender.start()
    try:
        ending = _pass_keys(keyboard, screen, sender, endings, typed=typed, is_over=is_over)
    finally:
        screen.end()
        sender.end()
    failure = screen.failure or sender.failure
    if failure is not None:
        raise failure
    return ending


def _pass_keys(
    keyboard: Keyboard,
    screen: _Screen,
    sender: _Sender,
    endings: Collection[str],
    *,
    typed: bytes,
    is_over: Callable[[], bool],
) -> Ending:
    """Send keys until one of them ends it, or something else does."""
    stops = {char.encode(): char for char in endings}
    keys: bytes | None = typed
    while not (screen.failure or sender.failure or is_over()):
        if keys:
            places = [place for stop in stops if (place := keys.find(stop)) >= 0]
            before = keys[: min(places, default=len(keys))]
            if not sender.put(before):
                screen.show(_BELL)
            for stop, char in stops.items():
                if keys.startswith(stop, len(before)):
                    sender.finish(_LEAVING_S)
                    return Ending(char, keys[len(before) + len(stop) :])
        keys = keyboard.read()
        if keys == b"":
            sender.finish(None)  # a pipe: nobody is there who would want to leave
            break
    return Ending("")


class _Sender(threading.Thread):
    """Sends keys to the board, as it takes them."""

    def __init__(self, link: Link, keyboard: Keyboard, first: bytes) -> None:
        super().__init__(name="belay terminal keys", daemon=True)
        self.failure: Exception | None = None
        self._link = link
        self._keyboard = keyboard
        self._changed = threading.Condition()
        self._waiting = bytearray(first)
        self._is_sending = False
        self._ended = False

    def run(self) -> None:
        try:
            while piece := self._next():
                self._link.write(piece, None)
        except Exception as error:  # noqa: BLE001 - whatever it is, the thread that waits for keys must hear of it
            if not self._ended:
                self.failure = error
                self._keyboard.wake()
        with self._changed:
            self._is_sending = False
            self._changed.notify_all()

    def _next(self) -> bytes:
        """Return the next keys to send; none at the end."""
        with self._changed:
            self._is_sending = False
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._waiting or self._ended)
            if self._ended:
                return b""
            piece = bytes(self._waiting[:_PIECE_BYTES])
            del self._waiting[:_PIECE_BYTES]
            self._is_sending = True
            return piece

    def put(self, keys: bytes) -> bool:
        """Have keys sent; return whether there was room for them."""
        with self._changed:
            if INTERRUPT in keys:
                self._waiting.clear()
            has_room = len(self._waiting) + len(keys) <= _WAITING_BYTES
            if has_room:
                self._waiting += keys
                self._changed.notify_all()
            return has_room

    def finish(self, patience_s: float | None) -> None:
        """Wait until the board has taken all keys; at most so long, None for ever."""
        with self._changed:
            self._changed.wait_for(
                lambda: not (self._waiting or self._is_sending) or self.failure is not None, patience_s
            )

    def end(self) -> None:
        """Stop sending."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()
        self.join(_STUCK_S)
        if self.is_alive():
            self._link.close()
            self.join(_STUCK_S)


class _Screen(threading.Thread):
    """Passes on what the board prints."""

    def __init__(self, link: Link, keyboard: Keyboard, write: Callable[[bytes], None]) -> None:
        super().__init__(name="belay terminal", daemon=True)
        self.failure: Exception | None = None
        self._link = link
        self._keyboard = keyboard
        self._write = write
        self._writing = threading.Lock()
        self._ended = False

    def show(self, data: bytes) -> None:
        """Show something; what the board prints is shown by the thread itself."""
        with self._writing:
            self._write(data)

    def run(self) -> None:
        try:
            while not self._ended:
                data = self._link.read(None)
                if data:
                    self.show(data)
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
