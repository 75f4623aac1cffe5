"""What a board gets of a project, in one piece: a folder, a zip, or a ROMFS image.

`prepared` makes what lies on the board out of what lies here; `write_bundle` writes it, whole or not at all.
"""

from __future__ import annotations

from belay_pm.bundling.places import KINDS, Kind, apart, kind_of
from belay_pm.bundling.preparing import Compiles, prepared
from belay_pm.bundling.whole import write_whole
from belay_pm.bundling.writing import built_image, write_bundle

__all__ = [
    "KINDS",
    "Compiles",
    "Kind",
    "apart",
    "built_image",
    "kind_of",
    "prepared",
    "write_bundle",
    "write_whole",
]
