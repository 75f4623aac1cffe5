"""ROM partitions of a simulated board, as `belay.rom` sees and writes them."""

from __future__ import annotations

import os
from itertools import count
from typing import TYPE_CHECKING

import pytest

import belay
from belay.exceptions import RomError, RomIncompleteError
from belay.rom import RomPartition, rom_partitions, write_rom
from belay_pm.romfs import build_romfs

if TYPE_CHECKING:
    from pathlib import Path

BYTES = bytes(range(256)) * 80
IMAGE = build_romfs({"hello.py": b"print('hi')\n", "data/b.bin": BYTES, "data/r.bin": os.urandom(30000)})

BLOCK_DEVICE = """
import vfs
class Flash(bytearray):
    def ioctl(self, op, arg):
        if op == 4:
            return len(self) // 4096
        if op == 5:
            return 4096
        if op == 6:
            self[arg * 4096 : arg * 4096 + 4096] = b"\\xff" * 4096
        return 0
    def readblocks(self, block, data, offset=0):
        start = block * 4096 + offset
        data[:] = self[start : start + len(data)]
    def writeblocks(self, block, data, offset=0):
        start = block * 4096 + offset
        assert self[start : start + len(data)] == b"\\xff" * len(data), "written twice"
        self[start : start + len(data)] = data
flash = Flash(131072)
def rom_ioctl(op, *rest):
    return 2 if op == 1 else (bytearray(4096), flash)[rest[0]] if op == 2 else -22
vfs.rom_ioctl = rom_ioctl
"""
"""A board whose second partition is a block device, as esp32's are."""

OLD = """
import vfs
whole = vfs.rom_ioctl
def rom_ioctl(op, *rest):
    return -22 if op in (5, 6) or len(rest) == 3 and op == 3 else whole(op, *rest)
vfs.rom_ioctl = rom_ioctl
"""
"""A firmware from before parts could be erased, which needs no end of writing either, as stm32."""


def _content(device: belay.Device, size: int, partition: int = 0) -> bytes:
    device("import vfs")
    content = device(f"bytes(memoryview(vfs.rom_ioctl(2, {partition}))[:{size}])")
    assert isinstance(content, bytes)
    return content


def test_a_blank_partition_is_seen() -> None:
    """Number, size, place, what is erased at a time and the first bytes are told."""
    with belay.Device("sim:?rom=64k") as device:
        (partition,) = rom_partitions(device)

        assert partition.address == device(
            "__import__('uctypes').addressof(__import__('vfs').rom_ioctl(2, 0))"
        )
    assert partition._replace(address=None) == RomPartition(0, 65536, None, 4096, b"\xff" * 12, is_blank=True)
    assert (partition.image_bytes, partition.payload_bytes) == (None, None)


@pytest.mark.parametrize(
    ("head", "sizes"),
    [
        (b"\xd2\xcd\x31\x80\x47", (76, 71)),
        (b"\xd2\xcd\x31\x84\xf1\x3a", (80064, 80058)),
        (b"\xd2\xcd\x31" + b"\xff" * 9, (None, None)),
        (b"\xd2\xcd\x32\x80\x47", (None, None)),
        (b"", (None, None)),
    ],
)
def test_what_a_header_says(head: bytes, sizes: tuple[int | None, int | None]) -> None:
    """Sizes are read from what begins as an image does, and from nothing else."""
    partition = RomPartition(0, 4096, None, 0, head, is_blank=False)

    assert (partition.image_bytes, partition.payload_bytes) == sizes


@pytest.mark.parametrize("query", ["", "heap=64k", "baud=921600&ring=256&flow=no"])
def test_an_image_is_written_verified_and_mounted(query: str) -> None:
    """On large and small heaps and on a wire that holds nothing back, the image is there and gets mounted."""
    told: list[dict[str, object]] = []
    with belay.Device(f"sim:?{query}") as device:
        write_rom(device, IMAGE, progress_update=lambda **each: told.append(each))

        assert rom_partitions(device)[0].image_bytes == len(IMAGE)
        device.soft_reset()
        device("import os, hello")
        assert device("os.listdir('/rom/data')") == ["b.bin", "r.bin"]
        assert device("open('/rom/data/b.bin', 'rb').read(512)") == BYTES[:512]
    assert [each["description"] for each in told if "description" in each] == ["Erasing", "Writing"]
    written = told[[each.get("description") for each in told].index("Writing") :]
    assert sum(int(str(each.get("advance", 0))) for each in written) == written[0]["total"]


def test_a_shorter_image_replaces_a_longer_one() -> None:
    """What is mounted is unmounted first, and only what is needed is erased."""
    short = build_romfs({"only.py": b"x = 1\n"})
    with belay.Device("sim:") as device:
        write_rom(device, IMAGE)
        device.soft_reset()
        write_rom(device, short)

        assert device("[path for _, path in __import__('vfs').mount()]") == ["/"]
        assert _content(device, len(short)) == short


