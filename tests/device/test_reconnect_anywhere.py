"""A link that breaks behind any byte: with `attempts` the call's value comes all the same, or an error is told."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

import belay

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from belay_transport.simulated import SimulatedBoard

pytestmark = pytest.mark.once


@pytest.fixture
def device(tmp_path: Path) -> Iterator[belay.Device]:
    """A board that keeps its flash, and a device that looks for it again."""
    with belay.Device(f"sim:?disk={tmp_path / 'flash'}", attempts=2) as device:
        yield device


def board_of(device: belay.Device) -> SimulatedBoard:
    """Return the outside of the board that the device has now."""
    assert device.simulated is not None
    return device.simulated


def bytes_of_call(device: belay.Device, expected: object, code: str) -> int:
    """Return how many bytes the host sends for some code, once all helpers are there."""
    assert device(code) == expected
    before = board_of(device).bytes_received
    assert device(code) == expected
    return board_of(device).bytes_received - before


def test_a_call_behind_any_byte(device: belay.Device) -> None:
    """Wherever the link breaks in a call, the state is repeated and the call's value is the right one."""
    device("def double(number):\n    return number * 2 + offset")
    device("offset = 5")
    size = bytes_of_call(device, 47, "double(21)")

    for count in range(size + 1):
        board_of(device).unplug(after_bytes=count)
        assert device("double(21)") == 47
        board_of(device).call_off_faults()
    assert device._belay_runtime.generation >= size  # it broke as often, and was not only meant to


def test_a_generator_behind_any_byte(device: belay.Device) -> None:
    """Wherever the link breaks in a step, the step brings its item or says that the board is gone; a new one works."""

    @device.task
    def numbers(count):  # type: ignore[no-untyped-def]
        yield from range(count)

    before = 0
    items = numbers(4)
    assert next(items) == 0
    before = board_of(device).bytes_received
    assert next(items) == 1
    size = board_of(device).bytes_received - before

    lost = 0
    for count in range(size + 1):
        items = numbers(3)
        assert next(items) == 0
        board_of(device).unplug(after_bytes=count)
        try:
            assert next(items) == 1
        except belay.ConnectionLost:
            lost += 1
        board_of(device).call_off_faults()
        assert list(numbers(3)) == [0, 1, 2]
    assert lost >= size - 1


def test_a_sync_behind_any_of_many_bytes(device: belay.Device, tmp_path: Path) -> None:
    """Wherever the link breaks in a sync, the folder is there in the end, each file whole."""
    folder = tmp_path / "board"
    folder.mkdir()
    chance = random.Random(7)
    files = {f"/{name}.bin": chance.randbytes(700) for name in "abcd"}
    for path, content in files.items():
        (folder / path[1:]).write_bytes(content)
    before = board_of(device).bytes_received
    device.sync(folder)
    size = board_of(device).bytes_received - before

    for count in sorted(chance.sample(range(size), 25)):
        device.fs.write_bytes("/a.bin", b"older")
        device.fs.remove("/c.bin", missing_ok=True)
        board_of(device).unplug(after_bytes=count)

        device.sync(folder)

        board_of(device).call_off_faults()
        assert {path: device.fs.read_bytes(path) for path in files} == files
        assert [entry.name for entry in device.fs.list("/")] == ["a.bin", "b.bin", "c.bin", "d.bin"]
    assert device._belay_runtime.generation > 10  # it broke as often, and was not only meant to


def test_reading_behind_any_of_many_bytes(device: belay.Device) -> None:
    """Wherever the link breaks while a file is read or written, its content is whole."""
    chance = random.Random(8)
    content = chance.randbytes(3000)
    device.fs.write_bytes("/file", b"older")

    for count in sorted(chance.sample(range(3200), 15)):
        board_of(device).unplug(after_bytes=count)
        device.fs.write_bytes("/file", content)
        assert device.fs.read_bytes("/file") == content
        board_of(device).call_off_faults()
    assert device._belay_runtime.generation > 10  # it broke as often, and was not only meant to


def test_listing_behind_any_byte(device: belay.Device, tmp_path: Path) -> None:
    """Wherever the link breaks while a folder is listed, by `walk` or by a sync, the listing is whole."""
    folder = tmp_path / "board"
    folder.mkdir()
    (folder / "a").write_bytes(b"first")
    device.sync(folder)

    for count in range(0, 36, 5):
        device.fs.walk()
        board_of(device).unplug(after_bytes=count)
        assert [entry.name for entry in device.fs.walk()] == ["a"]
        board_of(device).call_off_faults()

        content = b"changed %d" % count
        (folder / "a").write_bytes(content)
        device.sync(folder, dry_run=True)
        board_of(device).unplug(after_bytes=count + 100)
        device.sync(folder)
        board_of(device).call_off_faults()
        assert device.fs.read_bytes("/a") == content
    assert device._belay_runtime.generation > 10  # it broke as often, and was not only meant to
