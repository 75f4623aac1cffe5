"""Where the cache lies on this computer."""

from __future__ import annotations

import os
import sys
from pathlib import Path

__all__ = ["VERSION", "cache_folder"]

VERSION = "v1"
"""The folder's own form: another program's entries, or a later form, lie beside it and are never touched."""


def cache_folder() -> Path:
    """Return the folder of the package manager's cache, absolute; it need not be there yet.

    That is `v1` in `BELAY_CACHE_DIR` if it is set; else in `belay` in the user's folder for such things:
    `XDG_CACHE_HOME` or `~/.cache`, `~/Library/Caches` on macOS, `%LOCALAPPDATA%` on Windows.

    Source: XDG Base Directory Specification, which says to ignore a relative path.
    """
    chosen = os.environ.get("BELAY_CACHE_DIR")
    if chosen:
        return Path(chosen).absolute() / VERSION
    return _users_folder() / "belay" / VERSION


def _users_folder() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    base = os.environ.get("XDG_CACHE_HOME", "")
    return Path(base) if base.startswith("/") else Path.home() / ".cache"
