from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from belay_pm.errors import LockError, UnsafePathError
from belay_pm.lockfile import Lock, lock_text, parse_lock, portable, read_lock
from belay_pm.masking import printable
from belay_pm.packages import Fetched, Package, PackageFile, Part, Resolved
from belay_pm.requirements import (
    BundleSource,
    Entry,
    GitSource,
    IndexSource,
    PathSource,
    Requirement,
    UrlSource,
)
from belay_pm.target_paths import refuse_clashes, target_path

if TYPE_CHECKING:
    from pathlib import Path

TEXT = """\
# Which packages the project has, word for word. Commit it, and leave the writing to `belay update`.
version = 1
project = "abc"

[[package]]
name = "logging"
groups = ["dev", "main"]
notes = ["the project's own is taken"]

[[package.part]]
source = { index = "logging", version = ">=0.6" }
text = ">=0.6"
resolved = { url = "https://micropython.org/pi/v2", version = "0.6.1" }
requires = [
    { name = "os", parts = [{ source = { index = "os" }, text = "*" }] },
]
notes = [
    "has a C module",
]
files = [
    { path = "logging.py", sha256 = "1111111111111111111111111111111111111111111111111111111111111111", size = 5, origin = "logging.py" },
    { path = "logging/handlers.py", sha256 = "2222222222222222222222222222222222222222222222222222222222222222", size = 0, origin = "https://x/h.py", opt = 3 },
]

[[package]]
name = "mine"
groups = ["main"]

[[package.part]]
source = { folder = "../mine" }
text = "../mine"
develop = true
resolved = { url = "../mine" }
"""

LOCK = Lock(
    "abc",
    (
        Package(
            "logging",
            ("dev", "main"),
            (
                Part(
                    Entry(IndexSource("logging", ">=0.6"), ">=0.6"),
                    Fetched(
                        Resolved("https://micropython.org/pi/v2", version="0.6.1"),
                        (
                            PackageFile("logging.py", "1" * 64, 5, "logging.py"),
                            PackageFile("logging/handlers.py", "2" * 64, 0, "https://x/h.py", 3),
                        ),
                        (Requirement("os", (Entry(IndexSource("os"), "*"),)),),
                        ("has a C module",),
                    ),
                ),
            ),
            ("the project's own is taken",),
        ),
        Package(
            "mine",
            ("main",),
            (Part(Entry(PathSource("../mine"), "../mine", develop=True), Fetched(Resolved("../mine"), ())),),
        ),
    ),
)


def test_a_lock_as_text() -> None:
    """The whole text is as promised; what is the default is left out."""
    assert lock_text(LOCK) == TEXT
    assert parse_lock(lock_text(LOCK)) == LOCK


def test_files_of_what_is_used_in_place_are_not_written() -> None:
    """A package in development changes all the time, and the lock does not."""
    mine = LOCK.packages[1]
    fetched = Fetched(Resolved("../mine"), (PackageFile("mine.py", "3" * 64, 1, "mine.py"),))

    text = lock_text(Lock("abc", (Package("mine", ("main",), (Part(mine.parts[0].entry, fetched),)),)))

    assert parse_lock(text).packages == (mine,)


def test_a_password_is_not_written() -> None:
    """No source has one in its address; should a note have one, the lock does not."""
    part = Part(
        Entry(UrlSource("https://me:secret@host/x.py"), "https://me:secret@host/x.py"),
        Fetched(Resolved("https://me:secret@host/x.py"), (), notes=("see https://t:secret@h/",)),
    )

    text = lock_text(Lock("", (Package("x", ("main",), (part,)),)))

    assert "secret" not in text
    assert 'text = "https://host/x.py"' in text


def test_paths_of_this_computer_become_relative(tmp_path: Path) -> None:
    """A lock that is made here is good there: what was written absolutely starts at the project."""
    elsewhere = str(tmp_path / "other" / "x")
    part = Part(
        Entry(PathSource(elsewhere), elsewhere),
        Fetched(
            Resolved(elsewhere),
            (PackageFile("x.py", "1" * 64, 1, f"{elsewhere}/x.py"), PackageFile("y.py", "1" * 64, 1, "y.py")),
            (Requirement("y", (Entry(PathSource(f"{elsewhere}/y"), f"{elsewhere}/y"),)),),
        ),
    )

    package = portable(Package("x", ("main",), (part,)), tmp_path / "project")

    assert str(tmp_path) not in lock_text(Lock("", (package,)))
    assert package.parts[0].entry == Entry(PathSource("../other/x"), "../other/x")
    assert [file.origin for file in package.files] == ["../other/x/x.py", "y.py"]


def test_no_lock_is_none(tmp_path: Path) -> None:
    """A project may have none yet."""
    assert read_lock(tmp_path / "belay.lock") is None


def test_a_lock_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """A folder in its place is no lock."""
    with pytest.raises(LockError, match=r"Reading `belay\.lock` failed: "):
        read_lock(_folder(tmp_path / "belay.lock"))


