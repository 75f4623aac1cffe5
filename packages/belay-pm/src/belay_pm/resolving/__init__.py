"""Which packages are all of it, in which version? Pure: it is given the functions that know.

No search backwards: see "The package manager" in docs/design.
"""

from __future__ import annotations

from belay_pm.resolving.asking import Asker, Request
from belay_pm.resolving.rounds import resolve
from belay_pm.resolving.ways import groups_of, ways

__all__ = ["Asker", "Request", "groups_of", "resolve", "ways"]
