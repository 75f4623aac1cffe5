"""A wire on which a board's requests for files are answered as they come, whoever reads it.

So it does not matter whether a call runs, a terminal is open or nobody does anything: all read the link.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from belay.mounting.wire import AGAIN, Asked, Requests, answer_frame

if TYPE_CHECKING:
    from collections.abc import Callable

    from belay_transport.links import Link

__all__ = ["AnsweringLink"]

_WRITE_S = 10.0
"""What a board may take to accept an answer that it asked for."""


class AnsweringLink:
    """Another link, without the requests in what it reads.

    Args:
        link: the wire.
        token: what marks the requests.
        answer: gets a request's payload, and returns the answer's.
        fed: is called when an answer has been sent: the board may not read it to its end.
    """

    def __init__(
        self, link: Link, token: bytes, answer: Callable[[bytes], bytes], fed: Callable[[], None]
    ) -> None:
        self.inner = link
        self._requests = Requests(token)
        self._answer = answer
        self._fed = fed
        self._writing = threading.Lock()  # keys of a terminal come from another thread than answers

    @property
    def description(self) -> str:
        """As the wire has it."""
        return self.inner.description

    @property
    def flow_control(self) -> bool:
        """As the wire has it."""
        return self.inner.flow_control

    @property
    def survives_reset(self) -> bool:
        """As the wire has it."""
        return self.inner.survives_reset

    def __getattr__(self, name: str) -> object:
        """Have whatever else the wire has, such as `simulated`."""
        return getattr(self.inner, name)

    def read(self, timeout_s: float | None) -> bytes:
        """Wait for bytes; b"" also when nothing but requests has come."""
        data = self.inner.read(timeout_s)
        if not data:
            return data
        output = bytearray()
        for piece in self._requests.feed(data):
            if isinstance(piece, Asked):
                frame = AGAIN if piece.payload is None else answer_frame(self._answer(piece.payload))
                self._fed()
                self.write(frame, _WRITE_S)
            else:
                output += piece
        return bytes(output)

    def write(self, data: bytes, timeout_s: float | None) -> None:
        """Send bytes."""
        with self._writing:
            self.inner.write(data, timeout_s)

    def wake(self) -> None:
        """End the read in progress."""
        self.inner.wake()

    def close(self) -> None:
        """Close the wire."""
        self.inner.close()
