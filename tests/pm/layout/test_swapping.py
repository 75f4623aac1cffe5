from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from belay_pm.errors import LockError, PackageError, UnsafePathError
from belay_pm.layout import recover

if TYPE_CHECKING:
    from belay_pm.packages import Package
    from conftest import Site

OLD = {"a.py": b"old a", "b/x.py": b"old x", "b/y.py": b"same", "f": b"a file", "d/in": b"in a folder"}
NEW = {"a.py": b"new a", "b/y.py": b"same", "c/new.py": b"new", "f/now": b"a folder", "d": b"a file"}
# A file changes, one goes, one stays, one comes, a file becomes a folder, and a folder becomes a file.


class Fault:
    """Fails like a disk at the step of a number, and at all that follow if told so."""

    def __init__(self, at: int, *, for_ever: bool = False) -> None:
        self.at = at
        self.for_ever = for_ever
        self.steps: list[str] = []

    def __call__(self, step: str) -> None:
        """Count the step, and fail or not."""
        self.steps.append(step)
        if len(self.steps) == self.at or (self.for_ever and len(self.steps) > self.at):
            raise OSError(28, "No space left on device", step)


@pytest.fixture
def old(site: Site) -> dict[str, bytes | None]:
    """The state before, with a file of somebody's in it."""
    site.lay(site.package("p", OLD), lock_text="old lock\n")
    site.put("main/b/mine.py")
    return site.all()


def new(site: Site) -> tuple[Package]:
    """What shall be."""
    return (site.package("p", NEW),)


def test_the_steps_are_those(site: Site, old: dict[str, bytes | None]) -> None:
    """What the tests below break is everything that happens on disk."""
    fault = Fault(0)

    site.lay(*new(site), lock_text="new lock\n", before=fault)

    assert fault.steps == [
        "make the work folder",
        "stage main/a.py",
        "stage main/c/new.py",
        "stage main/d",
        "stage main/f/now",
        "stage record",
        "stage lock",
        "write the journal",
        "begin",
        "put main/b/x.py aside",
        "put main/d/in aside",
        "remove the folder main/d",
        "put main/f aside",
        "put main/a.py aside",
        "make the folder of main/a.py",
        "lay main/a.py",
        "make the folder of main/c/new.py",
        "lay main/c/new.py",
        "make the folder of main/d",
        "lay main/d",
        "make the folder of main/f/now",
        "lay main/f/now",
        "put record aside",
        "make the folder of record",
        "lay record",
        "put lock aside",
        "make the folder of lock",
        "lay lock",
        "commit",
        "remove what is left of the lock",
        "remove the work folder",
    ]
    assert site.packages() == {f"main/{path}": content for path, content in NEW.items()} | {
        "main/b/mine.py": b"mine"
    }


LAST_UNDONE = 29
"""The number of the step `commit`: a fault there or before it leaves the old state, and later the new one."""


@pytest.mark.parametrize("at", range(1, LAST_UNDONE + 3))
def test_a_fault_at_any_step_leaves_the_old_state(site: Site, old: dict[str, bytes | None], at: int) -> None:
    """Byte for byte, folder for folder; and the next time all goes well."""
    fault = Fault(at)

    if at <= LAST_UNDONE:
        with pytest.raises(PackageError, match="No space left on device"):
            site.lay(*new(site), lock_text="new lock\n", before=fault)
        assert site.all() == old
    else:
        site.lay(*new(site), lock_text="new lock\n", before=fault)
    recover(site.places)
    site.lay(*new(site), lock_text="new lock\n")

    assert _is_new(site)


@pytest.mark.parametrize("at", range(1, LAST_UNDONE + 3))
def test_a_disk_that_stays_broken_is_undone_by_the_next_run(
    site: Site, old: dict[str, bytes | None], at: int
) -> None:
    """When undoing fails as well, the next run does it, and that run may be broken too."""
    fault = Fault(at, for_ever=True)
    if at <= LAST_UNDONE:
        with pytest.raises(PackageError):
            site.lay(*new(site), lock_text="new lock\n", before=fault)
    else:
        site.lay(*new(site), lock_text="new lock\n", before=fault)

    for again in range(1, 40):
        broken = Fault(again, for_ever=True)
        try:
            recover(site.places, before=broken)
        except PackageError:
            continue
        break

    assert site.all() == old if at <= LAST_UNDONE else _is_new(site)


