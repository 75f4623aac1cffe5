"""Fresh simulated boards behind a path, and a tap that counts what goes over their wire."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import tempfile
import threading
import tty
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from environments import TOP, Environment, clean_variables

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["BoardError", "Count", "Tap", "fresh_board", "port_like"]

_START_TIMEOUT_S = 15.0
_END_TIMEOUT_S = 10.0


class BoardError(Exception):
    """There is no simulated board."""


@contextmanager
def fresh_board(server: Environment, profile: str, *, flash: str = "2m") -> Iterator[str]:
    """Serve a board that nobody has used; give the path of its pty.

    Args:
        server: an environment with our simulated board.
        profile: of its link: `direct`, `usb`, `uart`.
        flash: its size.

    Raises:
        BoardError: it did not start.
    """
    process = subprocess.Popen(
        [str(server.python), str(TOP / "bench/workers/board.py"), profile, flash],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=clean_variables(),
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        ready, _, _ = select.select([process.stdout], [], [], _START_TIMEOUT_S)
        path = process.stdout.readline().strip() if ready else ""
        if not path:
            raise BoardError("the simulated board did not start")
        yield path
    finally:
        process.stdin.close()  # the end of its standard input ends it
        try:
            process.wait(_END_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


@contextmanager
def port_like(path: str) -> Iterator[str]:
    """Give a link to a pty whose name does not say that it is one, so that tools take it for a real port."""
    with tempfile.TemporaryDirectory() as folder:
        link = Path(folder) / "ttyBOARD"
        link.symlink_to(path)
        yield str(link)


class Count(NamedTuple):
    """What has gone over the wire.

    Attributes:
        up: bytes to the board.
        down: bytes from the board.
        turns: how often the direction changed from down to up.
    """

    up: int
    down: int
    turns: int

    def since(self, before: Count) -> Count:
        """Return what has been added since `before`."""
        return Count(self.up - before.up, self.down - before.down, self.turns - before.turns)


class Tap:
    """A pty in front of a board's, which passes everything on and counts it.

    Args:
        path: of the board's pty.

    Attributes:
        path: what a tool connects to instead.
    """

    def __init__(self, path: str) -> None:
        self._board = os.open(path, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(self._board)
        # The near end stays open here, so that a tool may come and go.
        self._master, self._near = pty.openpty()
        tty.setraw(self._near)
        self.path = os.ttyname(self._near)
        self._stop_out, self._stop_in = os.pipe()
        self._lock = threading.Lock()
        self._up = self._down = self._turns = 0
        self._goes_up = False
        self._thread = threading.Thread(target=self._relay, daemon=True)
        self._thread.start()

    def count(self) -> Count:
        """Return what has gone over the wire so far."""
        with self._lock:
            return Count(self._up, self._down, self._turns)

    def close(self) -> None:
        """End it."""
        os.write(self._stop_in, b"\0")
        self._thread.join()
        for descriptor in (self._board, self._master, self._near, self._stop_out, self._stop_in):
            os.close(descriptor)

    def _relay(self) -> None:
        with suppress(OSError):  # the board went away; nobody counts any more
            while True:
                ready, _, _ = select.select([self._board, self._master, self._stop_out], [], [])
                if self._stop_out in ready:
                    return
                for source in ready:
                    self._pass_on(source)

    def _pass_on(self, source: int) -> None:
        data = os.read(source, 65536)
        goes_up = source == self._master
        with self._lock:
            self._turns += goes_up and not self._goes_up
            self._goes_up = goes_up
            if goes_up:
                self._up += len(data)
            else:
                self._down += len(data)
        target = self._board if goes_up else self._master
        while data:
            data = data[os.write(target, data) :]
