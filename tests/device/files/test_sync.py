"""Syncing folders to a real MicroPython: what comes, what goes, what stays, and what it costs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

import belay
from belay.files.errors import SyncConflictError, SyncSourceError
from belay.minify import minify

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from belay.runtime import Runtime

SOURCE = '"""A module."""\n\n\ndef double(number):\n    # twice\n    return number * 2\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project's folder."""
    folder = tmp_path / "board"
    (folder / "lib" / "deep").mkdir(parents=True)
    (folder / "main.py").write_text(SOURCE)
    (folder / "lib" / "one.py").write_text(SOURCE)
    (folder / "lib" / "deep" / "data.bin").write_bytes(bytes(range(256)) * 20)
    (folder / 'it\'s a "näme".txt').write_text("hello")
    (folder / "empty").mkdir()
    return folder


def board_files(device: belay.Device) -> dict[str, bytes]:
    """Return all files of a board."""
    return {entry.path: device.fs.read_bytes(entry.path) for entry in device.fs.walk("/") if not entry.is_dir}


def host_files(folder: Path) -> dict[str, bytes]:
    """Return what the files of a folder are on a board."""
    found = {}
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            if path.suffix == ".py":
                content = minify(content.decode(), is_file=True).encode()
            found["/" + path.relative_to(folder).as_posix()] = content
    return found


class Turnarounds:
    """Counts what a device asks its board."""

    def __init__(self, device: belay.Device) -> None:
        self.count = 0
        session = device._belay_runtime.session
        call = session.call

        def counted(*args: object, **options: object) -> object:
            self.count += 1
            return call(*args, **options)  # type: ignore[arg-type] # passed on

        session.call = counted  # type: ignore[method-assign,assignment] # a counter around it


def test_a_tree_arrives(device: belay.Device, folder: Path) -> None:
    """All files are there, Python minified, and folders with nothing in them too."""
    plan = device.sync(folder)

    assert board_files(device) == host_files(folder)
    assert device.fs.is_dir("/empty")
    assert {action.path for action in plan.puts} == set(host_files(folder))


def test_what_is_unchanged_costs_one_turnaround(device: belay.Device, folder: Path) -> None:
    """A second sync asks the board once and does nothing; the first may ask what it can do as well."""
    device.sync(folder)
    asked = Turnarounds(device)

    plan = device.sync(folder)

    assert asked.count == 1
    assert plan.actions == ()
    assert set(plan.unchanged) == set(host_files(folder))


def test_what_is_unchanged_costs_as_much_in_a_large_tree(device: belay.Device, tmp_path: Path) -> None:
    """One turnaround tells that three hundred files in thirty folders are as they shall be, or that one is not."""
    for number in range(300):
        place = tmp_path / f"folder with a long name {number % 30}"
        place.mkdir(exist_ok=True)
        (place / f"file with a long name {number}.txt").write_text(str(number))
    device.sync(tmp_path, "/deep/place")
    asked = Turnarounds(device)

    assert device.sync(tmp_path, "/deep/place").actions == ()
    assert asked.count == 1
    (tmp_path / "folder with a long name 7" / "file with a long name 7.txt").write_text("8")
    assert [action.verb for action in device.sync(tmp_path, "/deep/place").actions] == ["put_file"]


def test_a_new_session_finds_it_unchanged(tmp_path: Path, folder: Path) -> None:
    """What another session has synced costs three turnarounds at most, helpers sent."""
    address = f"sim:?disk={tmp_path / 'flash'}"
    with belay.Device(address) as device:
        device.sync(folder)
    with belay.Device(address) as device:
        asked = Turnarounds(device)

        plan = device.sync(folder)

        assert asked.count <= 3
        assert plan.actions == ()


