"""Boards with little memory, old ones, CircuitPython: what `device.fs` does with what there is."""

from __future__ import annotations

import hashlib
import os
import re
from binascii import crc32
from typing import TYPE_CHECKING, Any

import pytest

import belay
from belay.files.abilities import Channel
from belay.files.facts import Entry, FileHash, Usage
from belay.files.filesystem import FileSystem

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from belay.runtime import Runtime
    from belay_transport.session import Answer

    BoardAfter = Callable[..., AbstractContextManager[Runtime]]

BALLAST = """
def ballast(free):
    global held
    import gc
    gc.collect()
    kept = bytearray(free)
    held = None
    size = gc.mem_free()
    while size > 32:
        try:
            held = held, bytearray(size)
        except MemoryError:
            size = size * 3 // 4
    kept = None
    gc.collect()
"""
# What is left is one piece, as the end of a heap is.

MANY = """
import os
os.mkdir("/many")
for folder in range(20):
    os.mkdir("/many/%d" % folder)
    for number in range(50):
        open("/many/%d/a file with number %d" % (folder, number), "w").close()
"""

FREE = "(__import__('gc').collect(),__import__('gc').mem_free())[1]"

HELPERS = ("system", "check", "beside", "move", "space", "put", "intake+segments")

LACKING = """
import os
class Os:
    pass
def os_without(*names):
    import sys
    fewer = Os()
    for name in dir(os):
        if name not in names:
            setattr(fewer, name, getattr(os, name))
    sys.modules["os"] = sys.modules["uos"] = fewer
"""

OLD_BOARD = (
    LACKING
    + """
os_without("stat", "ilistdir", "statvfs", "mkdir")
without("os", "binascii", "hashlib", "deflate")
"""
)
# So MicroPython 1.9 was on small boards: modules whose names begin with "u" only.

NO_STREAMS = """
import sys
class Sys:
    implementation, platform, modules = sys.implementation, sys.platform, sys.modules
    print_exception = sys.print_exception
sys.modules["sys"] = Sys
"""

NO_BINASCII = "without('binascii', 'ubinascii')\n"


def test_a_megabyte_on_a_board_with_32_kb(board_after: BoardAfter) -> None:
    """With 32 kB of free heap, a file of 1 MB crosses both ways."""
    content = os.urandom(500_000) + b"a text is sent deflated\n" * 21_000
    with board_after(BALLAST, address="sim:?flash=4m") as runtime:
        runtime.call("ballast(32000)")
        free_bytes = runtime.call(FREE)
        assert isinstance(free_bytes, int)
        assert free_bytes < 33_000

        fs = FileSystem(runtime)
        fs.write_bytes("/file", content)

        assert fs.hash("/file").hexdigest == hashlib.sha256(content).hexdigest()
        assert fs.read_bytes("/file") == content


def test_the_helpers_need_at_most_4_kb(board_after: BoardAfter) -> None:
    """The functions that write files take at most 4 kB of a board's heap, on one with 8 bytes to a word.

    The one that reads takes less than 1 kB beside them.
    """
    with board_after() as runtime:
        # The tables of names grow in steps of a kilobyte and more, whoever comes last: they have grown already.
        runtime.send_helpers(HELPERS)
        runtime.discard_helpers(HELPERS)
        runtime.send_helpers(["paths"])
        before = runtime.call(FREE)

        runtime.send_helpers(HELPERS)

        after = runtime.call(FREE)
        runtime.send_helpers(["get"])
        at_last = runtime.call(FREE)
        assert isinstance(before, int)
        assert isinstance(after, int)
        assert isinstance(at_last, int)
        assert 1000 < before - after <= 4096
        assert 100 < after - at_last < 1024


class HeapWatch:
    """Asks a board after each submission what is taken of its heap, and which names of ours it has.

    Args:
        device: whose board; what it has taken so far does not count.
    """

    def __init__(self, device: belay.Device) -> None:
        device(HEAP)
        runtime = device._belay_runtime
        self._submit = runtime._submitter.submit
        self._settle = runtime._replies.settle
        self.taken: dict[str, int] = {}
        self._taken()  # its own first run takes something too
        self._before = self._taken()
        runtime._submitter.submit = self._watched  # type: ignore[method-assign] # it asks behind each

    def _watched(self, arguments: str, **options: Any) -> Answer:  # Any: passed on
        answer = self._submit(arguments, **options)
        called = re.findall(r"_belay_\w+(?=\()", arguments)
        assert called
        for name in called:  # what the step needs is there while it is measured
            assert self._ask(f"callable({name})") is True
        taken = self._taken() - self._before
        self.taken[called[0]] = max(taken, self.taken.get(called[0], 0))
        return answer

    def _taken(self) -> int:
        taken = self._ask("taken()")
        assert isinstance(taken, int)
        return taken

    def _ask(self, expression: str) -> object:
        return self._settle(self._submit(f"lambda:{expression}"))


