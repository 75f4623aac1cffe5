"""A link that a session may use and not close: whoever opened it goes on with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay_transport.errors import ConnectionLost

if TYPE_CHECKING:
    from belay_transport.links import Link

__all__ = ["KeptLink"]


class KeptLink:
    """Another link, which stays open when this one is closed.

    Args:
        link: the other one.
    """

    def __init__(self, link: Link) -> None:
        self._link: Link | None = link
        self.description = link.description
        self.flow_control = link.flow_control
        self.survives_reset = link.survives_reset
        self.simulated = getattr(link, "simulated", None)

    def read(self, timeout_s: float | None) -> bytes:
        """Wait for bytes."""
        return self._require().read(timeout_s)

    def write(self, data: bytes, timeout_s: float | None) -> None:
        """Send all of `data`."""
        self._require().write(data, timeout_s)

    def wake(self) -> None:
        """Make the read in progress return."""
        if self._link is not None:
            self._link.wake()

    def release(self) -> None:
        """From now on let whoever has this one say nothing more over the link."""
        self._link = None

    def close(self) -> None:
        """Leave it open."""

    def _require(self) -> Link:
        if self._link is None:
            raise ConnectionLost(f"{self.description} is in other hands")
        return self._link
