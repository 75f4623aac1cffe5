"""A link that breaks behind any byte: with `attempts` the call's value comes all the same, or an error is told."""

from __future__ import annotations

import random
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

import belay
import belay.reconnecting
from belay_transport.opening import open_link

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from belay.files.filesystem import FileSystem
    from belay_transport.links import Link
    from belay_transport.simulated import SimulatedBoard

pytestmark = pytest.mark.once


@pytest.fixture
def device(tmp_path: Path) -> Iterator[belay.Device]:
    """A board that keeps its flash, and a device that looks for it again."""
    with belay.Device(f"sim:?disk={tmp_path / 'flash'}", attempts=2) as device:
        yield device


class DeafLink:
    """A link that is gone behind so many bytes that came from the board, once it is told to."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self.left: int | None = None
        self.received = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._link, name)

    def read(self, timeout_s: float | None) -> bytes:
        """Read what still comes."""
        if self.left == 0:
            raise belay.ConnectionLost("gone")
        data = self._link.read(timeout_s)
        if self.left is not None:
            data = data[: self.left]
            self.left -= len(data)
        self.received += len(data)
        return data

    def write(self, data: bytes, timeout_s: float | None) -> None:
        """Write, while it is there."""
        if self.left == 0:
            raise belay.ConnectionLost("gone")
        self._link.write(data, timeout_s)


def link_of(device: belay.Device) -> DeafLink:
    """Return the link that the device has now."""
    link = device._belay_runtime.session.link
    assert isinstance(link, DeafLink)
    return link


@pytest.fixture
def deaf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[belay.Device]:
    """As `device`, where the bytes of the board may end."""
    monkeypatch.setattr(
        belay.reconnecting, "open_link", lambda *args, **options: DeafLink(open_link(*args, **options))
    )
    with belay.Device(f"sim:?disk={tmp_path / 'flash'}", attempts=2) as device:
        yield device


def answer_bytes(device: belay.Device, work: Callable[[], object]) -> int:
    """Return how many bytes the board sends for some work, once all helpers are there."""
    work()
    before = link_of(device).received
    work()
    return link_of(device).received - before


def board_of(device: belay.Device) -> SimulatedBoard:
    """Return the outside of the board that the device has now."""
    assert device.simulated is not None
    return device.simulated


def call_off(device: belay.Device) -> None:
    """Let no fault strike any more; one that strikes behind the last byte may be quicker, and a call will find out."""
    with suppress(belay.ConnectionLost):
        board_of(device).call_off_faults()


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
        call_off(device)
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
        call_off(device)
        assert list(numbers(3)) == [0, 1, 2]
    assert lost >= size - 1


def test_an_answer_that_ends_behind_any_byte(deaf: belay.Device) -> None:
    """Wherever the board's answer breaks off, the state is repeated and the call's value is the right one."""
    deaf("def double(number):\n    print('at work')\n    return number * 2 + offset")
    deaf("offset = 5")
    size = answer_bytes(deaf, lambda: deaf("double(21)"))

    for count in range(size + 1):
        link_of(deaf).left = count
        assert deaf("double(21)") == 47
    assert deaf._belay_runtime.generation >= size - 8  # behind the reply only the prompt is missing


def test_an_item_that_ends_behind_any_byte(deaf: belay.Device) -> None:
    """Wherever an item breaks off, it is there or the board is said to be gone; a new generator works."""

    @deaf.task
    def numbers(count):  # type: ignore[no-untyped-def]
        yield from range(count)

    items = numbers(9)
    size = answer_bytes(deaf, lambda: next(items))

    lost = 0
    for count in range(size + 1):
        items = numbers(3)
        assert next(items) == 0
        link_of(deaf).left = count
        try:
            assert next(items) == 1
        except belay.ConnectionLost:
            lost += 1
        assert list(numbers(3)) == [0, 1, 2]
    assert lost >= size - 8


@pytest.mark.parametrize(
    ("change", "after"),
    [
        (lambda fs: fs.remove("/x"), ["folder"]),
        (lambda fs: fs.remove("/folder", recursive=True), ["x"]),
        (lambda fs: fs.rename("/x", "/y"), ["folder", "y"]),
        (lambda fs: fs.rename("/x", "/folder/file", overwrite=True), ["folder"]),
        (lambda fs: fs.mkdir("/new/below", parents=True), ["folder", "new", "x"]),
        (lambda fs: fs.copy("/x", "/y"), ["folder", "x", "y"]),
        (lambda fs: fs.write_text("/x", "newer"), ["folder", "x"]),
    ],
    ids=["remove", "remove a tree", "rename", "replace", "mkdir", "copy", "write"],
)
def test_a_change_whose_answer_ends_behind_any_of_many_bytes(
    deaf: belay.Device, change: Callable[[FileSystem], None], after: list[str]
) -> None:
    """What was done when the answer broke off is not done twice, and is no error."""

    def prepare() -> None:
        for entry in deaf.fs.list():
            deaf.fs.remove(entry.path, recursive=True)
        deaf.fs.write_text("/x", "older")
        if "folder" in after or len(after) == 1:
            deaf.fs.mkdir("/folder")
            deaf.fs.write_text("/folder/file", "older")

    prepare()
    change(deaf.fs)
    prepare()
    before = link_of(deaf).received
    change(deaf.fs)

    for count in range(0, link_of(deaf).received - before, 6):
        prepare()
        link_of(deaf).left = count
        change(deaf.fs)
        link_of(deaf).left = None
        assert [entry.name for entry in deaf.fs.list()] == after
    assert deaf._belay_runtime.generation >= 7  # it broke as often, and was not only meant to


def test_an_append_whose_answer_ends_behind_any_of_many_bytes(deaf: belay.Device) -> None:
    """What is appended is there once, or not at all and told; never twice."""
    outcomes = set()

    for count in range(0, 60, 6):
        deaf.fs.write_text("/log", "one ")
        link_of(deaf).left = count
        try:
            deaf.fs.append_text("/log", "two")
        except belay.ConnectionLost:
            outcomes.add("told")
            assert deaf.fs.read_text("/log") in ("one ", "one two")
        else:
            outcomes.add("done")
            assert deaf.fs.read_text("/log") == "one two"
        link_of(deaf).left = None
    assert outcomes == {"told", "done"}


def test_what_failed_before_the_link_broke_fails_again(deaf: belay.Device) -> None:
    """A renaming and a new folder that cannot be are errors all the same; who has made a file is not guessed."""
    deaf.fs.write_text("/x", "older")
    for attempt, error in (
        (lambda: deaf.fs.rename("/x", "/no/folder"), FileNotFoundError),
        (lambda: deaf.fs.rename("/no", "/other"), FileNotFoundError),
        (lambda: deaf.fs.mkdir("/x"), FileExistsError),
        (lambda: deaf.fs.touch("/x", exist_ok=False), belay.ConnectionLost),
    ):
        link_of(deaf).left = 12
        with pytest.raises(error):
            attempt()
        link_of(deaf).left = None

    assert deaf.fs.read_text("/x") == "older"


def test_a_sync_whose_answers_end_behind_any_of_many_bytes(deaf: belay.Device, tmp_path: Path) -> None:
    """Wherever the board's answers break off in a sync, the folder is there in the end, each file whole."""
    folder = tmp_path / "board"
    folder.mkdir()
    chance = random.Random(9)
    files = {f"/{name}.bin": chance.randbytes(700) for name in "abcd"}
    for path, content in files.items():
        (folder / path[1:]).write_bytes(content)

    def change_and_sync() -> None:
        deaf.fs.write_bytes("/a.bin", b"older")
        deaf.fs.remove("/c.bin", missing_ok=True)
        deaf.sync(folder)

    for count in sorted(chance.sample(range(answer_bytes(deaf, change_and_sync)), 25)):
        deaf.fs.write_bytes("/a.bin", b"older")
        deaf.fs.remove("/c.bin", missing_ok=True)
        link_of(deaf).left = count

        deaf.sync(folder)

        link_of(deaf).left = None
        assert {path: deaf.fs.read_bytes(path) for path in files} == files
        assert [entry.name for entry in deaf.fs.list("/")] == ["a.bin", "b.bin", "c.bin", "d.bin"]
    assert deaf._belay_runtime.generation > 10  # it broke as often, and was not only meant to


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

        call_off(device)
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
        call_off(device)
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
        call_off(device)

        content = b"changed %d" % count
        (folder / "a").write_bytes(content)
        device.sync(folder, dry_run=True)
        board_of(device).unplug(after_bytes=count + 100)
        device.sync(folder)
        call_off(device)
        assert device.fs.read_bytes("/a") == content
    assert device._belay_runtime.generation > 10  # it broke as often, and was not only meant to
