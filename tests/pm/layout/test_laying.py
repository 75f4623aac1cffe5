from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from belay_pm.errors import ConflictError, EditedError, IntegrityError, LockError, UnsafePathError
from belay_pm.layout import lay, remove, wanted_files

if TYPE_CHECKING:
    from conftest import Site


def test_files_come_to_lie_in_the_folders_of_their_groups(site: Site) -> None:
    """Each group's folder has its packages, and the lock and the record lie beside them."""
    both = site.package("a", {"a/__init__.py": b"1", "a/data.bin": b"\0"}, "dev", "main")
    one = site.package("b", {"b.py": b"2"})

    laid = site.lay(both, one, lock_text="the lock\n")

    assert site.packages() == {
        "dev/a/__init__.py": b"1",
        "dev/a/data.bin": b"\0",
        "main/a/__init__.py": b"1",
        "main/a/data.bin": b"\0",
        "main/b.py": b"2",
    }
    assert laid.written == tuple(site.packages())
    assert (site.places.folder / "belay.lock").read_text() == "the lock\n"
    assert sorted(path.name for path in site.places.own.iterdir()) == [".gitignore", "laid.json"]


def test_a_second_time_writes_nothing(site: Site) -> None:
    """When all is as it should be, nothing is touched, and no content is asked for."""
    package = site.package("a", {"a.py": b"1"})
    site.lay(package, lock_text="x")
    site.contents = {}
    times = {path: path.stat().st_mtime_ns for path in site.places.folder.rglob("*")}

    laid = site.lay(package, lock_text="x", before=_never)

    assert not laid.changed
    assert {path: path.stat().st_mtime_ns for path in site.places.folder.rglob("*")} == times


def test_what_is_not_wanted_any_more_goes_with_its_folders(site: Site) -> None:
    """A package or group that left the project leaves no file and no folder, and nothing compiled."""
    keep = site.package("a", {"a.py": b"1"})
    site.lay(
        keep, site.package("b", {"b/c/d.py": b"2", "b/x.py": b"3"}), site.package("t", {"t.py": b""}, "dev")
    )
    site.put("main/b/c/__pycache__/d.cpython-311.pyc")
    site.put("dev/__pycache__/t.cpython-311.opt-1.pyc")

    laid = site.lay(keep)

    assert laid.removed == ("dev/t.py", "main/b/c/d.py", "main/b/x.py")
    assert site.packages() == {"main/a.py": b"1"}
    assert sorted(path.name for path in site.places.dependencies.iterdir()) == [".belay-pm", "main"]


def test_nothing_wanted_leaves_nothing(site: Site) -> None:
    """When the last package goes, so do our own files and the folders above."""
    site.lay(site.package("a", {"a.py": b"1"}))

    site.lay()

    assert site.all() == {}


def test_files_of_others_stay(site: Site) -> None:
    """Whatever we did not put there is neither changed nor removed, wherever the folder is (incumbent's defect)."""
    site.lay(site.package("a", {"a/x.py": b"1"}))
    site.put("main/a/mine.py")
    site.put("mypkg/__init__.py")
    site.put("top.txt")

    site.lay()

    assert site.packages() == {"main/a/mine.py": b"mine", "mypkg/__init__.py": b"mine", "top.txt": b"mine"}


def test_a_changed_file_is_named_and_not_overwritten(site: Site) -> None:
    """An edit by hand is never lost silently: neither to a new version, nor when the package goes."""
    site.lay(site.package("a", {"a.py": b"1", "b.py": b"2"}))
    site.put("main/a.py", b"edited")
    before = site.all()

    for packages in (
        [site.package("a", {"a.py": b"9", "b.py": b"9"})],
        [],
        [site.package("a", {"a.py": b"1"})],
    ):
        with pytest.raises(EditedError) as caught:
            site.lay(*packages)

        assert str(caught.value) == (
            "Changed since `belay update` put it there, in `.belay/dependencies`: `main/a.py`"
        )
        assert "`--overwrite-edits`" in (caught.value.hint or "")
        assert site.all() == before


def test_a_changed_file_is_overwritten_when_told_so(site: Site) -> None:
    """The option loses the edit, and nothing else."""
    package = site.package("a", {"a.py": b"1", "b.py": b"2"})
    site.lay(package)
    site.put("main/a.py", b"edited")

    laid = site.lay(package, overwrite_edits=True)

    assert laid.written == ("main/a.py",)
    assert site.packages() == {"main/a.py": b"1", "main/b.py": b"2"}


