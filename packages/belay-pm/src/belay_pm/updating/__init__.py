"""`update`, `lock`, `verify`, `clean` as functions: the rooms below in a row."""

from __future__ import annotations

from belay_pm.updating.checking import Verified, clean, verify
from belay_pm.updating.comparing import PackageChange, shown_version
from belay_pm.updating.locked import fitting_lock, locked_packages, places_of, require_lock
from belay_pm.updating.means import Means
from belay_pm.updating.sources import Sources
from belay_pm.updating.updating import UpdateResult, lock, outdated, update

__all__ = [
    "Means",
    "PackageChange",
    "Sources",
    "UpdateResult",
    "Verified",
    "clean",
    "fitting_lock",
    "lock",
    "locked_packages",
    "outdated",
    "places_of",
    "require_lock",
    "shown_version",
    "update",
    "verify",
]
