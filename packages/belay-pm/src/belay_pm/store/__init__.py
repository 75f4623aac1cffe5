"""Which contents do we have already? A folder of this computer, shared by all projects and processes."""

from __future__ import annotations

from belay_pm.store.location import cache_folder
from belay_pm.store.names import element_name
from belay_pm.store.store import Element, Store

__all__ = ["Element", "Store", "cache_folder", "element_name"]
