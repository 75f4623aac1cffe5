"""The power goes at any write to the flash: the older file or the new one is there, on littlefs and on FAT."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

import belay

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from belay.files.filesystem import FileSystem

FLASH = """
import os, vfs

class Flash:
    def __init__(self, blocks, size):
        self.data, self.size, self.left = bytearray(blocks * size), size, -1
    def readblocks(self, number, buffer, offset=0):
        start = number * self.size + offset
        try:
            buffer[:] = self.data[start : start + len(buffer)]
        except MemoryError:  # a file that is closed while the heap is locked, at the board's end
            pass
    def writeblocks(self, number, buffer, offset=0):
        if self.left == 0:
            raise OSError(5)
        self.left -= 1
        start = number * self.size + offset
        self.data[start : start + len(buffer)] = buffer
    def ioctl(self, operation, argument):
        if operation == 4:
            return len(self.data) // self.size
        if operation == 5:
            return self.size
        if operation == 6:
            return 0

def make(kind):
    global flash, system
    system = vfs.VfsFat if kind == "fat" else vfs.VfsLfs2
    flash = Flash(96, 512)
    system.mkfs(flash)
    vfs.mount(system(flash), "/flash")

def keep():
    global image
    image = bytes(flash.data)

def power_on(left, anew):
    # A flash of its own: files that are still open belong to the one whose power is gone.
    global flash
    vfs.umount("/flash")
    gone, flash = flash, Flash(96, 512)
    gone.left = 0
    flash.data[:] = image if anew else gone.data
    flash.left = left
    vfs.mount(system(flash), "/flash")
