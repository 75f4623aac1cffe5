from __future__ import annotations

import shutil
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from belay_pm.errors import (
    ConflictError,
    EditedError,
    IntegrityError,
    LockError,
    NotFoundError,
    OfflineError,
    ProjectError,
)
from belay_pm.lockfile import read_lock
from belay_pm.packages import PackageFile, Resolved
from belay_pm.updating import PackageChange, lock, outdated, update

if TYPE_CHECKING:
    from conftest import Home


def test_an_update_locks_and_lays(home: Home) -> None:
    """What the project asks for, and what that needs, lies below its groups, and the lock says what it was."""
    home.write("lib/mine.py", "x = 1\n")
    project = home.project({"mine": "lib/mine.py", "good": "*"}, dev={"dep": "*"})

    result = update(project, store=home.store, sources=home.sources)

    assert home.packages() == {
        "dev/dep.py": b"VALUE = 40\n",
        "main/dep.py": b"VALUE = 40\n",
        "main/good/__init__.py": b"import dep\nVALUE = dep.VALUE + 2\n",
        "main/mine/__init__.py": b"x = 1\n",
    }
    written = read_lock(home.lock)
    assert written is not None
    assert (written.digest, written.packages) == (project.digest, result.packages)
    assert result.changes[:2] == (PackageChange("dep", None, "0.1"), PackageChange("good", None, "2.0"))
    assert result.laid.changed


def test_a_second_update_writes_nothing(home: Home) -> None:
    """When nothing is new, no file and no folder is touched, and the lock has the same bytes."""
    project = home.project({f"m{number}": f"lib/m{number}.py" for number in range(20)})
    for number in range(20):
        home.write(f"lib/m{number}.py", f"x = {number}\n")
    update(project, store=home.store, sources=home.sources)
    before = home.all()

    result = update(project, store=home.store, sources=home.sources)

    assert (result.changes, result.laid.changed) == ((), False)
    assert home.all() == before


def test_the_lock_has_no_path_of_this_computer(home: Home) -> None:
    """A source that is written absolutely is locked from the project's folder."""
    home.write("lib/mine.py")
    home.sources.folder = home.folder

    update(
        home.project({"mine": str(home.folder / "lib" / "mine.py")}), store=home.store, sources=home.sources
    )

    assert str(home.folder) not in home.lock.read_text()
    assert 'source = { folder = "lib/mine.py" }' in home.lock.read_text()


def test_only_the_named_are_updated(home: Home) -> None:
    """`update good` takes the newest of it, and leaves the others at the lock."""
    home.write("lib/mine.py", "x = 1\n")
    update(home.project({"mine": "lib/mine.py", "good": "1.0"}), store=home.store, sources=home.sources)
    home.write("lib/mine.py", "x = 2\n")
    project = home.project({"mine": "lib/mine.py", "good": "*"})

    result = update(project, packages=["good"], store=home.store, sources=home.sources)

    assert result.changes == (PackageChange("good", "1.0", "2.0"),)
    assert home.packages()["main/mine/__init__.py"] == b"x = 1\n"


def test_a_name_that_is_none_of_the_projects_is_refused(home: Home) -> None:
    """A slip is told, with the name that is nearest (incumbent's defect)."""
    project = home.project({"good": "*"})

    with pytest.raises(ProjectError) as caught:
        update(project, packages=["goood"], store=home.store, sources=home.sources)

    assert (str(caught.value), caught.value.hint) == (
        "`goood` is no package of the project",
        "did you mean `good`?",
    )
    assert not home.lock.exists()


def test_a_package_that_others_need_may_be_named(home: Home) -> None:
    """What is in the lock is known, too."""
    project = home.project({"good": "*"})
    update(project, store=home.store, sources=home.sources)
    home.sources.index["dep"]["0.2"] = ({"dep.py": b"VALUE = 41\n"}, ())

    result = update(project, packages=["dep"], store=home.store, sources=home.sources)

    assert result.changes == (PackageChange("dep", "0.1", "0.2"),)