def test_bytes_that_are_no_text_are_told(tmp_path: Path) -> None:
    """A lock is UTF-8."""
    (tmp_path / "belay.lock").write_bytes(b"version = 1 # \xff\n")

    with pytest.raises(LockError, match=r"`belay\.lock` is damaged: byte 14 is no UTF-8"):
        read_lock(tmp_path / "belay.lock")


def test_a_lock_of_the_future_is_told() -> None:
    """What a newer program wrote is not guessed at."""
    with pytest.raises(LockError) as caught:
        parse_lock(TEXT.replace("version = 1\n", 'version = 2\nnew = "x"\n'))

    assert str(caught.value) == "`belay.lock` is of format 2, and this program knows 1"
    assert caught.value.hint == "a newer `belay-pm` wrote it: install that"


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("version = 1", "", "`version` of `belay.lock` is no whole number from 0 to"),
        ("version = 1", "version = true", "`version` of `belay.lock` is no whole number"),
        ("version = 1", "version = 0", "there is no format 0"),
        ("version = 1", "<<<<<<< HEAD", ""),
        ("project =", "other =", "`project` of `belay.lock` is missing"),
        ('"abc"', "3", "`project` of `belay.lock` is no text"),
        ('"abc"', '"abc"\nextra = 1', "`belay.lock` has `extra`, which means nothing there"),
        ('["dev", "main"]', "[]", "package `logging` is of no group"),
        ('["dev", "main"]', '"main"', "`groups` of package `logging` is no array"),
        ('["dev", "main"]', '["a/b"]', "`groups` 1 of package `logging` is no name of a group"),
        ('["dev", "main"]', '[".belay-pm"]', "`groups` 1 of package `logging` is no name of a group"),
        ('["dev", "main"]', '["Main", "main"]', "both `Main` and `main`"),
        ('["dev", "main"]', '[".."]', "`..` leaves the folder of the package"),
        ('["dev", "main"]', "[1]", "`groups` 1 of package `logging` is no name of a folder"),
        ('name = "mine"', 'name = "logging"', "package `logging` is there twice"),
        ('{ folder = "../mine" }', '{ fold = "x" }', "is of no kind that there is"),
        ('{ folder = "../mine" }', '{ folder = "x", ref = "y" }', "has `ref`, which means nothing there"),
        ('{ folder = "../mine" }', '{ url = "https://x" }', "is no folder, and cannot be used where it lies"),
        ('{ folder = "../mine" }', '"x"', "is no table"),
        (
            "develop = true",
            "develop = 1",
            "`develop` of `part` 1 of package `mine` is neither true nor false",
        ),
        ("opt = 3", "opt = 4", "is no whole number from 0 to 3"),
        ("size = 5", "size = -1", "is no whole number from 0 to"),
        ("size = 5", "size = 5.0", "is no whole number from 0 to"),
        ("1" * 64, "1" * 63, "`sha256` of `files` 1 of `part` 1 of package `logging` is no SHA-256"),
        ("1" * 64, "G" * 64, "is no SHA-256"),
        ('path = "logging.py"', 'path = "../x.py"', "`..` leaves the folder of the package"),
        ('path = "logging.py"', 'path = "/x.py"', "it does not start at the folder of the package"),
        ('path = "logging.py"', r'path = "C:\\x.py"', "cannot be in the name of a file everywhere"),
        ('path = "logging.py"', 'path = "./x.py"', "is `./x.py`, and would be `x.py`"),
        ('path = "logging.py"', 'path = "logging/handlers.py"', "is there twice, with different contents"),
        ('path = "logging.py"', 'path = "Logging/x.py"', "both"),
        ('path = "logging.py"', 'path = "logging"', "as a file and as a folder"),
        ('path = "logging.py", ', "", "`path` of `files` 1 of `part` 1 of package `logging` is missing"),
        ('url = "../mine"', "", "`url` of `resolved` of `part` 1 of package `mine` is missing"),
        ('url = "../mine"', 'url = "x", commit = "main"', "is no commit"),
        ('url = "../mine"', 'url = "x", sha256 = "12"', "is no SHA-256"),
        ('[{ source = { index = "os" }, text = "*" }]', "[]", "has no part"),
        ("has a C module", 'has"', ""),
        ('"has a C module"', "2", "`notes` 1 of `part` 1 of package `logging` is no text"),
    ],
)
def test_a_damaged_lock_is_told(old: str, new: str, why: str) -> None:
    """A lock may come from anybody: each field has its type, and each path stays in its folder."""
    assert old in TEXT

    with pytest.raises(LockError) as caught:
        parse_lock(TEXT.replace(old, new, 1))

    assert why in str(caught.value)
    assert str(caught.value).startswith("`belay.lock` is damaged: ")
    assert caught.value.hint


