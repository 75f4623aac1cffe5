"""A simulated board behind the path of a pty, so that any tool can connect to it as to a serial port.

Knows a context; the relay that moves the bytes is in the launcher.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay_transport.sim.board import Board
from belay_transport.sim.options import SimOptions
from belay_transport.sim.starting import start

if TYPE_CHECKING:
    from belay_transport.simulated import FenceReport, SimulatedBoard

__all__ = ["ServedBoard", "fence_report", "serve_pty"]


class ServedBoard:
    """A simulated board that runs behind a pty until it is closed; clients may come and go.

    Attributes:
        path: of the pty, what other tools take for a port: `/dev/pts/7`.
        simulated: its outside: pins, inputs, timeline, restart.
    """

    def __init__(self, options: SimOptions) -> None:
        started = start(options, with_terminal=True)
        self._launcher = started.launcher
        self._page = started.page
        self._board = Board(self._launcher, heap_bytes=options.heap_bytes, page=started.page)
        self.simulated: SimulatedBoard = self._board
        try:
            self.path = str(self._launcher.ask("path"))
        except BaseException:
            self._launcher.end()
            raise

    def fence(self) -> FenceReport:
        """Return which fences stand around this board."""
        return self._board.fence()

    def close(self) -> None:
        """End the board; closing twice is no error."""
        self._launcher.end()
        self._page.close()

    def __enter__(self) -> ServedBoard:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def serve_pty(options: SimOptions | None = None) -> ServedBoard:
    """Keep a simulated board running behind the path of a pty.

    Use it as a context: `with serve_pty() as board: print(board.path)`.

    Args:
        options: what it is like; None for the defaults.

    Raises:
        AddressError, ConnectionFailedError: it cannot be.
    """
    return ServedBoard(options or SimOptions())


def fence_report() -> FenceReport:
    """Start a simulated board, and report which fences around it hold on this system.

    Raises:
        ConnectionFailedError: there is no simulated board here.
    """
    with serve_pty() as board:
        return board.fence()
