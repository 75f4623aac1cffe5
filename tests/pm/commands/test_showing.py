"""`list`, `tree` and `why`, of a lock that lies there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from belay_pm.lockfile import LOCK_NAME, Lock, lock_text
from belay_pm.packages import Fetched, Package, PackageFile, Part, Resolved
from belay_pm.project import read_project
from belay_pm.requirements import Entry, GitSource, IndexSource, PathSource, Requirement

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

URL = "https://github.com/o/r.git"


@pytest.fixture
def locked(folder: Path) -> Path:
    """A project whose packages need each other, with its lock."""
    (folder / "pyproject.toml").write_text(
        """\
[tool.belay]
[tool.belay.dependencies]
app = "github:o/r"
logging = "*"
mine = { uri = "../mine", develop = true }
[tool.belay.group.dev.dependencies]
logging = "*"
"""
    )
    index = Entry(IndexSource("os"), "*")
    packages = (
        _package(
            "app",
            ("main",),
            Entry(GitSource(URL), "github:o/r"),
            Resolved(URL, commit="ab" * 20),
            "logging",
            "os",
        ),
        _package(
            "logging",
            ("dev", "main"),
            Entry(IndexSource("logging"), "*"),
            Resolved("https://i", version="0.6"),
            "os",
        ),
        _package(
            "mine", ("main",), Entry(PathSource("../mine"), "../mine", develop=True), Resolved("../mine")
        ),
        _package("os", ("dev", "main"), index, Resolved("https://i", version="1.0"), "path"),
        _package("path", ("dev", "main"), index, Resolved("https://i", version="1.1")),
    )
    lock = Lock(read_project(folder).digest, packages)
    (folder / LOCK_NAME).write_text(lock_text(lock))
    return folder


def test_list(locked: Path, typed: Callable[..., object]) -> None:
    """A line for each package."""
    assert typed("list") == (
        0,
        """\
NAME     VERSION     GROUPS    SOURCE
app      ababababab  main      github:o/r
logging  0.6         dev,main  *
mine     develop     main      ../mine
os       1.0         dev,main  *
path     1.1         dev,main  *
""",
        "",
    )


def test_list_as_json(locked: Path, typed: Callable[..., object]) -> None:
    """Everything that a program may want to know."""
    exit_code, out, err = typed("list", "--json")

    assert (exit_code, err) == (0, "")
    assert json.loads(out)[0] == {
        "name": "app",
        "version": None,
        "groups": ["main"],
        "develop": False,
        "requires": ["logging", "os"],
        "files": 1,
        "size_bytes": 7,
        "sources": [{"text": "github:o/r", "url": URL, "commit": "ab" * 20, "version": None, "path": ""}],
    }


def test_list_of_nothing(folder: Path, typed: Callable[..., object]) -> None:
    """A project without packages has an empty list."""
    (folder / "pyproject.toml").write_text("[tool.belay]\n")
    (folder / LOCK_NAME).write_text(lock_text(Lock(read_project(folder).digest, ())))

    assert typed("list") == (0, "", "There are no packages; `belay-pm add` adds one\n")
    assert typed("list", "--json") == (0, "[]\n", "")


def test_tree(locked: Path, typed: Callable[..., object]) -> None:
    """A tree for each group; what was shown is not shown again."""
    assert typed("tree") == (
        0,
        """\
main
├─ app ababababab
│  ├─ logging 0.6
│  │  └─ os 1.0
│  │     └─ path 1.1
│  └─ os 1.0 …
├─ logging 0.6 …
└─ mine develop
dev
└─ logging 0.6
   └─ os 1.0
      └─ path 1.1
""",
        "",
    )


def test_why(locked: Path, typed: Callable[..., object]) -> None:
    """The shortest way from each group that has it."""
    assert typed("why", "path") == (
        0,
        "main → app → os → path\ndev → logging → os → path\n",
        "",
    )
    assert typed("why", "mine") == (0, "main → mine\n", "")


def test_why_of_nothing(locked: Path, typed: Callable[..., object]) -> None:
    """A slip has a near miss, and no word at all is misuse."""
    assert typed("why", "logginh") == (
        1,
        "",
        "error: `logginh` is no package of the project\n\nhint: did you mean `logging`?\n",
    )
    assert typed("why") == (
        2,
        "",
        "error: Missing argument 'NAME'\n\nhint: write it as in `belay-pm why [OPTIONS] NAME`\n",
    )


def test_why_of_what_nothing_asks_for(locked: Path, typed: Callable[..., object]) -> None:
    """What left the project is in the lock until the next update."""
    text = (locked / "pyproject.toml").read_text()
    (locked / "pyproject.toml").write_text(text.replace('mine = { uri = "../mine", develop = true }', ""))

    assert typed("why", "mine") == (
        1,
        "",
        (
            "`belay.lock` was made before the last change of `pyproject.toml`: `belay-pm update` or `belay-pm lock`\n"
            "error: `mine` is in `belay.lock`, and nothing asks for it any more\n\n"
            "hint: `belay-pm update` removes it\n"
        ),
    )


def test_a_circle_in_a_lock_ends(locked: Path, typed: Callable[..., object]) -> None:
    """A lock may be anybody's: what needs itself in it is shown once, however long the chain is."""
    path = locked / LOCK_NAME
    names = [f"n{number}" for number in range(3000)]
    packages = [
        _package(name, ("main",), Entry(IndexSource(name), "*"), Resolved("https://i", version="1"), need)
        for name, need in zip(names, [*names[1:], "logging"], strict=True)
    ]
    circle = _package(
        "logging", ("main",), Entry(IndexSource("logging"), "*"), Resolved("i", version="1"), "n0"
    )
    path.write_text(lock_text(Lock("", (circle, *packages))))

    exit_code, out, _ = typed("tree")

    assert exit_code == 0
    assert len(out.splitlines()) == 2 * 3002 + 2
    assert typed("why", "n2999")[1].count("→") == 2 * 3001


def _package(name: str, groups: tuple[str, ...], entry: Entry, resolved: Resolved, *requires: str) -> Package:
    files = () if entry.develop else (PackageFile(f"{name}.py", "1" * 64, 7, f"{name}.py"),)
    needs = tuple(Requirement(need, (Entry(IndexSource(need), "*"),)) for need in requires)
    return Package(name, groups, (Part(entry, Fetched(resolved, files, needs)),))
