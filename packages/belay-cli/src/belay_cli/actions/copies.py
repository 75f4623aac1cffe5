"""What copying in either direction shares: its outcome, how far it is, whether there is anything to do."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from belay import Device

__all__ = ["Copied", "Steps", "Update", "is_same"]


class Update(Protocol):
    """What hears how far a transfer is."""

    def __call__(self, *, description: str = ..., total: int = ..., advance: int = ...) -> object:
        """Take what has changed; `total` and `advance` are bytes."""


class Copied(NamedTuple):
    """What was copied, or would be.

    Attributes:
        copied: the new files, by their paths on the side that got them.
        unchanged: those that were there as they shall be.
        size_bytes: of the new files together.
        seconds: how long it took.
        removed: the other form of a module that was compiled, which a board would import instead.
    """

    copied: tuple[str, ...]
    unchanged: tuple[str, ...]
    size_bytes: int
    seconds: float
    removed: tuple[str, ...] = ()


class Steps:
    """Tell of steps, where a transfer tells the sum."""

    def __init__(self, update: Update) -> None:
        self._update = update
        self._told = 0

    def __call__(self, done: int) -> None:
        """Take the sum of bytes so far."""
        self._update(advance=done - self._told)
        self._told = done


def is_same(device: Device, host: Path, path: str) -> bool:
    """Say whether both files are there, with the same content."""
    if not host.is_file():
        return False
    stat = device.fs.stat_many([path])[0]
    if stat is None or stat.is_dir or stat.size_bytes != host.stat().st_size:
        return False
    told = device.fs.hash(path)
    return told.algorithm == "sha256" and told.hexdigest == hashlib.sha256(host.read_bytes()).hexdigest()