def test_what_differs_is_sent_and_what_is_gone_is_removed(device: belay.Device, folder: Path) -> None:
    """Changed files are replaced, files and folders that the host has no more go, the rest is left alone."""
    device.sync(folder)
    (folder / "main.py").write_text("changed = 1\n")
    (folder / "new.py").write_text("new = 1\n")
    (folder / "lib" / "one.py").unlink()
    (folder / "empty").rmdir()

    plan = device.sync(folder, keep=False)

    assert sorted(map(str, plan.actions)) == [
        "put file /main.py (changed, 9 bytes)",
        "put file /new.py (new, 5 bytes)",
        "remove file /lib/one.py (superfluous)",
        "remove folder /empty (superfluous)",
    ]
    assert board_files(device) == host_files(folder)
    assert not device.fs.exists("/empty")


def test_a_file_of_the_same_size_is_told_by_its_content(device: belay.Device, folder: Path) -> None:
    """Content decides, not size."""
    device.sync(folder)
    (folder / 'it\'s a "näme".txt').write_text("HELLO")

    plan = device.sync(folder)

    assert len(plan.actions) == 1
    assert board_files(device) == host_files(folder)


def test_keep(device: belay.Device, tmp_path: Path) -> None:
    """By default boot.py, the WebREPL's password and lib stay; a list keeps what it names, True everything."""
    folder = tmp_path / "board"
    folder.mkdir()
    (folder / "new.py").write_text("1")
    here = ["/boot.py", "/webrepl_cfg.py", "/lib/x.py", "/data/log.txt", "/old.py"]
    for path in here:
        device.fs.mkdir(path.rpartition("/")[0] or "/", exist_ok=True)
        device.fs.write_text(path, "x")

    device.sync(folder, keep=True)
    assert set(board_files(device)) == {*here, "/new.py"}
    device.sync(folder, keep=["boot.py", "webrepl_cfg.py", "lib", "data"])
    assert set(board_files(device)) == {*here, "/new.py"} - {"/old.py"}
    device.sync(folder)
    assert set(board_files(device)) == {"/boot.py", "/webrepl_cfg.py", "/lib/x.py", "/new.py"}
    device.sync(folder, keep=False)
    assert set(board_files(device)) == {"/new.py"}


def test_a_folder_below(device: belay.Device, folder: Path) -> None:
    """With `dst` only that folder is touched, and it is made."""
    device.fs.write_text("/other.py", "x")

    device.sync(folder / "lib", "/a/b")

    assert set(board_files(device)) == {"/other.py", "/a/b/one.py", "/a/b/deep/data.bin"}
    (folder / "lib" / "one.py").write_text("changed = 1")
    assert [str(action) for action in device.sync(folder / "lib", "/a/b").actions] == [
        "put file /a/b/one.py (changed, 9 bytes)"
    ]
    assert [str(action) for action in device.sync(folder / "lib" / "deep", "/a/c").actions] == [
        "make folder /a/c (new)",
        "put file /a/c/data.bin (new, 5120 bytes)",
    ]


def test_a_single_file(device: belay.Device, folder: Path) -> None:
    """One file goes into `dst`, and everything else stays."""
    device.fs.write_text("/other.py", "x")

    device.sync(folder / "main.py", minify=False)

    assert board_files(device) == {"/other.py": b"x", "/main.py": SOURCE.encode()}


def test_a_dry_run_changes_nothing(device: belay.Device, folder: Path) -> None:
    """The plan is the one that a sync carries out, and the board is as it was."""
    device.fs.write_text("/old.py", "x")
    before = board_files(device)

    dry = device.sync(folder, dry_run=True)

    assert board_files(device) == before
    assert device.sync(folder) == dry


def test_ignored_files_stay_here(device: belay.Device, folder: Path) -> None:
    """Patterns of the call and of `.belayignore` keep files from the board."""
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "x.pyc").write_bytes(b"x")
    (folder / ".belayignore").write_text("*.txt\n")

    device.sync(folder)
    assert "/__pycache__/x.pyc" not in board_files(device)
    assert not any(path.endswith(".txt") for path in board_files(device))
    device.sync(folder, ignore=["lib/"], keep=False)
    assert set(board_files(device)) == {"/main.py", "/__pycache__/x.pyc"}


