"""A link that a session may use and not close: whoever opened it goes on with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay_transport.text_only import is_text_only

if TYPE_CHECKING:
    from belay_transport.links import Link

__all__ = ["KeptLink"]


class KeptLink:
    """Another link, which stays open when this one is closed.

    Args:
        link: the other one.
    """

    def __init__(self, link: Link) -> None:
        self.description = link.description
        self.flow_control = link.flow_control
        self.survives_reset = link.survives_reset
        self.text_only = is_text_only(link)
        self.simulated = getattr(link, "simulated", None)
        self.read = link.read
        self.write = link.write
        self.wake = link.wake

    def close(self) -> None:
        """Leave it open."""
