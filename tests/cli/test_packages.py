"""Packages on a board, whatever happens to the link while they come."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

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
def test_a_link_that_is_cut(link: Link, cut_link: Any, mount_fat: str, target: str) -> None:
    """Wherever that is, the next install finds the old package or the new one, and never a mixture for long."""
    seen = set()
    with belay.Device(cut_link(link), startup="") as device:
        device(mount_fat)
    for cut_bytes in range(0, 16_000, 700):
        with belay.Device(cut_link(link), startup="") as device:
            install_packages(device, [_package("1", OLD)], target=target, replace=True)
            assert _files(device, target) == OLD
        cut = cut_link(link)
        device = belay.Device(cut, startup="")
        cut.arm(cut_bytes)
        try:
            install_packages(device, [_package("2", NEW)], target=target)
        except belay.ConnectionLost:
            outcome = "cut"
        else:
            outcome = "done"
        cut.arm(None)
        device.close()

        with belay.Device(cut_link(link), startup="") as device:
            before = _files(device, target)
            done = install_packages(device, [Package("other", None, "other", (), {})], target=target)
            after = _files(device, target)
            version = read_record(device, target)["one"].version
            assert (after, version) == ((NEW, "2") if done.finished or outcome == "done" else (OLD, "1"))
            assert done.finished or before == after
            assert {entry.name for entry in device.fs.list(target)} == {"one", ".belay_mip"}
        seen.add("finished" if done.finished else outcome)
    assert seen == {"cut", "finished", "done"}


def test_a_fat_without_room_for_a_copy(link: Link, cut_link: Any, mount_fat: str) -> None:
    """What was staged takes its place all the same."""
    content = bytes(range(256)) * 60
    with belay.Device(cut_link(link), startup="") as device:
        device(mount_fat)

        install_packages(device, [_package("1", {"one.bin": content})], target="/fat/lib")
        install_packages(device, [_package("2", {"one.bin": content[1:]})], target="/fat/lib")

        assert _files(device, "/fat/lib") == {"one.bin": content[1:]}


def test_a_file_system_that_is_mounted_in_the_folder(link: Link, cut_link: Any, mount_fat: str) -> None:
    """What belongs into another file system is copied there."""
    with belay.Device(cut_link(link), startup="") as device:
        device(mount_fat)

        install_packages(device, [_package("1", {"one.py": b"1", "fat/two.py": b"2"})], target="/")

        assert device.fs.read_bytes("/one.py") == b"1"
        assert device.fs.read_bytes("/fat/two.py") == b"2"
        assert not device.fs.exists("/.belay_staged")
