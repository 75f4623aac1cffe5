"""`exec:COMMAND`: a board behind a program's stdin and stdout.

Knows pipes; `program` starts, watches and ends the program, `descriptors` or `threads` moves the bytes.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from belay_transport.links.descriptors import DescriptorWire
from belay_transport.links.program import Program
from belay_transport.links.threads import ThreadedWire

if TYPE_CHECKING:
    from collections.abc import Sequence

    from belay_transport.errors import ConnectionLost

__all__ = ["ProcessLink"]

_READ_BYTES = 65536
"""Most that one read takes: what a pipe holds on Linux."""


class ProcessLink:
    """A link to the REPL that a program offers on its stdin and stdout; see `Link`.

    The program's stderr goes line by line to the logger "belay.process".

    Args:
        command: the program and its arguments; looked up on PATH.

    Raises:
        ConnectionFailedError: the program cannot be started.
    """

    flow_control = True  # a pipe that is full holds the writer back
    survives_reset = False  # a program that imitates a board ends there; a new one is fresh

    def __init__(self, command: Sequence[str]) -> None:
        self._program = Program(command, reads_stdout=True)
        self.description = self._program.name
        self._wire = self._make_wire()

    def read(self, timeout_s: float | None) -> bytes:
        """Return what the program has printed; see `Link.read`."""
        return self._wire.read(timeout_s)

    def write(self, data: bytes, timeout_s: float | None) -> None:
        """Send `data` to the program's stdin; see `Link.write`."""
        self._wire.write(data, timeout_s)

    def wake(self) -> None:
        """Make the read in progress, or else the next one, return b"" at once."""
        self._wire.wake()

    def close(self) -> None:
        """Close the program's stdin; a program that does not leave is terminated, then killed."""
        self._wire.close()

    def _make_wire(self) -> DescriptorWire | ThreadedWire:
        return self._wire_descriptors() if os.name == "posix" else self._wire_threads()

    def _wire_descriptors(self) -> DescriptorWire:
        return DescriptorWire(
            self._program.stdout.fileno(),
            self._program.stdin.fileno(),
            description=self.description,
            lost=self._lost,
            release=self._program.end,
        )

    def _wire_threads(self) -> ThreadedWire:
        return ThreadedWire(
            self._receive,
            self._transmit,
            description=self.description,
            lost=self._lost,
            stop=self._program.end_process,
            release=self._program.end,
        )

    def _receive(self) -> bytes:
        data = os.read(self._program.stdout.fileno(), _READ_BYTES)
        if not data:
            raise EOFError
        return data

    def _transmit(self, data: bytes) -> None:
        while data:
            data = data[os.write(self._program.stdin.fileno(), data) :]

    def _lost(self, attempt: str, error: Exception | None) -> ConnectionLost:
        return self._program.lost(attempt, error or "it closed its stdout")
