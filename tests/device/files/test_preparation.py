"""What syncs read of the host, once for several boards."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

import belay
from belay.device import use_preparation
from belay.files import preparation
from belay.files.errors import SyncSourceError
from belay.files.preparation import Preparation, SharedPreparation

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a file of Python."""
    monkeypatch.setenv("BELAY_CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "one.py").write_text("x = 1  # one\n")
    return tmp_path / "src"


def test_each_sync_of_one_board_reads_anew(source: Path) -> None:
    """What has changed on the host is seen."""
    own = Preparation()
    before = own.files(own.tree(source, dst="/", ignore=None), minify=True)

    (source / "one.py").write_text("x = 2\n")

    after = own.files(own.tree(source, dst="/", ignore=None), minify=True)
    assert (before["/one.py"].data, after["/one.py"].data) == (b"x=1", b"x=2")


def test_what_is_shared_is_made_once(source: Path) -> None:
    """The same folder and options give the same values, others their own."""
    shared = SharedPreparation()
    tree = shared.tree(source, dst="/", ignore=["*.log"])
    small = shared.files(tree, minify=True, opt=dict)

    (source / "one.py").write_text("x = 2\n")

    assert shared.tree(str(source), dst="/", ignore=("*.log",)) is tree
    assert shared.files(tree, opt=dict, minify=True) is small
    assert shared.files(tree, minify=False, opt={"*": 1})["/one.py"].data == b"x = 2\n"
    assert list(shared.tree(source, dst="/app", ignore=None).files) == ["/app/one.py"]


def test_what_cannot_be_made_is_told_to_each(tmp_path: Path) -> None:
    """An error is not kept: who asks again is answered again."""
    shared = SharedPreparation()

    for _ in range(2):
        with pytest.raises(SyncSourceError):
            shared.tree(tmp_path / "none", dst="/", ignore=None)


def test_threads_wait_for_the_first(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many ask at the same time, a folder is read once."""
    shared = SharedPreparation()
    read = []
    original = preparation.host_tree

    def counting(*given: object, **options: object) -> object:
        read.append(given)
        return original(*given, **options)  # type: ignore[arg-type] # as it was called

    monkeypatch.setattr(preparation, "host_tree", counting)
    asking = [
        threading.Thread(target=shared.tree, args=(source,), kwargs={"dst": "/", "ignore": None})
        for _ in range(8)
    ]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()

    assert len(read) == 1


def test_two_boards_get_the_same_files(source: Path) -> None:
    """Also when they change on the host in between."""
    shared = SharedPreparation()
    with belay.Device("sim:", startup="") as first, belay.Device("sim:", startup="") as second:
        for device in (first, second):
            use_preparation(device, shared)
            device.sync(source)
            (source / "one.py").write_text("x = 2\n")

        assert first.fs.path("/one.py").read_text() == second.fs.path("/one.py").read_text() == "x=1"
