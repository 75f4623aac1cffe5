"""A link that is lent to one device and stays open when that is closed.

Knows links only; who lends which to whom is for `bench` to know.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from belay_transport.errors import ConnectionLost
from belay_transport.text_only import is_text_only

if TYPE_CHECKING:
    from belay_transport.links import Link
    from belay_transport.simulated import SimulatedBoard

__all__ = ["LentLink"]

_LEAVING_S = 1.0
# A reader that was woken leaves in microseconds; one that does not must not keep the tests from going on.


class LentLink:
    """A `Link` over another one, which it leaves open.

    Attributes:
        simulated: the outside of a simulated board, None for a real one.

    Args:
        link: an open link, for this one alone until it is closed.
    """

    def __init__(self, link: Link) -> None:
        self.simulated: SimulatedBoard | None = getattr(link, "simulated", None)
        self._link = link
        self._changed = threading.Condition()
        self._readers = 0
        self._is_closed = False

    @property
    def description(self) -> str:
        """What messages call it."""
        return self._link.description

    @property
    def flow_control(self) -> bool:
        """Whether the wire holds bytes back while the board's receive buffer is full."""
        return self._link.flow_control

    @property
    def survives_reset(self) -> bool:
        """Whether it is still there when the board was soft-reset."""
        return self._link.survives_reset

    @property
    def text_only(self) -> bool:
        """Whether it carries ASCII alone."""
        return is_text_only(self._link)

    def read(self, timeout_s: float | None) -> bytes:
        """Wait for bytes and return all that have come; see `Link.read`."""
        with self._changed:
            self._check()
            self._readers += 1
        try:
            data = self._link.read(timeout_s)
        finally:
            with self._changed:
                self._readers -= 1
                self._changed.notify_all()
        self._check()
        return data

    def write(self, data: bytes, timeout_s: float | None) -> None:
        """Send all of `data`; see `Link.write`. Unlike there, closing does not end it early."""
        self._check()
        self._link.write(data, timeout_s)

    def wake(self) -> None:
        """Make the read in progress, or else the next one, return b"" at once."""
        if not self._is_closed:
            self._link.wake()

    def close(self) -> None:
        """Give the link back; closing twice is no error."""
        with self._changed:
            self._is_closed = True
            if self._readers:
                self._link.wake()
                self._changed.wait_for(lambda: not self._readers, _LEAVING_S)

    def _check(self) -> None:
        if self._is_closed:
            raise ConnectionLost(f"The link to the {self.description} was given back: its test is over")