def test_a_file_that_is_changed_to_what_is_wanted_is_no_edit(site: Site) -> None:
    """Whoever pulls a colleague's update has the new files already."""
    site.lay(site.package("a", {"a.py": b"1"}))
    site.put("main/a.py", b"2")

    laid = site.lay(site.package("a", {"a.py": b"2"}))

    assert laid.written == ()
    assert site.packages() == {"main/a.py": b"2"}


def test_what_the_lock_says_is_ours_too(site: Site) -> None:
    """Without a record, as when that was not committed, the lock says which files are ours."""
    old = site.package("a", {"a.py": b"1", "gone.py": b"0"})
    site.put("main/a.py", b"1")
    site.put("main/gone.py", b"0")

    laid = site.lay(site.package("a", {"a.py": b"2"}), locked=wanted_files([old]))

    assert laid.removed == ("main/gone.py",)
    assert site.packages() == {"main/a.py": b"2"}


def test_a_missing_file_comes_back(site: Site) -> None:
    """What was removed by hand is laid again: that is no edit."""
    package = site.package("a", {"a.py": b"1"})
    site.lay(package)
    (site.places.dependencies / "main" / "a.py").unlink()

    assert site.lay(package).written == ("main/a.py",)


@pytest.mark.parametrize(
    ("there", "named"),
    [("main/a/x.py", "main/a/x.py"), ("main/a", "main/a"), ("main/a/x.py/y.txt", "main/a/x.py/y.txt")],
)
def test_what_is_in_the_way_is_named(site: Site, there: str, named: str) -> None:
    """A file of somebody's where ours should be, or where its folder should be, is an error and stays."""
    site.put(there)
    before = site.all()

    with pytest.raises(ConflictError) as caught:
        site.lay(site.package("a", {"a/x.py": b"1"}), overwrite_edits=True)

    assert str(caught.value) == (
        f"Something that `belay update` did not put there is in the way, in `.belay/dependencies`: `{named}`"
    )
    assert site.all() == before


def test_somebodys_file_that_is_the_same_becomes_ours(site: Site) -> None:
    """What is there already and right needs no writing."""
    site.put("main/a.py", b"1")

    laid = site.lay(site.package("a", {"a.py": b"1"}))
    site.lay()

    assert laid.written == ()
    assert site.packages() == {}


def test_a_name_that_is_spelt_otherwise_is_no_file_of_others(site: Site) -> None:
    """Where names have no case, the old spelling is found under the new one, too: it goes, and the new one comes."""
    site.lay(site.package("a", {"X.py": b"1"}))
    folder = site.places.dependencies / "main"
    if not (folder / "x.py").exists():
        (folder / "x.py").hardlink_to(folder / "X.py")  # two spellings of one file, here too

    site.lay(site.package("a", {"x.py": b"2"}))

    assert site.packages() == {"main/x.py": b"2"}


def test_a_module_becomes_a_package_and_back(site: Site) -> None:
    """A file may be a folder in the next version, and a folder a file."""
    module = site.package("a", {"a": b"1", "b/c": b"2"})
    package = site.package("a", {"a/x": b"1", "b": b"2"})

    for wanted in (module, package, module):
        site.lay(wanted)

        assert site.packages() == {f"main/{file.path}": site.contents[file.sha256] for file in wanted.files}


def test_a_package_in_development_is_not_copied(site: Site) -> None:
    """It is used where it lies; copies of before go."""
    site.lay(site.package("a", {"a.py": b"1"}))

    site.lay(site.package("a", {"a.py": b"1"}, develop=True))

    assert site.all() == {}


def test_a_link_is_never_followed(site: Site) -> None:
    """A link in the folder leads anywhere: nothing is written, read or removed through it."""
    outside = site.places.folder.parent / "outside"
    outside.mkdir()
    (outside / "x.py").write_bytes(b"1")
    package = site.package("a", {"a/x.py": b"1", "b.py": b"2"})
    site.lay(package)
    (site.places.dependencies / "main" / "a" / "x.py").unlink()
    (site.places.dependencies / "main" / "a").rmdir()
    (site.places.dependencies / "main" / "a").symlink_to(outside)

    with pytest.raises(ConflictError, match="`main/a`"):
        site.lay(site.package("a", {"a/x.py": b"9"}), overwrite_edits=True)
    site.lay()

    assert (outside / "x.py").read_bytes() == b"1"
    assert site.packages() == {"main/a": b"-> " + bytes(outside)}


