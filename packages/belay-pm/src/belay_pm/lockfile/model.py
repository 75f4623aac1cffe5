"""A lock, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from belay_pm.packages import Package

__all__ = ["FORMAT", "LOCK_NAME", "Lock"]

LOCK_NAME = "belay.lock"
"""It lies beside `pyproject.toml`."""

FORMAT = 1
"""What `version` in the file says; a change that older programs would read wrongly makes it 2."""


@dataclass(frozen=True, slots=True)
class Lock:
    """What a lock says.

    Attributes:
        digest: of the project that it was made for, see `Project.digest`.
        packages: sorted by name.
    """

    digest: str
    packages: tuple[Package, ...]
