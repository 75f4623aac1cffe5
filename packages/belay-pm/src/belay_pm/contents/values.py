"""Files that a place gives, before their contents are read. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from belay_pm.requirements import Requirement, Source
    from belay_pm.trees import Place

__all__ = ["ContentFile", "Contents"]


@dataclass(frozen=True, slots=True)
class ContentFile:
    """A file that a place gives.

    Attributes:
        path: where it belongs, below `/lib`; one that `target_paths` let pass.
        where: a place in a tree, or a source elsewhere that has to be opened first.
        opt: mpy-cross's level of optimisation, 0 to 3; None for its own.
        sha256_start: the first hexadecimal digits of its SHA-256, when somebody promised them.
    """

    path: str
    where: Place | Source
    opt: int | None = None
    sha256_start: str | None = None


@dataclass(frozen=True, slots=True)
class Contents:
    """What a place gives.

    Attributes:
        files: sorted by path, no path twice.
        requires: what it needs, in the order that it says.
        version: as its `package.json` or `manifest.py` says, or None.
        notes: what whoever asked should know, a sentence each.
    """

    files: tuple[ContentFile, ...]
    requires: tuple[Requirement, ...] = ()
    version: str | None = None
    notes: tuple[str, ...] = ()
