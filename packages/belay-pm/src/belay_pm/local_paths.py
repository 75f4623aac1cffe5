"""What a path of this computer means, as people write it; whether something is there is for others."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["at_home", "without_links"]


def at_home(path: str) -> Path:
    """Return a path with `~` as somebody's home; where there is no such person it stays as it is."""
    return Path(os.path.expanduser(path))  # noqa: PTH111 - `Path.expanduser` raises for nobody's


def without_links(path: Path) -> Path:
    """Return where a path leads to, absolute; links that lead in a circle stay as they are."""
    return Path(os.path.realpath(path))