"""
# After `left` more writes nothing can be written: what is there then is what a reset would find.

NAME = "/flash/it's a file with a name of some length.txt"
OLDER = b"older " * 100
NEWER = b"newer " * 250


@pytest.fixture(params=["littlefs", "fat", "fat, a folder of many sectors"])
def board(request: pytest.FixtureRequest) -> Iterator[belay.Device]:
    """A board with a second flash whose power can go, and an older file there."""
    with belay.Device("sim:") as device:
        device(FLASH)
        device(f"make({request.param.partition(',')[0]!r})")
        if "," in request.param:
            # Names of any length, so that those of the test begin at the end of a sector sooner or later.
            for number in range(5):
                device.fs.touch(f"/flash/another file{'.' * number * 5} {number}")
        device.fs.write_bytes(NAME, OLDER)
        device("keep()")
        yield device


def states_after_each_write(device: belay.Device, work: Callable[[FileSystem], None]) -> Iterator[bool]:
    """Do `work` with the power going after 0 writes, after 1 …, until it gets through; say whether it did."""
    for left in range(1000):
        device(f"power_on({left}, True)")
        try:
            work(device.fs)
            done = True
        except OSError:
            done = False
        device("power_on(-1, False)")
        yield done
        if done:
            return
    pytest.fail("it never got through")


def test_writing_over_a_file(board: belay.Device) -> None:
    """Of a file that is written anew, the older content or the new one is there, and mending leaves nothing else."""
    names = {entry.name for entry in board.fs.list("/flash")}
    seen = []

    for done in states_after_each_write(board, lambda fs: fs.write_bytes(NAME, NEWER)):
        board.fs.mend()
        content = board.fs.read_bytes(NAME)
        assert content in ((NEWER,) if done else (OLDER, NEWER))
        assert {entry.name for entry in board.fs.list("/flash")} == names
        seen.append(content)

    assert seen[0] == OLDER
    assert seen[-1] == NEWER


def test_writing_a_new_file(board: belay.Device) -> None:
    """A new file is there whole, or not at all."""
    new = NAME + ".new"

    for done in states_after_each_write(board, lambda fs: fs.write_bytes(new, NEWER)):
        board.fs.mend()
        if done or board.fs.exists(new):
            assert board.fs.read_bytes(new) == NEWER
        assert not [e for e in board.fs.list("/flash") if e.name.startswith(".belay")]


def test_appending_to_a_file(board: belay.Device) -> None:
    """What is appended is there in full or not at all."""
    for done in states_after_each_write(board, lambda fs: fs.append_bytes(NAME, NEWER)):
        board.fs.mend()
        assert board.fs.read_bytes(NAME) in ((OLDER + NEWER,) if done else (OLDER, OLDER + NEWER))


def test_copying_over_a_file(board: belay.Device) -> None:
    """Of a file that another is copied to, the older content or the new one is there."""
    board.fs.write_bytes("/flash/source", NEWER)
    board("keep()")

    for done in states_after_each_write(board, lambda fs: fs.copy("/flash/source", NAME)):
        board.fs.mend()
        assert board.fs.read_bytes(NAME) in ((NEWER,) if done else (OLDER, NEWER))
        assert board.fs.read_bytes("/flash/source") == NEWER


def test_a_second_write_after_a_crash(board: belay.Device) -> None:
    """Where nobody has mended, the next write is as good as any other, and leaves nothing behind."""
    for _ in states_after_each_write(board, lambda fs: fs.write_bytes(NAME, NEWER)):
        board.fs.append_bytes(NAME, b"the end")
        content = board.fs.read_bytes(NAME)
        assert content in (OLDER + b"the end", NEWER + b"the end")
        board.fs.mend()
        assert board.fs.read_bytes(NAME) == content


def test_a_folder_in_the_place_of_a_file(board: belay.Device) -> None:
    """What cannot take its place is an error, and nothing of it stays."""
    board.fs.mkdir("/flash/folder")

    with pytest.raises(OSError, match="writing `/flash/folder`"):
        board.fs.write_bytes("/flash/folder", NEWER)
    with pytest.raises(OSError, match="copying"):
        board.fs.copy(NAME, "/flash/folder")

    assert board.fs.stat("/flash/folder").is_dir
    assert not [entry for entry in board.fs.list("/flash") if entry.name.startswith(".belay")]


def test_a_full_flash(board: belay.Device) -> None:
    """A file for which there is no room is an error, the older one is as it was, and nothing else stays."""
    free_bytes = board.fs.free("/flash").free_bytes

    with pytest.raises(belay.NoSpaceError):
        board.fs.write_bytes(NAME, bytes(free_bytes + 1))
    with pytest.raises(belay.NoSpaceError):
        board.fs.write_bytes(NAME, os.urandom(free_bytes))
    board.fs.write_bytes("/flash/most", os.urandom(free_bytes // 2))
    board.fs.remove("/flash/most")
    board.fs.write_bytes("/flash/most", most := os.urandom(free_bytes * 3 // 4))
    with pytest.raises(belay.NoSpaceError) as caught:
        board.fs.copy("/flash/most", NAME)

    assert caught.value.needed_bytes > (caught.value.free_bytes or 0)
    assert board.fs.read_bytes("/flash/most") == most
    assert board.fs.read_bytes(NAME) == OLDER
    assert not [entry for entry in board.fs.list("/flash") if entry.name.startswith(".belay")]


def test_the_power_of_a_board_goes(tmp_path: Path) -> None:
    """A board whose power goes at any write to its own flash finds the older file or the new one."""
    with belay.Device(f"sim:?disk={tmp_path / 'flash'}") as device:
        device.fs.write_bytes("/file", OLDER)
        seen = []
        for writes in range(100):
            assert device.simulated is not None
            device.simulated.reset(after_flash_writes=writes)
            try:
                device.fs.write_bytes("/file", NEWER)
            except belay.ConnectionLost:
                device.reconnect()
            else:
                device.simulated.call_off_faults()
                break
            device.fs.mend()
            seen.append(device.fs.read_bytes("/file"))
            assert [entry.name for entry in device.fs.list()] == ["file"]
            device.fs.write_bytes("/file", OLDER)

        assert device.fs.read_bytes("/file") == NEWER
        assert OLDER in seen
        assert set(seen) <= {OLDER, NEWER}
