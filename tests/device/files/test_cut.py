"""The link is lost, or the board reset, behind any byte that the host sends: the older file or the new one is there."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING, Any

import pytest

import belay
from belay.files.filesystem import FileSystem
from belay.output import OutputWriter
from belay.runtime import Runtime
from belay_transport.opening import open_link
from belay_transport.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from belay_transport.links import Link

pytestmark = pytest.mark.once

OLDER = b"the older content"
NEWER = b"newer \x03\x1b\x04" * 3


class Bench:
    """A board, and sessions with it that end when the link is cut."""

    def __init__(self, link: Link, cut_link: Any, *, is_reset: bool) -> None:
        self._link = link
        self._cut_link = cut_link
        self._is_reset = is_reset
        self.connect()

    def connect(self) -> None:
        """Begin a session."""
        self.link = self._cut_link(self._link, self._cut)
        session = Session(self.link)
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
        self.link.arm(None)
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
def test_the_link_is_lost_behind_any_byte(link: Link, cut_link: Any, mount_fat: str, path: str) -> None:
    """The board itself removes what was begun, on littlefs and on FAT, and the older or the new file is there."""
    bench = Bench(link, cut_link, is_reset=False)
    bench.runtime.call(bench.runtime.text_expression(mount_fat, None))
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


def test_the_board_is_reset_behind_any_byte(link: Link, cut_link: Any) -> None:
    """What a reset leaves is mended, and the older or the new file is there."""
    bench = Bench(link, cut_link, is_reset=True)
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
def test_a_large_file_is_cut_anywhere(link: Link, cut_link: Any, *, is_reset: bool) -> None:
    """Wherever a large file is cut off, the helpers' own code included, the older one is there as it was."""
    bench = Bench(link, cut_link, is_reset=is_reset)
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
