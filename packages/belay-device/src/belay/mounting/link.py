"""A wire on which a board's requests for files are answered as they come, whoever reads it.

So it does not matter whether a call runs, a terminal is open or nobody does anything: all read the link.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING

from belay.mounting.leftovers import STOP, Leftovers
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
        self._leftovers = Leftovers()
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
        pieces = deque(self._requests.feed(data))
        while pieces:
            piece = pieces.popleft()
            if isinstance(piece, Asked):
                frame = AGAIN if piece.payload is None else answer_frame(self._answer(piece.payload))
                pieces.extend(self._meanwhile(piece))
                self._fed()
                self._leftovers.answered(len(frame))
                self._send(frame, _WRITE_S)
            else:
                shown, must_stop = self._leftovers.printed(piece)
                output += shown
                if must_stop:
                    self._send(STOP, _WRITE_S)
        return bytes(output)

    def _meanwhile(self, asked: Asked) -> list[bytes | Asked]:
        """Return what came while an answer was found, without the question itself.

        A board that waits for no byte for long asks again; a second answer would be keys to who reads next.
        """
        if self.inner.flow_control:
            return []
        come = bytearray()
        while data := self.inner.read(0):
            come += data
        return [piece for piece in self._requests.feed(bytes(come)) if piece != asked]

    def write(self, data: bytes, timeout_s: float | None) -> None:
        """Send bytes."""
        self._leftovers.sent(data)
        self._send(data, timeout_s)

    def _send(self, data: bytes, timeout_s: float | None) -> None:
        with self._writing:
            self.inner.write(data, timeout_s)

    def wake(self) -> None:
        """End the read in progress."""
        self.inner.wake()

    def close(self) -> None:
        """Close the wire."""
        self.inner.close()