def test_a_block_device_is_written_block_by_block() -> None:
    """A partition that is a block device is erased and written as one; no block is written twice."""
    with belay.Device("sim:") as device:
        device(BLOCK_DEVICE)
        first, second = rom_partitions(device)
        write_rom(device, IMAGE, 1)

        assert (first.size_bytes, first.is_blank) == (4096, False)
        assert (second.size_bytes, second.block_bytes) == (131072, 4096)
        assert bytes(device(f"bytes(flash[:{len(IMAGE)}])")) == IMAGE
        assert rom_partitions(device)[1].image_bytes == len(IMAGE)


def test_an_older_firmware_erases_at_once() -> None:
    """Where no part can be erased, one call erases what is needed."""
    with belay.Device("sim:") as device:
        device(OLD)
        (partition,) = rom_partitions(device)
        write_rom(device, IMAGE)

        assert partition.block_bytes == 0
        assert _content(device, len(IMAGE)) == IMAGE


def test_a_noisy_wire_is_survived() -> None:
    """What was damaged comes again, from the last byte that is written."""
    with belay.Device("sim:?noise=0.00003&noise_at=board&noise_seed=3") as device:
        write_rom(device, IMAGE)

        assert rom_partitions(device)[0].image_bytes == len(IMAGE)
        device.soft_reset()
        assert device("__import__('os').stat('/rom/data/r.bin')[6]") == 30000


@pytest.mark.parametrize(
    ("partition", "image", "text"),
    [
        (1, b"x", "has no ROM partition 1: it has 0\n"),
        (-1, b"x", "has no ROM partition -1"),
        (0, bytes(16385), "The image has 16385 bytes, .* has 16384; nothing was changed\n"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_erased(partition: int, image: bytes, text: str) -> None:
    """No such partition, and an image that is too large, leave what is there."""
    short = build_romfs({"only.py": b"x = 1\n"})
    with belay.Device("sim:?rom=16k") as device:
        write_rom(device, short)
        with pytest.raises(RomError, match=text):
            write_rom(device, image, partition)

        assert _content(device, len(short)) == short


@pytest.mark.parametrize("query", ["rom=0", "personality=circuitpython"])
def test_a_firmware_without_rom_partitions(query: str) -> None:
    """It is told, with the firmware's name and what to do."""
    with belay.Device(f"sim:?{query}") as device:
        with pytest.raises(belay.FeatureUnavailableError, match=r"has no `vfs\.rom_ioctl`\n") as caught:
            write_rom(device, IMAGE)

        assert caught.value.hint


def test_flash_that_does_not_hold_what_is_written() -> None:
    """What reads otherwise than it was written is an error, and its beginning does not stay."""
    with belay.Device("sim:") as device:
        device(
            "import vfs\nwhole = vfs.rom_ioctl\n"
            "def worn(op, *rest):\n"
            "    if op == 4 and rest[1] == 8192:\n"
            "        return whole(op, 0, 8192, bytes(len(rest[2])))\n"
            "    return whole(op, *rest)\n"
            "vfs.rom_ioctl = worn"
        )
        with pytest.raises(RomIncompleteError, match="is not what was written") as caught:
            write_rom(device, IMAGE)

        assert (caught.value.partition, caught.value.size_bytes) == (0, len(IMAGE))
        assert rom_partitions(device)[0].image_bytes is None


def test_flash_that_cannot_be_written() -> None:
    """The board's own error number is in the message."""
    with belay.Device("sim:") as device:
        device(
            "import vfs\nwhole = vfs.rom_ioctl\n"
            "vfs.rom_ioctl = lambda op, *rest: -5 if op == 4 and rest[1] > 9000 else whole(op, *rest)"
        )
        with pytest.raises(RomIncompleteError, match="EIO") as caught:
            write_rom(device, IMAGE)

        assert 0 < caught.value.written_bytes < len(IMAGE)
        assert device("1 + 1") == 2


def test_a_board_that_is_cut_off_anywhere_has_the_old_image_the_new_one_or_none(tmp_path: Path) -> None:
    """Wherever the plug is pulled, half an image is never mounted; writing again mends it."""
    old = build_romfs({"old.py": b"x = 1\n"})
    new = build_romfs({"new.py": b"x = 2\n", "data.bin": os.urandom(9000)})
    address = f"sim:?disk={tmp_path / 'flash.img'}"
    seen = set()
    for step in count():
        with belay.Device(address) as device:
            write_rom(device, old)
        lost: Exception | None = None
        with belay.Device(address) as device:
            device.simulated.unplug(after_bytes=step * 1500)
            try:
                write_rom(device, new)
            except (RomIncompleteError, belay.ConnectionLost) as error:
                lost = error
        with belay.Device(address) as device:
            there = device(
                "__import__('os').listdir('/rom') if 'rom' in __import__('os').listdir('/') else None"
            )
        if isinstance(lost, RomIncompleteError) and there is not None:
            assert sorted(there) in (["old.py"], ["data.bin", "new.py"])
        seen.add(None if there is None else tuple(sorted(there)))
        if lost is None:
            break

    assert seen >= {None, ("old.py",), ("data.bin", "new.py")}