def test_tables_without_end_are_refused() -> None:
    """Nesting that no reader survives is damage."""
    with pytest.raises(LockError):
        parse_lock("version = " + "[" * 100_000)


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=12)
ANYTHING = st.text(st.characters(codec="utf-8"), max_size=12)
VERSIONS = st.sampled_from(["*", "1.0", ">=1,<2"])
SOURCES = st.one_of(
    st.builds(PathSource, TEXTS),
    st.builds(GitSource, TEXTS, st.none() | TEXTS, TEXTS, st.booleans()),
    st.builds(UrlSource, TEXTS, TEXTS),
    st.builds(IndexSource, TEXTS, VERSIONS),
    st.builds(BundleSource, TEXTS, VERSIONS),
)
OPT = st.none() | st.integers(0, 3)
ENTRIES = st.builds(Entry, SOURCES, TEXTS, rename_to_init=st.booleans(), opt=OPT)
REQUIREMENTS = st.builds(Requirement, TEXTS, st.lists(ENTRIES, min_size=1, max_size=2).map(tuple))
HEX = st.text("0123456789abcdef", min_size=64, max_size=64)
PATHS = st.lists(st.text("abc_é", min_size=1, max_size=3), min_size=1, max_size=3).map("/".join)
FILES = st.builds(PackageFile, PATHS, HEX, st.integers(0, 1 << 30), ANYTHING, OPT, st.none() | TEXTS)
RESOLVED = st.builds(
    Resolved, TEXTS, commit=st.none() | HEX, version=st.none() | TEXTS, path=TEXTS, sha256=st.none() | HEX
)


def _sorted(files: list[PackageFile]) -> tuple[PackageFile, ...]:
    return tuple(sorted(files, key=lambda file: file.path))


FETCHED = st.builds(
    Fetched,
    RESOLVED,
    st.lists(FILES, max_size=3).map(_sorted),
    st.lists(REQUIREMENTS, max_size=2).map(tuple),
    st.lists(TEXTS.map(printable), max_size=2).map(tuple),
)
PACKAGES = st.builds(
    Package,
    TEXTS.filter(bool),
    st.sets(st.sampled_from(["dev", "main", "x"]), min_size=1).map(lambda groups: tuple(sorted(groups))),
    st.lists(st.builds(Part, ENTRIES, FETCHED), min_size=1, max_size=2).map(tuple),
    st.lists(TEXTS.map(printable), max_size=1).map(tuple),
)


@given(packages=st.lists(PACKAGES, max_size=3, unique_by=lambda package: package.name), digest=TEXTS)
def test_what_is_written_is_read_again(packages: list[Package], digest: str) -> None:
    """A lock survives its text, and the order of its packages does not change a byte."""
    lock = Lock(digest, tuple(sorted(packages, key=lambda package: package.name)))
    text = lock_text(lock)
    files = {
        (group, file.path): file.sha256
        for package in packages
        for group in package.groups
        for file in package.files
    }

    assert lock_text(Lock(digest, tuple(packages))) == text
    try:
        again = parse_lock(text)
    except LockError:
        # Random files may clash; then the lock is refused, and rightly.
        many = sum(len(package.groups) * len(package.files) for package in packages)
        assert many > len(files) or _clash(files)
    else:
        assert again == lock


def _clash(files: dict[tuple[str, str], str]) -> bool:
    try:
        refuse_clashes([f"{group}/{path}" for group, path in files], source="x")
    except UnsafePathError:
        return True
    return False


@given(data=st.data())
def test_a_text_that_was_cut_and_glued_is_read_or_refused(data: st.DataObject) -> None:
    """Whatever happened to a lock: it is read with safe paths, or refused as a lock, and never ends in a crash."""
    start = data.draw(st.integers(0, len(TEXT)))
    end = data.draw(st.integers(start, min(len(TEXT), start + 40)))
    glue = data.draw(
        st.sampled_from(["", "\0", "..", "/", "[[package]]", "= 1", '"', "{", "]", "\n", "é"]) | TEXTS
    )

    try:
        lock = parse_lock(TEXT[:start] + glue + TEXT[end:])
    except LockError:
        return

    for package in lock.packages:
        for file in package.files:
            assert target_path(file.path, source="test") == file.path


@given(text=st.text(max_size=20))
def test_any_text_can_be_kept(text: str) -> None:
    """Notes and origins are anybody's text, also such as UTF-8 cannot write; the lock stays readable."""
    file = PackageFile("x.py", "1" * 64, 5, text)
    part = Part(Entry(PathSource("x"), "x"), Fetched(Resolved("x"), (file,), notes=(text,)))

    lock = parse_lock(lock_text(Lock("", (Package("x", ("main",), (part,), (text,)),))))

    assert len(lock.packages[0].parts[0].fetched.notes) == 1
    lock_text(lock).encode()


@pytest.mark.parametrize(
    "known", ['"logging"', '">=0.6"', '">=0.6" }', '"0.6.1"', '"has a C module"', '"abc"']
)
def test_a_lock_cannot_command_a_screen(known: str) -> None:
    """A text that would command a screen is refused, or escaped where anybody's text may stand."""
    text = TEXT.replace(known, f'"\\u001b[2J\\u009b1m{known[1:]}', 1)

    said = _said(text)

    assert said.isprintable()
    assert "\\x1b[2J\\x9b1m" in said


def _said(text: str) -> str:
    """What a lock's note says, or what is said of a lock that is refused."""
    try:
        return parse_lock(text).packages[0].parts[0].fetched.notes[0]
    except LockError as error:
        return str(error)


def _folder(path: Path) -> Path:
    path.mkdir()
    return path
