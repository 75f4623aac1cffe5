# The simulated board's ROM partition: `vfs.rom_ioctl`, as boards with one have it.
# Source: extmod/vfs.h, MP_VFS_ROM_IOCTL_*.

import sys
import uctypes

_sim_rom = uctypes.bytearray_at(rom[0], rom[1])


def _sim_rom_ioctl(op, segment=0, a=0, b=None):
    if op == 1:
        return 1
    if segment:
        return -22
    if op == 2:
        return memoryview(_sim_rom)
    if op == 3:
        if b is None:
            a, b = 0, a
        if a + b > len(_sim_rom):
            return -28
        b += a
        for i in range(a, b, 4096):
            n = min(4096, b - i)
            _sim_rom[i : i + n] = b"\xff" * n
        # What is erased stays so when the power goes; of what is written then, a board has nothing.
        return int(_sim_ask("rom")) or 4
    if op == 4:
        if a + len(b) > len(_sim_rom):
            return -22
        if _sim_rom[a : a + len(b)] != b"\xff" * len(b):
            return -5  # flash is written once
        _sim_rom[a : a + len(b)] = b
        return 0
    if op == 5:
        return int(_sim_ask("rom"))
    if op == 6:
        return 4096
    return -22


vfs.rom_ioctl = _sim_rom_ioctl
try:
    # As the firmware does before `boot.py`; without a valid image there is no `/rom`.
    vfs.mount(vfs.VfsRom(_sim_rom), "/rom")
    sys.path.append("/rom")
    sys.path.append("/rom/lib")
except OSError:
    pass
