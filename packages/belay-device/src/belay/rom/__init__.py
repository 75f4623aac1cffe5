"""ROM partitions of a board: flash of its own for a read-only file system, whose code runs in place.

`partitions` is what there is, `writing` puts an image there, and `sending` is how its bytes cross.
"""

from __future__ import annotations

from belay.rom.partitions import RomPartition, rom_partitions
from belay.rom.writing import find_partition, write_rom

__all__ = ["RomPartition", "find_partition", "rom_partitions", "write_rom"]