def test_leftovers_are_mended(device: belay.Device, folder: Path) -> None:
    """What an interrupted write left behind goes, and an unchanged tree with it is not taken for unchanged."""
    device.sync(folder)
    device("f = open('/lib/.belay-one.py', 'w'); f.write('half'); f.close()")

    device.sync(folder)

    assert board_files(device) == host_files(folder)


def test_mounted_file_systems_are_left_alone(device: belay.Device, folder: Path) -> None:
    """Another file system below keeps what it has, and what is wanted there is put."""
    device("""
        import os, vfs
        class Disk:
            def __init__(self):
                self.data = bytearray(64 * 512)
            def readblocks(self, n, buf):
                buf[:] = self.data[n * 512:n * 512 + len(buf)]
            def writeblocks(self, n, buf):
                self.data[n * 512:n * 512 + len(buf)] = buf
            def ioctl(self, op, arg):
                return 64 if op == 4 else 512 if op == 5 else 0
        disk = Disk()
        vfs.VfsFat.mkfs(disk)
        os.mkdir('/card')
        vfs.mount(disk, '/card')
    """)
    device.fs.write_text("/card/picture", "mine")
    (folder / "card").mkdir()
    (folder / "card" / "config").write_text("new")

    for _ in range(2):
        device.sync(folder, keep=False)

        files = board_files(device)
        assert files.pop("/card/picture") == b"mine"
        assert files == host_files(folder)


def test_compiled(device: belay.Device, tmp_path: Path) -> None:
    """With `mpy=True` modules are compiled under the board's names, import as ever, and replace their `.py`."""
    folder = tmp_path / "board"
    folder.mkdir()
    (folder / "module.py").write_text(SOURCE + "def fail():\n    return 1 / 0\n")
    (folder / "main.py").write_text("import module\n")
    device.sync(folder)
    assert device.fs.exists("/module.py")

    device.sync(folder, mpy=True, opt={"module.py": 1})

    assert sorted(board_files(device)) == ["/main.py", "/module.mpy"]
    device("import module")
    assert device("module.double(4)") == 8
    with pytest.raises(ZeroDivisionError) as caught:
        device("module.fail()")
    assert "module.py" in caught.value.board_text
    assert str(tmp_path).encode() not in device.fs.read_bytes("/module.mpy")
    assert device.sync(folder, mpy=True, opt={"module.py": 1}).actions == ()


def test_a_stale_twin_goes_even_where_everything_is_kept(device: belay.Device, tmp_path: Path) -> None:
    """The `.py` beside a new `.mpy` would hide it."""
    source = tmp_path / "module.py"
    source.write_text("value = 1\n")
    device.sync(source)
    source.write_text("value = 2\n")

    device.sync(source, mpy=True)

    assert sorted(board_files(device)) == ["/module.mpy"]
    device("import module")
    assert device("module.value") == 2


def test_no_room(folder: Path) -> None:
    """A tree that does not fit is refused before anything is changed, with numbers."""
    (folder / "large.bin").write_bytes(bytes(range(250)) * 400)
    with belay.Device("sim:?flash=64k") as device:
        device.fs.write_text("/old.py", "x")

        with pytest.raises(
            belay.NoSpaceError, match=r"needs \d+ bytes .*, and \d+ are free; nothing was changed"
        ):
            device.sync(folder)

        assert board_files(device) == {"/old.py": b"x"}


def test_progress(device: belay.Device, folder: Path) -> None:
    """Progress comes with rich's keywords, and the advances add up to the total."""
    updates: list[dict[str, object]] = []

    device.sync(folder, progress_update=lambda **update: updates.append(update))

    totals = [update["total"] for update in updates if "total" in update]
    assert totals == [sum(map(len, host_files(folder).values()))]
    assert sum(update.get("advance", 0) for update in updates) == totals[0]  # type: ignore[misc] # numbers
    assert updates[-1] == {"description": "Done"}


