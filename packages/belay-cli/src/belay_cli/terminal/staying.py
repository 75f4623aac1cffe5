"""A terminal that stays when its board goes away: it waits until the board is back, and goes on.

Knows when waiting makes sense and how it is ended. How the board is found again is for `belay.reconnecting`.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from belay.exceptions import (
    ConnectionFailedError,
    ConnectionLost,
    DeviceNotFoundError,
    InsufficientSpecifierError,
)
from belay_transport.address import SerialAddress, TelnetAddress, UsbAddress, WebReplAddress, parse_address

from .prompt import be_at_prompt, show_prompt

if TYPE_CHECKING:
    from collections.abc import Callable

    from belay.keyboards import Console
    from belay.reconnecting import Connector
    from belay_transport.links import Link

    from .prompt import Keys

__all__ = ["LOOK_S", "NOT_THERE_YET", "can_come_back", "stay_at_prompt"]

LOOK_S = 0.2
"""Between two looks for a board: soon enough for a person, and no load."""

NOT_THERE_YET = (ConnectionFailedError, DeviceNotFoundError, InsufficientSpecifierError)


def can_come_back(address: object) -> bool:
    """Tell whether a board at this address goes away and comes back by itself.

    A program and a simulated board would be started anew.
    """
    kinds = (SerialAddress, TelnetAddress, UsbAddress, WebReplAddress)
    return address is None or isinstance(parse_address(address), kinds)


def stay_at_prompt(
    link: Link,
    connector: Connector,
    keyboard: Console,
    write: Callable[[bytes], None],
    *,
    keys: Keys,
    tell: Callable[[str], None],
) -> None:
    """Have a person talk to a board until they leave; while the board is gone, wait for it.

    Args:
        link: to the board; it is closed at the end.
        connector: opened the link, and opens the next one.
        keyboard: as for `be_at_prompt`, like all that follow.
        write: gets what the board prints.
        keys: what keys do besides.
        tell: shows a sentence.

    Raises:
        BelayException: the board does not take a script, or cannot be opened any more for another reason than
            that it is not there.
    """
    here: Link | None = link
    while here is not None:
        try:
            connector.remember()
            show_prompt(here)
            be_at_prompt(here, keyboard, write, keys=keys, tell=tell)
        except ConnectionLost as error:
            tell(f"\n{error}; waiting until it is back")
        else:
            return
        finally:
            here.close()
        here = _wait(connector, keyboard, keys)
        if here is not None:
            tell(f"Back at {here.description}")


def _wait(connector: Connector, keyboard: Console, keys: Keys) -> Link | None:
    """Look for the board until it is there; None when the person leaves first."""
    search = _Search(connector, keyboard)
    search.start()
    try:
        while not search.found.is_set():
            pressed = keyboard.read()
            if pressed == b"" or any(char.encode() in pressed for char in keys.exits if pressed):
                break
    finally:
        link = search.end()
    if search.failure is not None:
        raise search.failure
    return link


class _Search(threading.Thread):
    """Tries to open the link, again and again."""

    def __init__(self, connector: Connector, keyboard: Console) -> None:
        super().__init__(name="belay terminal search", daemon=True)
        self.found = threading.Event()
        self.failure: Exception | None = None
        self._link: Link | None = None
        self._connector = connector
        self._keyboard = keyboard
        self._ended = threading.Event()

    def run(self) -> None:
        while not self._ended.wait(LOOK_S):
            try:
                self._link = self._connector.open()
            except NOT_THERE_YET:
                continue
            except Exception as error:  # noqa: BLE001 - the thread that waits for keys must hear of it
                self.failure = error
            self.found.set()
            self._keyboard.wake()
            return

    def end(self) -> Link | None:
        """Stop looking; return the link if it was found in time, and close it if it came too late."""
        wanted = self.found.is_set()
        self._ended.set()
        self.join()
        if wanted or self._link is None:
            return self._link
        self._link.close()
        return None