def test_a_link_in_the_place_of_a_file_is_an_edit(site: Site) -> None:
    """A link where our file was is told; when it is to be overwritten, the link goes and not what it leads to."""
    target = site.places.folder.parent / "mine.py"
    target.write_bytes(b"mine")
    package = site.package("a", {"a.py": b"1"})
    site.lay(package)
    (site.places.dependencies / "main" / "a.py").unlink()
    (site.places.dependencies / "main" / "a.py").symlink_to(target)

    with pytest.raises(EditedError):
        site.lay(package)
    site.lay(package, overwrite_edits=True)

    assert site.packages() == {"main/a.py": b"1"}
    assert target.read_bytes() == b"mine"


@pytest.mark.parametrize("link", [".belay", ".belay/dependencies"])
def test_a_folder_that_is_a_link_out_of_the_project_is_refused(site: Site, link: str) -> None:
    """A project may be somebody's, and its links lead anywhere."""
    outside = site.places.folder.parent / "outside"
    outside.mkdir()
    (site.places.folder / link).parent.mkdir(exist_ok=True)
    (site.places.folder / link).symlink_to(outside)

    with pytest.raises(UnsafePathError, match="which is not in the project"):
        site.lay(site.package("a", {"a.py": b"1"}))

    assert list(outside.iterdir()) == []


def test_a_content_that_is_another_is_refused(site: Site) -> None:
    """What comes is compared with what was promised, before anything changes."""
    package = site.package("a", {"a.py": b"1"})

    with pytest.raises(
        IntegrityError, match=r"`main/a\.py` of `a` has SHA-256 d4735e3a265e…, and 6b86b273ff34… is"
    ):
        lay(site.places, wanted_files([package]), contents=lambda wanted: [b"2" for _ in wanted])

    assert site.all() == {}


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b"{}",
        b'{"version": 1, "files": {"../x": "00"}}',
        b'{"version": 2, "files": {}}',
        b"\xff",
        b"[" * 99999,
    ],
)
def test_a_damaged_record_is_told(site: Site, text: bytes) -> None:
    """The record is input too: what is no record of ours is no reason to remove a file."""
    site.lay(site.package("a", {"a.py": b"1"}))
    site.places.record.write_bytes(text)

    with pytest.raises(LockError, match=r"laid\.json` is damaged"):
        site.lay()

    assert site.packages() == {"main/a.py": b"1"}


def test_a_project_of_the_incumbent_is_adopted(site: Site) -> None:
    """Without lock and record, the folders of the project's packages are ours; all others stay and are told."""
    site.put("main/a/a/__init__.py", b"the incumbent's")
    site.put("main/a/dep.py", b"the incumbent's")
    site.put("main/other/x.py")
    site.put("main/lone.py")

    laid = site.lay(site.package("a", {"a/__init__.py": b"1"}), adopt=["a"])

    assert site.packages() == {
        "main/a/__init__.py": b"1",
        "main/lone.py": b"mine",
        "main/other/x.py": b"mine",
    }
    assert laid.stray == ("main/lone.py", "main/other/x.py")
    assert laid.removed == ("main/a/a/__init__.py", "main/a/dep.py")


def test_only_the_first_time_adopts(site: Site) -> None:
    """Once there is a record, it alone says what is ours."""
    site.lay(site.package("b", {"b.py": b"1"}))
    site.put("main/a/mine.py")

    laid = site.lay(adopt=["a"])

    assert site.packages() == {"main/a/mine.py": b"mine"}
    assert laid.stray == ()


def test_removing_lays_nothing(site: Site) -> None:
    """`clean` removes what is not to be kept, and does not bring back what is missing."""
    package = site.package("a", {"a.py": b"1", "b.py": b"2"})
    site.lay(package, site.package("c", {"c/c.py": b"3"}))
    (site.places.dependencies / "main" / "b.py").unlink()

    laid = remove(site.places, {"main/a.py", "main/b.py"})

    assert laid.removed == ("main/c/c.py",)
    assert site.packages() == {"main/a.py": b"1"}
    assert remove(site.places, {"main/a.py", "main/b.py"}, before=_never).removed == ()


def test_removing_names_edits(site: Site) -> None:
    """`clean` loses no edit either."""
    site.lay(site.package("a", {"a.py": b"1"}))
    site.put("main/a.py", b"edited")

    with pytest.raises(EditedError):
        remove(site.places, set())
    remove(site.places, set(), overwrite_edits=True)

    assert site.packages() == {}


def _never(step: str) -> None:
    raise AssertionError(step)