def test_dependencies_of_a_package(
    device: belay.Device, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Folders of an installed package are laid over one another in `/lib`."""
    for group, name in (("main", "one.py"), ("dev", "two.py"), ("dev", "one.py")):
        place = tmp_path / "hostpackage" / "dependencies" / group
        place.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(f"where = '{group}'\n")
    (tmp_path / "hostpackage" / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)

    device.sync_dependencies("hostpackage", "dependencies/main", "dependencies/dev")
    sys.modules.pop("hostpackage", None)

    assert board_files(device) == {"/lib/one.py": b"where='dev'", "/lib/two.py": b"where='dev'"}


def test_a_missing_source(device: belay.Device, tmp_path: Path) -> None:
    """A folder that is not there is a ValueError, and the board is untouched."""
    device.fs.write_text("/old.py", "x")

    with pytest.raises(SyncSourceError, match="is not there"):
        device.sync(tmp_path / "nowhere")
    with pytest.raises(ValueError, match="begins with `/`"):
        device.sync(tmp_path, "lib")
    with pytest.raises(ValueError, match=r"`\.\.` is not resolved"):
        device.sync(tmp_path, "/lib/..")
    for nothing in ("", None, 5):
        with pytest.raises(SyncSourceError, match="is no folder to sync"):
            device.sync(nothing)  # type: ignore[arg-type] # on purpose

    assert board_files(device) == {"/old.py": b"x"}


@pytest.mark.parametrize("keep", [None, True])
@pytest.mark.parametrize("dst", ["/taken", "/taken/below"])
def test_a_file_is_no_folder_to_sync_to(
    device: belay.Device, folder: Path, dst: str, keep: bool | None
) -> None:
    """`dst` is always a folder: where a file stands nothing changes, and the error says so."""
    device.fs.write_text("/taken", "x")

    with pytest.raises(SyncConflictError, match=f"a sync to `{dst}`.*`dst` is always a folder"):
        device.sync(folder, dst, keep)

    assert board_files(device) == {"/taken": b"x"}


def test_a_board_that_was_found_again_is_synced_again(folder: Path, tmp_path: Path) -> None:
    """A reconnection repeats the sync, also where the new board has nothing of it."""
    with belay.Device(f"sim:?disk={tmp_path / 'flash'}", attempts=1) as device:
        device.sync(folder)
        device("import lib.one")
        device._belay_runtime.session.link._launcher.end()  # type: ignore[attr-defined] # unplugs it
        (tmp_path / "flash").unlink()

        assert device("lib.one.double(2)") == 4
        assert board_files(device) == host_files(folder)


@pytest.mark.parametrize(
    "before",
    [
        "without('hashlib', 'uhashlib')",
        "without('hashlib', 'uhashlib', 'binascii', 'ubinascii')",
        "without('deflate', 'vfs')",
    ],
)
def test_boards_that_lack_something(
    board_after: Callable[..., AbstractContextManager[Runtime]], folder: Path, before: str
) -> None:
    """Without SHA-256, CRC-32 or an inflater the same happens, and unchanged is seen as well."""
    from belay.files.filesystem import FileSystem  # noqa: PLC0415 - the rooms below the device
    from belay.files.sync import Syncer  # noqa: PLC0415 - likewise

    with board_after(before) as runtime:
        fs = FileSystem(runtime)
        syncer = Syncer(runtime, fs)

        first = syncer.sync_folder(folder, dst="/", ignore=None)
        second = syncer.sync_folder(folder, dst="/", ignore=None)

        assert {action.path for action in first.puts} == set(host_files(folder))
        assert second.actions == ()
        assert fs.read_bytes("/main.py") == host_files(folder)["/main.py"]
