"""What a sync tells of its progress, in the keywords of `rich.progress.Progress.update`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from belay.files.actions import SyncPlan

    Update = Callable[..., object]

__all__ = ["SyncProgress"]


class SyncProgress:
    """Tells whoever shows progress.

    Args:
        update: gets `description`, `total` and `advance`; None for nobody.
    """

    def __init__(self, update: Update | None) -> None:
        self._update = update
        self._reached = 0

    def say(self, description: str) -> None:
        """Say what is done now."""
        if self._update is not None:
            self._update(description=description)

    def begin(self, total: int) -> None:
        """Say how many bytes of content there are."""
        if self._update is not None:
            self._update(description="Sending files", total=total)

    def reach(self, sent: int) -> None:
        """Say how many of them have left."""
        if self._update is not None and sent > self._reached:
            self._update(advance=sent - self._reached)
            self._reached = sent

    def end(self, plan: SyncPlan) -> None:
        """Say that all is done."""
        self.reach(plan.bytes_to_send)
        self.say("Done")
