"""How files come to lie below the folder of the packages, whole or not at all, and what was changed since."""

from __future__ import annotations

from belay_pm.layout.checking import Checked, check
from belay_pm.layout.laying import Laid, lay, remove, write_lock
from belay_pm.layout.places import Places
from belay_pm.layout.swapping import recover
from belay_pm.layout.wanted import Wanted, wanted_files

__all__ = [
    "Checked",
    "Laid",
    "Places",
    "Wanted",
    "check",
    "lay",
    "recover",
    "remove",
    "wanted_files",
    "write_lock",
]
