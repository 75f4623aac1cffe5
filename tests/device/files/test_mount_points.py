"""A card that is mounted on the board: nothing goes through its mount point unasked, whatever the firmware tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import belay
from belay.files.filesystem import FileSystem
from belay.files.sync import Syncer
from belay.implementation import Implementation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from belay.runtime import Runtime

CARDS = """
import os, vfs
class Card:
    def __init__(self):
        self.data = bytearray(128 * 512)
    def readblocks(self, n, buf):
        buf[:] = self.data[n * 512:n * 512 + len(buf)]
    def writeblocks(self, n, buf):
        self.data[n * 512:n * 512 + len(buf)] = buf
    def ioctl(self, op, arg):
        return {4: 128, 5: 512, 6: 0}.get(op)
def insert(at):
    os.mkdir(at)
    card = Card()
    vfs.VfsFat.mkfs(card)
    vfs.mount(card, at)
    open(at + "/picture", "w").close()
os.mkdir("/media")
"""

PLACES = ["/media/card", "/sd"]

FIRMWARES = {
    "which lists its mounts": ("", PLACES),
    "which does not": ("without('vfs')", PLACES),
    "CircuitPython's": (
        """
without('vfs')
import sys
class storage:
    def getmount(path):
        if path != '/sd':
            raise OSError(22)
sys.modules['storage'] = storage
del os.ilistdir
""",
        ["/sd"],
    ),
}


@pytest.fixture(params=FIRMWARES.values(), ids=FIRMWARES)
def board(
    request: pytest.FixtureRequest, board_after: Callable[..., AbstractContextManager[Runtime]]
) -> Iterator[tuple[Runtime, list[str]]]:
    """A board with cards, and where they are."""
    dress, places = request.param
    with board_after("".join([CARDS, *(f"insert({place!r})\n" for place in places), dress])) as runtime:
        if "storage" in dress:
            # The simulated one can mount nothing.
            facts = runtime._reviver.facts
            runtime._reviver.facts = facts._replace(implementation=Implementation("circuitpython"))
        yield runtime, places


def test_a_mount_point_is_not_removed(board: tuple[Runtime, list[str]]) -> None:
    """Neither the place, nor a folder above, however it is spelt; the card keeps all; what is on it can go."""
    runtime, places = board
    fs = FileSystem(runtime)

    for place in places:
        for path in (place, place[1:]):
            for recursive in (False, True):
                with pytest.raises(
                    belay.BoardPathError,
                    match=f"`{path}` of the board cannot .*mounted at `{place}`; nothing",
                ):
                    fs.remove(path, recursive=recursive)
        with pytest.raises(belay.BoardPathError, match="cannot be removed"):
            fs.path(place).rmdir()
        assert fs.is_file(f"{place}/picture")
    if "/media/card" in places:
        with pytest.raises(belay.BoardPathError, match="mounted at `/media/card`; nothing"):
            fs.remove("/media", recursive=True)
        assert fs.is_file("/media/card/picture")

    fs.remove(f"{places[0]}/picture")
    fs.mkdir(f"{places[0]}/a/b", parents=True)
    fs.remove(f"{places[0]}/a", recursive=True)
    assert fs.list(places[0]) == []


def test_a_sync_leaves_cards_alone(board: tuple[Runtime, list[str]], tmp_path: Path) -> None:
    """What is not here and lies on a card stays, also where the firmware has no list of mounts."""
    runtime, places = board
    fs = FileSystem(runtime)
    fs.write_text("/old", "")
    (tmp_path / "new").touch()

    Syncer(runtime, fs).sync_folder(tmp_path, dst="/", keep=False, ignore=None)

    assert [fs.exists(path) for path in ("/old", "/new")] == [False, True]
    assert all(fs.is_file(f"{place}/picture") for place in places)
