"""Packages on a board, whatever happens to the link while they come."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

import belay
from belay_cli.actions.packages import Package, install_packages, read_record
from belay_transport.opening import open_link

if TYPE_CHECKING:
    from collections.abc import Iterator

    from belay_transport.links import Link

pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="there is no simulated board on Windows"),
    pytest.mark.once,
]

OLD = {"one/__init__.py": b"x = 1\n", "one/old.py": b"old\n", "one/same.py": b"same\n"}
NEW = {"one/__init__.py": b"x = 2\n" * 300, "one/new.py": b"new\n", "one/same.py": b"same\n"}

FAT = """
import vfs
class Flash:
    def __init__(self):
        self.data = bytearray(128 * 512)
    def readblocks(self, number, buffer):
        buffer[:] = self.data[number * 512 : number * 512 + len(buffer)]
    def writeblocks(self, number, buffer):
        self.data[number * 512 : number * 512 + len(buffer)] = buffer
    def ioctl(self, operation, argument):
        return {4: 128, 5: 512, 6: 0}.get(operation)
flash = Flash()
vfs.VfsFat.mkfs(flash)
vfs.mount(vfs.VfsFat(flash), "/fat")
"""


class CutLink:
    """A link that gets no more than so many bytes through; what is below stays open."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self.left: int | None = None

    def __getattr__(self, name: str) -> object:
        return getattr(self._link, name)

    def write(self, data: bytes, timeout_s: float | None) -> None:
        """Write what still gets through."""
        if self.left is None:
            self._link.write(data, timeout_s)
            return
        self._link.write(data[: self.left], timeout_s)
        self.left = max(0, self.left - len(data))
        if not self.left:
            raise belay.ConnectionLost("cut")

    def close(self) -> None:
        """The board stays."""


@pytest.fixture
def link() -> Iterator[Link]:
    """The link to a simulated board."""
    opened = open_link("sim:")
    yield opened
    opened.close()


def _package(version: str, files: dict[str, bytes]) -> Package:
    return Package("one", version, "one", (), files)


def _files(device: belay.Device, target: str) -> dict[str, bytes]:
    below = len(target) + 1
    return {
        entry.path[below:]: device.fs.read_bytes(entry.path)
        for entry in device.fs.walk(target)
        if not entry.is_dir and "/." not in entry.path
    }


@pytest.mark.parametrize("target", ["/lib", "/fat/lib"])
def test_a_link_that_is_cut(link: Link, target: str) -> None:
    """Wherever that is, the next install finds the old package or the new one, and never a mixture for long."""
    seen = set()
    with belay.Device(CutLink(link), startup="") as device:  # type: ignore[arg-type] # what is not defined is passed on
        device(FAT)
    for cut_bytes in range(0, 16_000, 700):
        with belay.Device(CutLink(link), startup="") as device:  # type: ignore[arg-type] # as above
            install_packages(device, [_package("1", OLD)], target=target, replace=True)
            assert _files(device, target) == OLD
        cut = CutLink(link)
        device = belay.Device(cut, startup="")  # type: ignore[arg-type] # as above
        cut.left = cut_bytes
        try:
            install_packages(device, [_package("2", NEW)], target=target)
        except belay.ConnectionLost:
            outcome = "cut"
        else:
            outcome = "done"
        cut.left = None
        device.close()

        with belay.Device(CutLink(link), startup="") as device:  # type: ignore[arg-type] # as above
            before = _files(device, target)
            done = install_packages(device, [Package("other", None, "other", (), {})], target=target)
            after = _files(device, target)
            version = read_record(device, target)["one"].version
            assert (after, version) == ((NEW, "2") if done.finished or outcome == "done" else (OLD, "1"))
            assert done.finished or before == after
            assert {entry.name for entry in device.fs.list(target)} == {"one", ".belay_mip"}
        seen.add("finished" if done.finished else outcome)
    assert seen == {"cut", "finished", "done"}


def test_a_fat_without_room_for_a_copy(link: Link) -> None:
    """What was staged takes its place all the same."""
    content = bytes(range(256)) * 60
    with belay.Device(CutLink(link), startup="") as device:  # type: ignore[arg-type] # as above
        device(FAT)

        install_packages(device, [_package("1", {"one.bin": content})], target="/fat/lib")
        install_packages(device, [_package("2", {"one.bin": content[1:]})], target="/fat/lib")

        assert _files(device, "/fat/lib") == {"one.bin": content[1:]}


def test_a_file_system_that_is_mounted_in_the_folder(link: Link) -> None:
    """What belongs into another file system is copied there."""
    with belay.Device(CutLink(link), startup="") as device:  # type: ignore[arg-type] # as above
        device(FAT)

        install_packages(device, [_package("1", {"one.py": b"1", "fat/two.py": b"2"})], target="/")

        assert device.fs.read_bytes("/one.py") == b"1"
        assert device.fs.read_bytes("/fat/two.py") == b"2"
        assert not device.fs.exists("/.belay_staged")
