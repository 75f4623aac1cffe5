"""What is watched and what of it has changed, before any board comes into it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from belay.files.ignoring import ignoring
from belay_cli.watching.half_saved import half_saved
from belay_cli.watching.litter import LITTER, is_litter, with_litter
from belay_cli.watching.looking import see_folder, see_project, see_script
from belay_cli.watching.sights import Place, Sight, Stamp, changed, told
from belay_cli.watching.watcher import FolderGoneError, Watcher
from belay_pm.command_line.errors import CommandError
from belay_pm.payload import Edited

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

WAIT_S = 30  # for what should come at once; only a failure takes so long


def sight(**files: int) -> Sight:
    """A moment in which files were written then."""
    return Sight({name: Stamp(when, 1, 1) for name, when in files.items()}, frozenset())


@pytest.mark.parametrize(
    ("before", "after", "paths", "sentence"),
    [
        (sight(a=1, b=1), sight(a=1, b=2), {"b"}, "`b` changed"),
        (sight(a=1), sight(a=1, b=1), {"b"}, "`b` changed"),
        (sight(a=1, b=1), sight(a=1), {"b"}, "`b` is gone"),
        (sight(a=1, b=1), sight(a=2, c=1), {"a", "b", "c"}, "`a` and 2 more changed"),
    ],
    ids=["written", "new", "gone", "several"],
)
def test_what_has_changed(before: Sight, after: Sight, paths: set[str], sentence: str) -> None:
    """New, gone and written files are found and told; others are not."""
    found = changed(before, after)

    assert found == paths
    assert told(found, after) == sentence
    assert changed(after, after) == set()


@pytest.mark.parametrize(
    "name",
    ["main.py~", "#main.py#", ".#main.py", ".main.py.swp", ".main.py.swx", "4913", ".main.py.kate-swp"],
)
def test_what_editors_leave(name: str) -> None:
    """It is litter by its name, and the same as a pattern of gitignore; what a caller calls back is not."""
    assert is_litter(name)
    assert ignoring(with_litter(None)).ignores(f"lib/{name}")
    assert not ignoring(with_litter([f"!lib/{name.replace('#', '[#]')}"])).ignores(f"lib/{name}")


@pytest.mark.parametrize("name", ["main.py", ".hidden", "sw.py", "a.swp.py", "49130", "#notes"])
def test_what_is_a_users(name: str) -> None:
    """Other files are nobody's litter, and tools' litter stays ignored."""
    assert not is_litter(name)
    assert not ignoring(with_litter(None)).ignores(name)
    assert ignoring(with_litter(None)).ignores("__pycache__", is_folder=True)
    assert not ignoring(with_litter([])).ignores("__pycache__", is_folder=True)
    assert len(set(LITTER)) == len(LITTER)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (b"print('whole')\n", None),
        (b"", None),
        (b"x = '\\d'\n", None),
        (b"print('half'\n", "`one.py`, line 1: '(' was never closed"),
        (b"def f():\n", "`one.py`, line 1: expected an indented block after function definition on line 1"),
        (b"x = '\xe4'\n", "`one.py`"),
        (b"x = 1\0\n", "`one.py`"),
    ],
)
def test_half_of_a_file(folder: Path, text: bytes, found: str | None) -> None:
    """A file that is no Python yet is named with its line; one that is gone, or no Python at all, is not."""
    (folder / "one.py").write_bytes(text)
    (folder / "data.txt").write_bytes(b"(")

    said = half_saved({"one.py", "data.txt", "gone.py"})

    assert said is None if found is None else (said or "").startswith(found)


def test_a_folder_is_seen_as_a_sync_sees_it(folder: Path) -> None:
    """What is ignored concerns nobody: by `.belayignore`, by a pattern, or as an editor's litter."""
    for name in ("src/one.py", "src/lib/two.py", "src/notes.md", "src/lib/old.log", "src/one.py~"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x")
    (folder / "src/empty").mkdir()
    (folder / "src/.belayignore").write_text("*.log\n")

    seen = see_folder("src", dst="/app", ignore=with_litter(["*.md"]))

    assert {path.replace(os.sep, "/") for path in seen.files} == {
        "src/one.py",
        "src/lib/two.py",
        "src/empty/",
    }
    assert seen.places == {Place(str(folder / "src"), is_whole=True, is_needed=True)}


@pytest.mark.skipif(os.name == "nt", reason="making a symbolic link needs a privilege on Windows")
def test_a_script_that_is_a_link(folder: Path) -> None:
    """Where it really lies is watched too; one that is gone is an error."""
    (folder / "real").mkdir()
    (folder / "real/main.py").write_text("x")
    (folder / "main.py").symlink_to("real/main.py")

    seen = see_script("main.py")

    assert list(seen.files) == ["main.py"]
    assert {place.path for place in seen.places} == {str(folder), str(folder / "real")}
    (folder / "real/main.py").unlink()
    with pytest.raises(CommandError, match=r"`main\.py` is gone"):
        see_script("main.py")


def test_a_project(folder: Path) -> None:
    """Its files and scripts count, litter does not; folders that are gone are waited for in the one above."""
    for name in ("app/one.py", "app/.one.py.swp", "start.py"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("x")
    files = (folder / "app/one.py", folder / "app/.one.py.swp")

    seen = see_project(folder, Edited(files, (folder / "app", folder / "gone")), [folder / "start.py"])

    assert {path.replace(os.sep, "/") for path in seen.files} == {"app/one.py", "start.py"}
    assert seen.places == {
        Place(str(folder), is_needed=True),
        Place(str(folder)),
        Place(str(folder / "app"), is_whole=True),
    }


class Watching:
    """A watcher of a folder, and what it says."""

    def __init__(self, source: str) -> None:
        self.said: list[str] = []
        self.watcher = Watcher(
            lambda: see_folder(source, ignore=with_litter(None)), checks_python=True, tell=self.said.append
        )

    def hears(self) -> set[str]:
        """Wait for changes; return them, with `/` between names."""
        changes = self.watcher.take(WAIT_S)
        assert changes, "nothing came"
        return {path.replace(os.sep, "/") for path in changes}


@pytest.fixture
def source(folder: Path) -> Path:
    """A folder with a file."""
    source = folder / "src"
    source.mkdir()
    (source / "one.py").write_text("x = 1\n")
    return source


@pytest.fixture
def watching(source: Path) -> Iterator[Watching]:
    """Somebody who watches it."""
    made = Watching(source.name)
    with made.watcher:
        yield made


def in_place(path: Path) -> None:
    """Write as most do."""
    path.write_text("x = 22\n")


def beside(path: Path) -> None:
    """Write a new file, and rename it."""
    new = path.with_name(f".{path.name}.new")
    new.write_text("x = 22\n")
    new.replace(path)


def backed_up(path: Path) -> None:
    """Rename the old file, and write a new one."""
    path.rename(f"{path}~")
    path.write_text("x = 22\n")


def same_length(path: Path) -> None:
    """Write something else of the same length."""
    path.write_text("x = 2\n")


@pytest.mark.parametrize("save", [in_place, beside, backed_up, same_length])
def test_however_an_editor_saves(watching: Watching, source: Path, save: Callable[[Path], None]) -> None:
    """It is one change of that one file."""
    save(source / "one.py")

    assert watching.hears() == {"src/one.py"}
    assert watching.said == []


def test_new_folders_are_watched(watching: Watching, source: Path) -> None:
    """A file in a folder that was made just before is heard of, and then its next change."""
    (source / "lib/deep").mkdir(parents=True)
    (source / "lib/deep/two.py").write_text("y = 1\n")
    heard: set[str] = set()
    while "src/lib/deep/two.py" not in heard:
        heard |= watching.hears()
    (source / "lib/deep/two.py").write_text("y = 22\n")

    assert watching.hears() == {"src/lib/deep/two.py"}


def test_what_is_ignored_is_not_heard_of(watching: Watching, source: Path) -> None:
    """Nobody hears of litter and of what `.belayignore` names; the next real change comes alone."""
    (source / ".belayignore").write_text("*.log\n")
    (source / "a.log").write_text("x")
    (source / ".one.py.swp").write_text("x")
    (source / "__pycache__").mkdir()
    (source / "__pycache__/one.pyc").write_text("x")
    (source / "one.py").write_text("x = 22\n")

    assert watching.hears() == {"src/one.py"}


def test_a_file_that_is_saved_in_halves(watching: Watching, source: Path) -> None:
    """The half is told and waited over; with the whole, everything that has changed meanwhile is heard of."""
    (source / "one.py").write_text("x = (\n")
    while not watching.said:
        assert not watching.watcher.take(0.01)
    (source / "two.py").write_text("y = 1\n")
    (source / "one.py").write_text("x = (22)\n")
    heard: set[str] = set()
    while "src/one.py" not in heard:
        heard |= watching.hears()

    assert heard == {"src/one.py", "src/two.py"}
    assert watching.said == ["`src/one.py`, line 1: '(' was never closed; waiting until it is saved whole"]


@pytest.mark.skipif(os.name == "nt", reason="Windows renames no folder that is watched")
def test_a_folder_that_is_gone(watching: Watching, source: Path) -> None:
    """There is nothing left to watch, and the error says what."""
    source.rename(source.with_name("elsewhere"))

    with pytest.raises(FolderGoneError, match=r"The folder `.*src` is gone: nothing is left to watch"):
        watching.hears()


@pytest.mark.skipif(os.name == "nt", reason="making a symbolic link needs a privilege on Windows")
def test_a_folder_that_is_wrong_for_a_moment(watching: Watching, source: Path) -> None:
    """What a sync would refuse is told once and waited over."""
    (source / "two.py").symlink_to("nothing.py")
    while not watching.said:
        assert not watching.watcher.take(0.01)
    (source / "two.py").unlink()
    (source / "one.py").write_text("x = 22\n")

    assert watching.hears() == {"src/one.py"}
    assert len(watching.said) == 1
    assert watching.said[0].endswith("two.py` is a link to nothing; waiting for a change")


def test_nothing_to_watch_from_the_start(folder: Path) -> None:
    """It is an error of its own, before anything is waited for."""
    with pytest.raises(ValueError, match="`nothing` is not there"), Watching("nothing").watcher:
        pytest.fail("there is nothing to watch")
    assert list(folder.iterdir()) == []


def test_a_system_that_tells_nothing(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a user may listen in no more folders, changes are looked for, and that is said."""

    def refuse(*_arguments: object, **_options: object) -> None:
        raise OSError(28, "inotify watch limit reached")

    monkeypatch.setattr("watchdog.observers.api.BaseObserver.schedule", refuse)
    watching = Watching(source.name)
    with watching.watcher:
        (source / "one.py").write_text("x = 22\n")

        assert watching.hears() == {"src/one.py"}
    assert watching.said == [
        "note: the system tells of no changes (inotify watch limit reached): they are looked for"
    ]
