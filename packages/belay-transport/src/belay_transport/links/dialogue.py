"""Logging in: wait for what the far end says, whatever its pieces. Knows bytes, and a way to get more."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Dialogue"]

_KEPT_BYTES = 4096
"""Most that is kept of what comes before the word that is waited for: a long banner has 500 bytes."""


class Dialogue:
    """What the far end of a connection says until it lets us in.

    Args:
        receive: waits for the next bytes, maybe none; raises when no more come.

    Attributes:
        heard: what has come behind the last word that was waited for.
        awaited: what is waited for, for messages: "the prompt for the password".
    """

    def __init__(self, receive: Callable[[], bytes]) -> None:
        self._receive = receive
        self.heard = b""
        self.awaited = "an answer"

    def wait_for(self, *words: bytes, awaited: str) -> bytes:
        """Wait until one of some words has come, and return it.

        Args:
            words: the words; of several that have come, the first in what was said.
            awaited: what they are, for messages.
        """
        self.awaited = awaited
        while True:
            places = [(place, word) for word in words if (place := self.heard.find(word)) >= 0]
            if places:
                place, word = min(places)
                self.heard = self.heard[place + len(word) :]
                return word
            self.add(self._receive())

    def add(self, data: bytes) -> None:
        """Take what has come beside the waiting."""
        self.heard = self.heard[-_KEPT_BYTES:] + data
