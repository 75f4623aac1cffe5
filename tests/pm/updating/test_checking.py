from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from belay_pm.errors import EditedError, LockError
from belay_pm.layout import Places, lay
from belay_pm.updating import clean, places_of, update, verify

if TYPE_CHECKING:
    from conftest import Home


@pytest.fixture
def updated(home: Home) -> Home:
    """A project with `good`, `dep` and, in a group, `old`."""
    update(home.project({"good": "*"}, dev={"old": "*"}), store=home.store, sources=home.sources)
    return home


def test_what_is_as_it_should_be_is_good(updated: Home) -> None:
    """Nothing differs, and nothing was written."""
    before = updated.all()

    verified = verify(updated.project())

    assert verified.good
    assert (verified.packages, verified.files.files) == (3, 3)
    assert updated.all() == before


def test_what_differs_is_named(updated: Home) -> None:
    """Files that are missing, changed, or ours and not in the lock; files of others do not count."""
    (updated.dependencies / "main" / "dep.py").unlink()
    (updated.dependencies / "dev" / "old.py").write_text("changed")
    (updated.dependencies / "dev" / "mine.py").write_text("mine")
    lock = updated.lock.read_text()
    updated.lock.write_text(
        lock[: lock.index('[[package]]\nname = "good"')] + lock[lock.index('[[package]]\nname = "old"') :]
    )

    verified = verify(updated.project())

    assert verified.files[:3] == (("main/dep.py",), ("dev/old.py",), ("main/good/__init__.py",))
    assert not verified.good


def test_a_lock_of_another_project_file_is_not_good(updated: Home) -> None:
    """What was changed in `pyproject.toml` since is seen."""
    verified = verify(updated.project({"good": "1.0"}))

    assert not verified.fits
    assert not verified.good
    assert verified.files.good


def test_without_a_lock_nothing_is_verified(home: Home) -> None:
    """There is nothing to compare with."""
    with pytest.raises(LockError, match="has no `belay"):
        verify(home.project({"good": "*"}))


def test_an_update_that_was_killed_is_undone_before(updated: Home) -> None:
    """What lies there half is not compared."""
    project = updated.project()
    places = places_of(project)

    with pytest.raises(SystemExit):
        lay(places, {}, contents=lambda _: [], before=_killed(places))
    assert places.journal.exists()

    assert verify(project).good
    assert not places.work.exists()


def test_clean_removes_what_the_project_no_longer_asks_for(updated: Home) -> None:
    """Groups and packages that left `pyproject.toml`, also without an update; the lock stays."""
    lock = updated.lock.read_bytes()

    laid = clean(updated.project({"dep": "*"}), store=updated.store)

    assert laid.removed == ("dev/old.py", "main/good/__init__.py")
    assert updated.packages() == {"main/dep.py": b"VALUE = 40\n"}
    assert updated.lock.read_bytes() == lock
    assert not (updated.dependencies / "dev").exists()
    assert not clean(updated.project(), store=updated.store).changed


def test_clean_follows_a_package_to_its_new_group(updated: Home) -> None:
    """It lies no longer where it is not asked for."""
    clean(updated.project({}, dev={"good": "*", "old": "*"}), store=updated.store)

    assert updated.packages() == {"dev/old.py": b""}


def test_clean_touches_nothing_of_others(updated: Home) -> None:
    """Neither files beside ours, nor changes of ours."""
    (updated.dependencies / "dev" / "mine.py").write_text("mine")
    (updated.dependencies / "main" / "dep.py").write_text("edited")
    project = updated.project({})

    with pytest.raises(EditedError, match=r"`main/dep\.py`"):
        clean(project, store=updated.store)
    clean(project, overwrite_edits=True, store=updated.store)

    assert updated.packages() == {"dev/mine.py": b"mine"}


def test_clean_without_anything_of_ours_does_nothing(home: Home) -> None:
    """A project of the incumbent is not cleaned before it is updated."""
    mine = home.write(".belay/dependencies/main/x/x.py")

    assert not clean(home.project({}), store=home.store).changed
    assert mine.exists()


def test_clean_needs_to_know_what_packages_need(updated: Home) -> None:
    """With the record alone, what the project asks for is known, and not what that needs."""
    updated.lock.unlink()

    with pytest.raises(LockError, match="has no `belay"):
        clean(updated.project(), store=updated.store)


def _killed(places: Places) -> object:
    """As a kill would: what follows is not undone."""

    def before(step: str) -> None:
        if step == "commit" or (
            places.journal.exists() and step.startswith(("take", "put", "end")) and " back" in step
        ):
            raise SystemExit

    return before