def test_what_left_the_project_goes(home: Home) -> None:
    """An update ends with what `clean` does: packages and groups that are gone leave nothing."""
    update(home.project({"good": "*"}, dev={"old": "*"}), store=home.store, sources=home.sources)

    result = update(home.project({"dep": "*"}), store=home.store, sources=home.sources)

    assert home.packages() == {"main/dep.py": b"VALUE = 40\n"}
    assert sorted(path.name for path in home.dependencies.iterdir()) == [".belay-pm", "main"]
    assert result.changes == (PackageChange("good", "2.0", None), PackageChange("old", "1", None))


def test_an_update_that_fails_leaves_everything(home: Home) -> None:
    """Whatever is wrong with one package, nothing of the others is written."""
    update(home.project({"good": "1.0"}), store=home.store, sources=home.sources)
    project = home.project({"good": "2.0", "nowhere": "lib/nowhere.py"})
    before = home.all()

    with pytest.raises(NotFoundError, match=r"`lib/nowhere\.py` is not there"):
        update(project, store=home.store, sources=home.sources)

    assert home.all() == before


def test_locked_lays_what_the_lock_says(home: Home) -> None:
    """With the lock and the cache alone, byte for byte, and nobody is asked."""
    project = home.project({"good": "1.0"})
    update(project, store=home.store, sources=home.sources)
    before, text = home.packages(), home.lock.read_bytes()
    shutil.rmtree(home.folder / ".belay")

    result = update(project, locked=True, offline=True, store=home.store, sources=home.nothing)

    assert (home.packages(), home.lock.read_bytes()) == (before, text)
    assert result.laid.written == tuple(before)


def test_locked_gets_what_the_cache_has_lost(home: Home) -> None:
    """Without the cache, the lock says where it is to be had; what is another now is refused."""
    home.write("lib/mine.py", "x = 1\n")
    project = home.project({"mine": "lib/mine.py"})
    update(project, store=home.store, sources=home.sources)
    shutil.rmtree(home.folder / ".belay")
    home.store.clear("")

    with pytest.raises(OfflineError):
        update(project, locked=True, store=home.store, sources=home.nothing)
    update(project, locked=True, store=home.store, sources=home.sources)
    shutil.rmtree(home.folder / ".belay")
    home.store.clear("")
    home.write("lib/mine.py", "x = 2\n")
    with pytest.raises(IntegrityError, match=r"`main/mine/__init__\.py` of `mine` has SHA-256"):
        update(project, locked=True, store=home.store, sources=home.sources)

    assert not home.dependencies.exists()


def test_locked_refuses_another_project_file(home: Home) -> None:
    """A lock that was made for something else is told, and nothing is written."""
    update(home.project({"good": "1.0"}), store=home.store, sources=home.sources)
    project = home.project({"good": "2.0"})
    before = home.all()

    with pytest.raises(LockError) as caught:
        update(project, locked=True, store=home.store, sources=home.sources)

    assert str(caught.value) == "`belay.lock` was made before the last change of `pyproject.toml`"
    assert caught.value.hint == "`belay lock` brings it up to date, and `belay update` gets what is new"
    assert home.all() == before


def test_locked_needs_a_lock(home: Home) -> None:
    """Without one there is nothing to go by."""
    with pytest.raises(LockError, match="has no `belay"):
        update(home.project({"good": "*"}), locked=True, store=home.store, sources=home.sources)


def test_locked_names_edits(home: Home) -> None:
    """What lies there and is not what the lock says is told, and overwritten only when asked to."""
    project = home.project({"good": "*"})
    update(project, store=home.store, sources=home.sources)
    (home.dependencies / "main" / "dep.py").write_text("edited")

    with pytest.raises(EditedError, match=r"`main/dep\.py`"):
        update(project, locked=True, store=home.store, sources=home.nothing)
    update(project, locked=True, overwrite_edits=True, store=home.store, sources=home.nothing)

    assert home.packages()["main/dep.py"] == b"VALUE = 40\n"


