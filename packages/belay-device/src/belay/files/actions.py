"""What a sync does, as a value: steps in their order, and how much room they take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Action", "Reason", "SyncPlan", "Verb", "space_needed"]

Verb = Literal["remove_file", "remove_folder", "make_folder", "put_file"]
Reason = Literal["new", "changed", "superfluous", "in the way", "stale twin"]

_BLOCK_BYTES = 4096
"""What a file system gives away at once: littlefs on flash, and FAT on most cards and drives up to 64 MB."""


class Action(NamedTuple):
    """One step of a sync.

    Attributes:
        verb: what to do.
        path: absolute, on the board.
        size: bytes of the file.
        replaces: bytes of the file whose place the new one takes, once it is whole.
        reason: why.
    """

    verb: Verb
    path: str
    size: int = 0
    replaces: int = 0
    reason: Reason = "new"

    def __str__(self) -> str:
        words = self.verb.replace("_", " ")
        size = f", {self.size} byte{'' if self.size == 1 else 's'}" if self.verb == "put_file" else ""
        return f"{words} {self.path} ({self.reason}{size})"


class SyncPlan(NamedTuple):
    """All that a sync has to do; a value, which `dry_run` returns and `str` shows.

    Attributes:
        actions: in the order in which they are carried out; empty when the board is as it shall be.
        unchanged: files that are on the board as they shall be.
        left: files at and below `dst` that the host does not have, and that stay.
    """

    actions: tuple[Action, ...] = ()
    unchanged: tuple[str, ...] = ()
    left: tuple[str, ...] = ()

    @property
    def puts(self) -> tuple[Action, ...]:
        """The files that are sent."""
        return tuple(action for action in self.actions if action.verb == "put_file")

    @property
    def bytes_to_send(self) -> int:
        """The sum of their sizes."""
        return sum(action.size for action in self.puts)

    def __str__(self) -> str:
        lines = [str(action) for action in self.actions] or ["nothing to do"]
        return "\n".join(lines)


def space_needed(actions: Iterable[Action], *, block_bytes: int = _BLOCK_BYTES) -> tuple[int, str]:
    """Return how much room the board must have at the start, and which file needs it.

    Args:
        actions: of a plan. A file is written beside the one that it replaces.
        block_bytes: what the file system gives away at once.

    Returns:
        bytes, 0 when no file is put, and the path at which so much is needed ("" for none).
    """
    used, most, at = 0, 0, ""
    for action in actions:
        if action.verb == "put_file":
            used += _rounded(action.size, block_bytes)
            if used > most:
                most, at = used, action.path
            used -= _rounded(action.replaces, block_bytes)
        elif action.verb == "remove_file":
            used -= _rounded(action.size, block_bytes)
        elif action.verb == "make_folder":
            used += block_bytes
    return most, at


def _rounded(size: int, block_bytes: int) -> int:
    return -(-size // block_bytes) * block_bytes
