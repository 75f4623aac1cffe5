"""The link is lost, or the board reset, behind any byte of a small sync: each file is whole, and the next sync mends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import belay
from belay.files.filesystem import FileSystem
from belay.files.sync import Syncer
from belay.output import OutputWriter
from belay.runtime import Runtime
from belay_transport.opening import open_link
from belay_transport.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from belay_transport.links import Link

pytestmark = pytest.mark.once

TREES = {
    "older": {"/a.txt": b"older", "/lib/b.txt": b"older \x04 b", "/old/c.txt": b"older c"},
    "newer": {"/a.txt": b"newer \x03\x1b", "/lib/b.txt": b"newer \x04 b", "/new/d.txt": b"newer d"},
}
PATHS = sorted(TREES["older"] | TREES["newer"])

FOUND = """
def found(paths):
    import os
    contents = {}
    for path in paths:
        try:
            with open(path, "rb") as file:
                contents[path] = file.read()
        except OSError:
            pass
    return contents
def names(folder):
    import os
    found = []
    for entry in os.ilistdir(folder):
        found.append(folder + entry[0])
        if entry[1] == 0x4000:
            found += names(folder + entry[0] + "/")
    return sorted(found)
"""

PARTS = 4
CODE_BYTES = 300
# Of longer writes the most is the source of functions, and where that is cut makes no difference to a board
# that has run nothing of it: there every `CODE_STEP`th byte is one, and each of the last `CALL_BYTES`.
CODE_STEP = 61
CALL_BYTES = 64


class Bench:
    """A board, and sessions with it of which each syncs once."""

    def __init__(self, link: Link, cut_link: Any, tmp_path: Path) -> None:
        self._link = link
        self._cut_link = cut_link
        self._folders: dict[str, Path] = {}
        for name, files in TREES.items():
            folder = self._folders[name] = tmp_path / name
            for path, content in files.items():
                (folder / path[1:]).parent.mkdir(parents=True, exist_ok=True)
                (folder / path[1:]).write_bytes(content)

    def connect(self) -> Runtime:
        """Begin a session."""
        self._cut = self._cut_link(self._link)
        session = Session(self._cut)
        runtime = Runtime(session, OutputWriter(None), description="the board")
        runtime.connect("")
        return runtime

    def sync(self, name: str, *, after_bytes: int | None = None, is_reset: bool = False) -> bool:
        """Make the board's files those of a tree; say whether the link, or the board, did not last until the end."""
        runtime = self.connect()
        self._cut.arm(after_bytes)
        try:
            Syncer(runtime, FileSystem(runtime)).sync_folder(
                self._folders[name], dst="/", ignore=None, keep=False
            )
        except belay.ConnectionLost:
            if is_reset:
                self._link.simulated.restart()  # type: ignore[attr-defined] # a simulated board has it
            return True
        return False

    def offsets(self) -> list[int]:
        """Return behind which bytes the sync before is cut: behind each, but in code that is only sent."""
        chosen = []
        start = 0
        for size in self._cut.sizes:
            chosen += [
                start + at
                for at in range(size)
                if size < CODE_BYTES or at % CODE_STEP == 0 or size - at <= CALL_BYTES
            ]
            start += size
        return chosen

    def found(self) -> tuple[dict[str, bytes], list[str]]:
        """Return the contents of all files that there can be, and all names."""
        runtime = self.connect()
        runtime.call(runtime.text_expression(FOUND, None))
        contents = runtime.call(f"found({PATHS})")
        names = runtime.call("names('/')")
        assert isinstance(contents, dict)
        assert isinstance(names, list)
        return contents, names


@pytest.fixture
def bench(tmp_path: Path, cut_link: Any) -> Iterator[Bench]:
    """A simulated board, and the two trees."""
    link = open_link("sim:?flash=256k")
    yield Bench(link, cut_link, tmp_path)
    link.close()


def expected_names(name: str) -> list[str]:
    """Return all names of a tree, folders included."""
    files = TREES[name]
    return sorted({*files, *(path.rpartition("/")[0] for path in files)} - {""})


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("is_reset", [False, True])
def test_a_sync_is_cut_behind_any_byte(bench: Bench, *, part: int, is_reset: bool) -> None:
    """Each file is the older or the newer one, nothing else is lost, and the next sync leaves the tree alone there."""
    bench.sync("newer")
    bench.sync("older")
    offsets = bench.offsets()[part::PARTS]
    cuts = 0

    for index, offset in enumerate(offsets):
        before, after = ("older", "newer") if index % 2 == 0 else ("newer", "older")
        cuts += bench.sync(after, after_bytes=offset, is_reset=is_reset)
        contents, _ = bench.found()
        for path in PATHS:
            assert contents.get(path) in (TREES[before].get(path), TREES[after].get(path))
        assert not bench.sync(after)
        assert bench.found() == (TREES[after], expected_names(after))

    assert cuts > len(offsets) * 9 // 10  # the two ways are of nearly the same length
