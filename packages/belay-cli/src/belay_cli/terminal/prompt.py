"""A terminal over an open link: keys to the board, its output to the screen, some keys for us.

Knows what each of our keys does. How a link is opened, and what comes when it breaks, is not for this room.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from belay.terminal import EXIT_CHAR, run_terminal
from belay_pm.command_line.errors import CommandError

from .injecting import read_script, run_script, typed_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from belay.keyboards import Console
    from belay_transport.links import Link

__all__ = ["INJECT_CODE", "INJECT_FILE", "Keys", "be_at_prompt", "show_prompt"]

INJECT_CODE = "\n"
"""Ctrl-J."""

INJECT_FILE = "\x0b"
"""Ctrl-K."""


class Keys(NamedTuple):
    """What keys do besides going to the board.

    Attributes:
        exits: the characters that leave.
        code: what Ctrl-J types; None leaves the key to the board.
        file: the script that Ctrl-K runs, read anew each time; None leaves the key to the board.
        announces_file: whether that is told each time.
    """

    exits: tuple[str, ...] = (EXIT_CHAR,)
    code: str | None = None
    file: str | None = None
    announces_file: bool = False

    @property
    def endings(self) -> tuple[str, ...]:
        """All that are not for the board."""
        own = ((INJECT_CODE, self.code), (INJECT_FILE, self.file))
        return self.exits + tuple(char for char, does in own if does is not None)


def show_prompt(link: Link) -> None:
    """Make a board at its prompt say so, and leave the raw prompt if another program left it there.

    A simulated board that starts with the link says so by itself. For a program that runs it is a key.

    Raises:
        ConnectionLost: the link broke.
    """
    if getattr(link, "simulated", None) is None:
        link.write(b"\r\x02", None)


def be_at_prompt(
    link: Link,
    keyboard: Console,
    write: Callable[[bytes], None],
    *,
    keys: Keys,
    tell: Callable[[str], None],
    is_over: Callable[[], bool] = lambda: False,
) -> None:
    """Have a person talk to a board until they leave, or there are no more keys.

    Args:
        link: to the board, at whatever it does; nobody else uses it.
        keyboard: gives the keys.
        write: gets what the board prints.
        keys: what keys do besides.
        tell: shows a sentence, for what is no reason to end.
        is_over: ends it as well, when the keyboard is woken.

    Raises:
        ConnectionLost: the link broke.
        BelayException: the board does not take a script.
    """
    first = typed = b""
    while True:
        ending = run_terminal(
            link, keyboard, write, endings=keys.endings, typed=typed, first=first, is_over=is_over
        )
        first, typed = b"", ending.rest
        if ending.char == INJECT_CODE and keys.code is not None:
            first = typed_text(keys.code)
        elif ending.char == INJECT_FILE and keys.file is not None:
            if keys.announces_file:
                tell(f"Injecting {keys.file}")
            _inject(keys.file, link, keyboard, write, tell)
        else:
            return


def _inject(
    path: str,
    link: Link,
    keyboard: Console,
    write: Callable[[bytes], None],
    tell: Callable[[str], None],
) -> None:
    """Run a file as it is now; one that is not there is no reason to end."""
    try:
        script = read_script(path)
    except CommandError as error:
        tell(f"\n{error}")
        return
    with keyboard.signals():
        run_script(link, script, write)
