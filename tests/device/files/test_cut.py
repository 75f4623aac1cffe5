"""The link is lost, or the board reset, behind any byte that the host sends: the older file or the new one is there."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING

import pytest

import belay
from belay.files.filesystem import FileSystem
from belay.output import OutputWriter
from belay.runtime import Runtime
from belay_transport.opening import open_link
from belay_transport.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from belay_transport.links import Link

pytestmark = pytest.mark.once

OLDER = b"the older content"
NEWER = b"newer \x03\x1b\x04" * 3

MOUNT_FAT = """
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
    """A link that is cut behind a byte; what is below stays open.

    Args:
        link: what is below.
        cut: called when it is cut.
    """

    def __init__(self, link: Link, cut: Callable[[], None]) -> None:
        self._link = link
        self._cut = cut
        self._left: int | None = None
        self._writes_before = 0

    def arm(self, after_bytes: int, *, writes_before: int) -> None:
        """Cut behind so many bytes, counted behind so many writes."""
        self._left, self._writes_before = after_bytes, writes_before

    def disarm(self) -> None:
        """Cut no more."""
        self._left = None

    def __getattr__(self, name: str) -> object:
        return getattr(self._link, name)

    def write(self, data: bytes, timeout_s: float | None) -> None:
        """Write what still gets through."""
        if self._left is None or self._writes_before:
            self._writes_before -= self._left is not None
            self._link.write(data, timeout_s)
            return
        self._link.write(data[: self._left], timeout_s)
        self._left -= len(data)
        if self._left < 0:
            self._cut()
            raise belay.ConnectionLost("cut")

    def close(self) -> None:
        """The board stays."""


class Bench:
    """A board, and sessions with it that end when the link is cut."""

    def __init__(self, link: Link, *, is_reset: bool) -> None:
        self._link = link
        self._is_reset = is_reset
        self.connect()

    def connect(self) -> None:
        """Begin a session."""
        self.link = CutLink(self._link, self._cut)
        session = Session(self.link)  # type: ignore[arg-type] # what is not defined is passed on
        self.runtime = Runtime(session, OutputWriter(None), description="the board")
        self.runtime.connect("")
        self.fs = FileSystem(self.runtime)

    def write_and_cut(self, path: str, content: bytes, *, after_bytes: int, writes_before: int = 1) -> bool:
        """Write a file while the link is cut, then connect anew; say whether it was written before."""
        self.link.arm(after_bytes, writes_before=writes_before)
        try:
            self.fs.write_bytes(path, content)
        except belay.ConnectionLost:
            self.connect()
            return False
        self.link.disarm()
        return True

    def _cut(self) -> None:
        if self._is_reset:
            self._link.simulated.restart()  # type: ignore[attr-defined] # a simulated board has it


@pytest.fixture
def link() -> Iterator[Link]:
    """The link to a simulated board."""
    opened = open_link("sim:?flash=256k")
    yield opened
    opened.close()


@pytest.mark.parametrize("path", ["/file", "/fat/file"])
def test_the_link_is_lost_behind_any_byte(link: Link, path: str) -> None:
    """The board itself removes what was begun, on littlefs and on FAT, and the older or the new file is there."""
    bench = Bench(link, is_reset=False)
    bench.runtime.call(bench.runtime.text_expression(MOUNT_FAT, None))
    folder = path.removesuffix("file") or "/"
    bench.fs.write_bytes(path, OLDER)
    offset = 0
    states = []

    while not bench.write_and_cut(path, NEWER, after_bytes=offset):
        states.append(bench.fs.read_bytes(path))
        assert states[-1] in (OLDER, NEWER)
        assert [entry.name for entry in bench.fs.list(folder) if not entry.is_dir] == ["file"]
        bench.fs.write_bytes(path, OLDER)
        offset += 1

    assert offset > len(NEWER)
    assert OLDER in states
    assert bench.fs.read_bytes(path) == NEWER


def test_the_board_is_reset_behind_any_byte(link: Link) -> None:
    """What a reset leaves is mended, and the older or the new file is there."""
    bench = Bench(link, is_reset=True)
    bench.fs.write_bytes("/file", OLDER)
    offset = 0

    while not bench.write_and_cut("/file", NEWER, after_bytes=offset):
        assert bench.fs.read_bytes("/file") in (OLDER, NEWER)
        assert set(bench.fs.mend()) <= {"/file"}
        assert [entry.name for entry in bench.fs.list()] == ["file"]
        assert bench.fs.read_bytes("/file") in (OLDER, NEWER)
        bench.fs.write_bytes("/file", OLDER)
        offset += 1

    assert offset > len(NEWER)
    assert bench.fs.read_bytes("/file") == NEWER


@pytest.mark.parametrize("is_reset", [False, True])
def test_a_large_file_is_cut_anywhere(link: Link, *, is_reset: bool) -> None:
    """Wherever a large file is cut off, the helpers' own code included, the older one is there as it was."""
    bench = Bench(link, is_reset=is_reset)
    older, newer = os.urandom(20_000), os.urandom(50_000)
    bench.fs.write_bytes("/file", older)
    bench.connect()

    for seed in range(12):
        offset = random.Random(seed).randrange(50_000)
        assert not bench.write_and_cut("/file", newer, after_bytes=offset, writes_before=0)
        bench.fs.mend()
        assert bench.fs.read_bytes("/file") == older
        assert [entry.name for entry in bench.fs.list()] == ["file"]
        bench.connect()
