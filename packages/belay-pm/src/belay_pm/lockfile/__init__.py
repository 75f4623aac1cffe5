"""What was resolved, word for word: `belay.lock`."""

from __future__ import annotations

from belay_pm.lockfile.model import LOCK_NAME, Lock
from belay_pm.lockfile.portable import portable
from belay_pm.lockfile.reading import parse_lock, read_lock
from belay_pm.lockfile.writing import lock_text

__all__ = ["LOCK_NAME", "Lock", "lock_text", "parse_lock", "portable", "read_lock"]
