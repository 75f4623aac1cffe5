"""A console on a simulated board: types, and reads what the board prints."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest

from belay_transport.errors import ConnectionLost
from belay_transport.sim import SimOptions, open_sim

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from belay_transport.sim import SimLink

PATIENCE_S = 15.0
"""Nothing takes that long; a test that waits for what never comes says what did come."""


class Console:
    """A board that is spoken to by hand."""

    def __init__(self, link: SimLink) -> None:
        """Take over an open link."""
        self.link = link
        self.simulated = link.simulated
        self._unread = b""

    def type(self, text: str | bytes) -> None:
        """Send text to the board."""
        self.link.write(text.encode() if isinstance(text, str) else text, PATIENCE_S)

    def read_until(self, mark: str | bytes) -> bytes:
        """Return what the board prints up to and with `mark`."""
        wanted = mark.encode() if isinstance(mark, str) else mark
        until_s = time.monotonic() + PATIENCE_S
        while wanted not in self._unread:
            data = self.link.read(max(0.0, until_s - time.monotonic()))
            assert data, f"{wanted!r} did not come; this did: {self._unread!r}"
            self._unread += data
        end = self._unread.index(wanted) + len(wanted)
        seen, self._unread = self._unread[:end], self._unread[end:]
        return seen

    def enter_raw(self) -> None:
        """Wait for the friendly prompt, and change to the raw one."""
        self.read_until(">>> ")
        self.type("\x01")
        self.read_until("raw REPL; CTRL-B to exit\r\n>")

    def start(self, code: str) -> None:
        """Start code at the raw prompt, and return once it runs."""
        self.type(code + "\x04")
        self.read_until("OK")

    def finish(self) -> tuple[str, str]:
        """Wait for the end of the running code; return what it printed, and its traceback."""
        output = self.read_until("\x04")[:-1].decode()
        error = self.read_until("\x04>")[:-2].decode()
        return output.replace("\r\n", "\n"), error.replace("\r\n", "\n")

    def run(self, code: str) -> str:
        """Run code at the raw prompt and return what it printed; it must not fail."""
        self.start(code)
        output, error = self.finish()
        assert not error, error
        return output

    def fail(self, code: str) -> str:
        """Run code that fails, and return its last line: the error."""
        self.start(code)
        _, error = self.finish()
        assert error, "the code did not fail"
        return error.strip().split("\n")[-1]

    def lose(self, text: str) -> str:
        """Send text to a board whose link breaks over it; return what the error says."""
        with pytest.raises(ConnectionLost) as caught:
            self._read_to_the_end(text)
        return str(caught.value)

    def _read_to_the_end(self, text: str) -> None:
        self.type(text)
        while self.link.read(PATIENCE_S):
            pass

    def put(self, path: str, text: str) -> None:
        """Write a file on the board."""
        self.run(f"with open({path!r}, 'w') as f:\n f.write({text!r})")


@pytest.fixture
def open_board() -> Iterator[Callable[..., Console]]:
    """Give a function that opens a board, with the words of an address; all are closed at the end."""
    links: list[SimLink] = []

    def open_one(query: str = "", name: str | None = None) -> Console:
        pairs = re.findall(r"([^&=]+)=([^&]*)", query)
        links.append(open_sim(SimOptions.from_query(name, pairs)))
        return Console(links[-1])

    yield open_one
    for link in links:
        link.close()


@pytest.fixture
def board(open_board: Callable[..., Console]) -> Console:
    """Give a fresh board at its raw prompt."""
    console = open_board()
    console.enter_raw()
    return console