KILLED = """
import os, sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from conftest import Site
from test_swapping import NEW
count = 0
def before(step):
    global count
    count += 1
    if count == int(sys.argv[3]):
        os.kill(os.getpid(), 9)
site = Site(Path(sys.argv[2]))
site.lay(site.package("p", NEW), lock_text="new lock\\n", before=before)
"""


@pytest.mark.once
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("at", range(1, LAST_UNDONE + 3))
def test_a_kill_at_any_step_is_undone_by_the_next_run(
    site: Site, old: dict[str, bytes | None], at: int
) -> None:
    """A process that is killed leaves a journal, and whoever comes next finds the old state, or the new one."""
    command = [sys.executable, "-c", KILLED, os.path.dirname(__file__), str(site.places.folder), str(at)]  # noqa: PTH120 - a text for another process

    done = subprocess.run(command, check=False, capture_output=True)

    assert done.returncode == -9, done.stderr
    assert recover(site.places) == (9 < at <= LAST_UNDONE)  # before the ninth step nothing has begun
    assert site.all() == old if at <= LAST_UNDONE else _is_new(site)


def test_ctrl_c_leaves_the_old_state(site: Site, old: dict[str, bytes | None]) -> None:
    """Whoever interrupts has not half an update."""

    def interrupt(step: str) -> None:
        if step == "lay main/d":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        site.lay(*new(site), lock_text="new lock\n", before=interrupt)

    assert site.all() == old


@pytest.mark.parametrize("at", range(1, 17))
def test_a_first_update_that_fails_leaves_nothing(site: Site, at: int) -> None:
    """Not even a folder."""
    package = site.package("a", {"a/x.py": b"1"})

    with pytest.raises(PackageError):
        site.lay(package, lock_text="x", before=Fault(at))

    assert site.all() == {}


def test_nothing_is_undone_when_nothing_is_under_way(site: Site, old: dict[str, bytes | None]) -> None:
    """Looking changes nothing."""
    assert not recover(site.places)
    assert site.all() == old


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"lines": [["packages", "../x", true]], "made": []}',
        '{"lines": [["packages", ".belay-pm/laid.json", true]], "made": []}',
        '{"lines": [["elsewhere", "x", true]], "made": []}',
        '{"lines": [["packages", "x", 1]], "made": []}',
        '{"lines": [["packages", "x"]], "made": []}',
        '{"lines": [], "made": ["/tmp"]}',
        '{"lines": [], "made": [1]}',
        "[" * 100_000,
    ],
)
def test_a_journal_that_is_none_of_ours_is_told(site: Site, old: dict[str, bytes | None], text: str) -> None:
    """A project that somebody gave us may have a journal in it; it moves nothing outside the folder."""
    site.places.work.mkdir()
    site.places.journal.write_text(text)

    with pytest.raises(LockError, match=r"journal\.json` is damaged"):
        recover(site.places)

    assert {path: content for path, content in site.all().items() if "/work" not in path} == old


def test_nothing_is_undone_through_a_link(site: Site) -> None:
    """A journal and a link that came with a project do not remove, together, a file outside."""
    outside = site.places.folder.parent / "outside"
    outside.mkdir()
    (outside / "x").write_text("mine")
    site.places.work.mkdir(parents=True)
    (site.places.dependencies / "main").symlink_to(outside)
    site.places.journal.write_text(json.dumps({"lines": [["packages", "main/x", False]], "made": []}))

    with pytest.raises(UnsafePathError):
        recover(site.places)

    assert (outside / "x").read_text() == "mine"


@pytest.mark.parametrize("link", [".belay-pm", ".belay-pm/work"])
def test_our_own_folder_may_not_be_a_link(site: Site, link: str) -> None:
    """What lies behind a link is not ours to undo or to remove."""
    outside = site.places.folder.parent / "outside"
    (outside / "work").mkdir(parents=True)
    (site.places.dependencies / link).parent.mkdir(parents=True)
    (site.places.dependencies / link).symlink_to(outside)

    with pytest.raises(UnsafePathError):
        recover(site.places)

    assert (outside / "work").is_dir()


def _is_new(site: Site) -> bool:
    wanted = {f"main/{path}": content for path, content in NEW.items()} | {"main/b/mine.py": b"mine"}
    left = [path for path in site.all() if "work" in path or path.endswith((".new", ".old"))]
    return site.packages() == wanted and site.places.lock.read_bytes() == b"new lock\n" and left == []