HEAP = """
def taken():
    import gc
    gc.collect()
    gc.collect()
    return gc.mem_alloc()
"""

SYNC_HELPERS_BYTES = 4096
# On a board with 8 bytes to a word; with 4, the same steps took 3616 bytes at most (MicroPython 1.27 for
# WebAssembly, 2026-11-27).


def test_the_helpers_of_a_sync_need_at_most_4_kb_at_any_time(tmp_path: Path) -> None:
    """At each step of a first, a second and a changing sync, what it has sent takes at most 4 kB of heap."""
    folder = tmp_path / "board"
    (folder / "lib").mkdir(parents=True)
    (folder / "main.py").write_text("value = 1\n")
    (folder / "lib" / "text").write_text("hello" * 500)
    with belay.Device("sim:") as device:
        watch = HeapWatch(device)

        device.sync(folder, "/deep/app")
        device.sync(folder, "/deep/app")
        (folder / "main.py").write_text("value = 2\n")
        device.sync(folder, "/deep/app")

        # What it can do, the digest, the listing, the hashes, the files.
        assert list(watch.taken) == ["_belay_ab", "_belay_td", "_belay_tl", "_belay_rx", "_belay_th"]
        assert min(watch.taken.values()) > 400
        assert max(watch.taken.values()) <= SYNC_HELPERS_BYTES


def test_a_thousand_files_on_a_small_board(board_after: BoardAfter) -> None:
    """A tree of a thousand files is listed, measured and removed with 16 kB of free heap."""
    with board_after(BALLAST, address="sim:?flash=8m") as runtime:
        runtime.call(runtime.text_expression(MANY, None))
        runtime.call("ballast(16000)")
        fs = FileSystem(runtime)

        assert len(fs.walk("/many")) == 1020
        assert fs.usage("/many") == Usage(files=1000, folders=20, size_bytes=0)
        fs.remove("/many", recursive=True)
        assert fs.walk() == []


def test_literals_on_a_board_with_8_kb(board_after: BoardAfter) -> None:
    """With 8 kB of free heap and no stdin that a program can read, files are written, listed and read."""
    # The same each time: literals of random bytes have random lengths, and so have the holes that they leave.
    content = bytes(number * number * 7919 >> 3 & 255 for number in range(1500))
    with board_after(BALLAST + NO_STREAMS + NO_BINASCII) as runtime:
        runtime.call("ballast(10500)")
        fs = FileSystem(runtime)
        assert fs.transfer.abilities.channel is Channel.LITERAL
        assert fs.transfer.abilities.free_bytes < 8192
        sent: list[int] = []

        fs.write_bytes("/file", b"older")
        fs.write_bytes("/file", content, progress=sent.append)

        assert sent == sorted(sent)
        assert sent[-1] == len(content)
        assert fs.read_bytes("/file") == content
        assert fs.read_bytes("/file", offset=100, size=200) == content[100:300]
        assert [entry.name for entry in fs.list()] == ["file"]
        with pytest.raises(belay.FeatureUnavailableError, match="appending"):
            fs.append_bytes("/file", b"more")
        with pytest.raises(FileNotFoundError, match="writing `/no/file` on the board failed"):
            fs.write_bytes("/no/file", b"content")
        with pytest.raises(FileNotFoundError, match="reading `/missing` on the board failed"):
            fs.read_bytes("/missing")


def test_an_old_board(board_after: BoardAfter) -> None:
    """A board of 1.9's days writes, reads, lists and removes; the verbs that it cannot do name what is missing."""
    with board_after(OLD_BOARD) as runtime:
        fs = FileSystem(runtime)
        content = os.urandom(3000)

        fs.write_bytes("/file", content)
        fs.append_bytes("/file", b"more")

        assert fs.list() == [Entry("/file", is_dir=False, size_bytes=None)]
        assert fs.read_bytes("/file") == content + b"more"
        assert fs.hash("/file") == FileHash("sha256", hashlib.sha256(content + b"more").hexdigest())
        for verb, missing in (
            (lambda: fs.stat("/file"), "stat"),
            (lambda: fs.exists("/file"), "stat"),
            (fs.free, "statvfs"),
            (lambda: fs.mkdir("/folder"), "mkdir"),
        ):
            with pytest.raises(
                belay.FeatureUnavailableError, match=rf"on the board failed: .* no `os.{missing}`"
            ):
                verb()
        fs.remove("/file")
        assert fs.list() == []


