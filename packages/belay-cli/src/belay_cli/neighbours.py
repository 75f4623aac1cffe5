"""Whether another project's `belay` is installed beside this one: both have a package of that name.

Knows how installed distributions lie on the disk. It is asked at every start, so it only lists folders.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["MENDING", "find_namesake"]

_FOLDERS = ("site-packages", "dist-packages")

MENDING = """\
remove it, and put back the files that it shares with this one:
  python -m pip uninstall --yes belay
  python -m pip install --force-reinstall --no-deps belay-device belay-cli"""
"""What to type then; uninstalling takes files of ours along."""


def find_namesake(folders: Iterable[str] | None = None) -> str | None:
    """Return where a distribution named `belay` is noted, or None; ours are `belay-cli` and the like.

    Args:
        folders: where to look; None for where Python looks.
    """
    for folder in sys.path if folders is None else folders:
        if not folder.endswith(_FOLDERS):
            continue
        try:
            names = os.listdir(folder)  # noqa: PTH208 - `pathlib` costs each command 4 ms
        except OSError:
            continue
        for name in names:
            if name.lower().startswith("belay-") and name.endswith(".dist-info"):
                return f"{folder}/{name}"  # a hyphen in a name is written as `_`: this begins the version
    return None