def test_locking_changes_as_little_as_possible(home: Home) -> None:
    """`lock` takes what is new in `pyproject.toml`, leaves the rest, and lays nothing."""
    update(home.project({"good": "1.0"}), store=home.store, sources=home.sources)
    packages = home.packages()
    home.sources.index["dep"]["0.2"] = ({"dep.py": b"VALUE = 41\n"}, ())

    result = lock(home.project({"good": "*", "old": "*"}), store=home.store, sources=home.sources)

    assert result.changes == (PackageChange("old", None, "1"),)
    assert result.laid.lock_written
    assert home.packages() == packages
    assert not lock(home.project(), store=home.store, sources=home.sources).laid.changed


def test_outdated_says_what_an_update_would_change(home: Home) -> None:
    """Nothing is written."""
    update(home.project({"good": "1.0"}), store=home.store, sources=home.sources)
    project = home.project({"good": "*"})
    before = home.all()

    changes = outdated(project, store=home.store, sources=home.sources)

    assert changes == (PackageChange("good", "1.0", "2.0"),)
    assert home.all() == before


def test_an_early_version_is_not_the_newest(home: Home) -> None:
    """`3.0-rc1` is taken when nothing else will do, and not for `*`."""
    home.sources.index["good"]["3.0-rc1"] = ({"good/__init__.py": b""}, ())

    assert (
        update(home.project({"good": "*"}), store=home.store, sources=home.sources).packages[1].version
        == "2.0"
    )


def test_a_package_in_development_is_used_in_place(home: Home) -> None:
    """It is in the lock, without its files, which change; nothing is copied."""
    home.write("lib/mine.py", "x = 1\n")
    project = home.project({"mine": '{ uri = "lib/mine.py", develop = true }'})

    update(project, store=home.store, sources=home.sources)
    home.write("lib/mine.py", "x = 2\n")
    again = update(project, store=home.store, sources=home.sources)

    assert not home.dependencies.exists()
    assert "sha256" not in home.lock.read_text()
    assert not again.laid.changed


def test_a_project_of_the_incumbent_is_adopted(home: Home) -> None:
    """Its committed folder becomes ours, with what was wrong in it; what is of no package stays and is told."""
    wrong = home.write(".belay/dependencies/main/good/good/__init__.py", "where nobody can import it")
    mine = home.write(".belay/dependencies/main/handmade/x.py", "mine")

    result = update(home.project({"good": "*"}), store=home.store, sources=home.sources)

    assert not wrong.exists()
    assert mine.read_text() == "mine"
    assert result.laid.stray == ("main/handmade/x.py",)
    assert home.packages()["main/good/__init__.py"].startswith(b"import dep")


def test_a_folder_of_ones_own_is_not_adopted(home: Home) -> None:
    """Where `dependencies_path` names another folder, what lies there is the user's (incumbent's defect)."""
    home.project({"good": "*"})
    text = (home.folder / "pyproject.toml").read_text()
    (home.folder / "pyproject.toml").write_text(
        text.replace("[tool.belay.d", 'dependencies_path = "src"\n[tool.belay.d', 1)
    )
    mine = home.write("src/main/good/__init__.py", "mine")

    with pytest.raises(ConflictError, match=r"`main/good/__init__\.py`"):
        update(home.project(), store=home.store, sources=home.sources)

    assert mine.read_text() == "mine"


def test_two_updates_at_once_are_one_after_the_other(home: Home) -> None:
    """Two that run at the same time do not mix their files."""
    project = home.project({"good": "*", "old": "*"})
    threads = [
        Thread(target=update, args=(project,), kwargs={"store": home.store, "sources": home.sources})
        for _ in range(4)
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert set(home.packages()) == {"main/dep.py", "main/good/__init__.py", "main/old.py"}
    assert sorted(path.name for path in (home.dependencies / ".belay-pm").iterdir()) == [
        ".gitignore",
        "laid.json",
    ]


def test_the_sources_of_a_hand_made_world_have_the_shape(home: Home) -> None:
    """What stands for `Fetcher` here gives what it was asked for, so that these tests test something."""
    file = PackageFile("dep.py", "0" * 64, 1, "dep.py")

    assert home.sources.content(file, Resolved("https://index")) == b"VALUE = 40\n"