def test_a_board_without_a_hash(board_after: BoardAfter) -> None:
    """Without SHA-256 the hash is CRC-32, and says so; without that in C too, it is the same."""
    content = os.urandom(700)
    for lacking in ("'hashlib','uhashlib'", "'hashlib','uhashlib','binascii','ubinascii'"):
        with board_after(f"without({lacking})") as runtime:
            fs = FileSystem(runtime)
            fs.write_bytes("/file", content)

            assert fs.hash("/file") == FileHash("crc32", f"{crc32(content):08x}")
            with pytest.raises(belay.FeatureUnavailableError, match=r"no `hashlib.sha256`"):
                fs.hash("/file", "sha256")


@pytest.fixture
def writable(tmp_path: Path) -> str:
    """The address of a board dressed as CircuitPython whose `boot.py` lets it write, as the manual says."""
    disk = tmp_path / "flash"
    with belay.Device(f"sim:?disk={disk}") as device:
        device.fs.write_text("/boot.py", 'import storage\nstorage.remount("/")\n')
    return f"sim:?disk={disk}&personality=circuitpython"


def test_circuitpython(writable: str) -> None:
    """A board without `os.ilistdir` and without binary streams does everything, by other ways."""
    with belay.Device(writable) as device:
        fs = device.fs
        fs.mkdir("/a/b", parents=True)
        fs.write_text("/a/b/file", "content")

        assert device.implementation.name == "circuitpython"
        assert fs.transfer.abilities.channel is not Channel.RAW
        assert fs.walk("/a") == [
            Entry("/a/b", is_dir=True, size_bytes=0),
            Entry("/a/b/file", is_dir=False, size_bytes=7),
        ]
        assert fs.read_text("/a/b/file") == "content"
        fs.remove("/a", recursive=True)
        assert [entry.path for entry in fs.walk()] == ["/boot.py"]


def test_syncing_to_circuitpython(writable: str, tmp_path: Path) -> None:
    """A folder is synced, what is unchanged is seen, and compiling is refused with the reason."""
    folder = tmp_path / "board"
    folder.mkdir()
    (folder / "code.py").write_text("value = 7  # seven\n")
    with belay.Device(writable) as device:
        first, second = device.sync(folder), device.sync(folder)

        assert [action.path for action in first.actions] == ["/code.py"]
        assert second.actions == ()
        assert device.fs.read_text("/code.py") == "value=7"
        with pytest.raises(belay.FeatureUnavailableError, match="runs CircuitPython"):
            device.sync(folder, mpy=True)


def test_circuitpythons_read_only_drive(tmp_path: Path) -> None:
    """Where the computer has the drive, writing is an OSError whose hint is the manual's way out."""
    (tmp_path / "code.py").write_text("value = 7\n")
    with belay.Device("sim:?personality=circuitpython") as device:
        for attempt in (lambda: device.fs.write_text("/file", "x"), lambda: device.sync(tmp_path)):
            with pytest.raises(OSError, match=r"writing `/.*` on .* failed") as caught:
                attempt()

            assert caught.value.errno == 30
            assert isinstance(caught.value, belay.BelayException)
            assert 'storage.remount("/")' in str(caught.value.hint)
            assert "boot.py" in str(caught.value.hint)


def test_the_users_names_are_not_ours() -> None:
    """Whatever a user calls a global, files are read and written as ever."""
    with belay.Device("sim:") as device:
        device("def spoil():\n for name in dir(builtins):\n  if name[:2] != '__':\n   globals_[name] = 7")
        device("import builtins\nglobals_ = globals()")
        device("spoil()")
        device("os = sys = io = binascii = hashlib = N = T = H = L = Q = 7")

        device.fs.mkdir("/a/b", parents=True)
        device.fs.write_bytes("/a/b/file", content := os.urandom(5000))
        device.fs.copy("/a/b/file", "/copy")
        device.fs.rename("/copy", "/moved")

        assert device.fs.read_bytes("/moved") == content
        assert [entry.path for entry in device.fs.walk()] == ["/a", "/a/b", "/a/b/file", "/moved"]
        assert device.fs.hash("/moved") == device.fs.hash("/a/b/file")
        assert device.fs.usage().files == 2
        device.fs.remove("/a", recursive=True)
        assert device.fs.mend() == []
        assert device("[os, N, H]") == [7, 7, 7]
