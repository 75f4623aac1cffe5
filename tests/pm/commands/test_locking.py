"""`lock`, `outdated`, `verify` and `clean`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_lock_lays_nothing(project: Path, typed: Callable[..., object]) -> None:
    """The lock alone is written; a second time there is nothing to do."""
    assert typed("lock") == (0, "", "Added `one` 453e6dbc2d\nAdded `two` 2507ac5aac\n2 packages locked\n")
    assert typed("lock") == (0, "", "2 packages locked already\n")
    assert not (project / ".belay").exists()


def test_lock_keeps_what_it_has(project: Path, typed: Callable[..., object]) -> None:
    """What is new elsewhere is for `update`."""
    typed("lock")
    (project / "lib/one.py").write_text("x = 10\n")

    assert typed("lock") == (0, "", "2 packages locked already\n")


def test_outdated(project: Path, typed: Callable[..., object]) -> None:
    """A table of what `update` would change, or JSON; nothing on stdout when there is nothing."""
    typed("update")
    assert typed("outdated") == (0, "", "Everything is up to date\n")
    (project / "lib/one.py").write_text("x = 10\n")
    lock = (project / "belay.lock").read_bytes()

    assert typed("outdated") == (0, "NAME  LOCKED      NEW\none   453e6dbc2d  1e9f16d616\n", "")
    exit_code, out, err = typed("outdated", "--json")

    assert (exit_code, err) == (0, "")
    assert json.loads(out) == [{"name": "one", "before": "453e6dbc2d", "after": "1e9f16d616"}]
    assert (project / "belay.lock").read_bytes() == lock


def test_outdated_before_a_first_update(project: Path, typed: Callable[..., object]) -> None:
    """Everything is new then."""
    assert typed("outdated") == (
        0,
        "NAME  LOCKED  NEW\none   -       453e6dbc2d\ntwo   -       2507ac5aac\n",
        "",
    )


def test_verify(project: Path, typed: Callable[..., object]) -> None:
    """Good is good."""
    typed("update")

    assert typed("verify") == (0, "", "2 packages, 2 files: as `belay.lock` says\n")


def test_verify_names_what_differs(project: Path, typed: Callable[..., object]) -> None:
    """A line on stdout for each file, and exit code 1."""
    typed("update")
    (project / ".belay/dependencies/main/one/__init__.py").write_text("mine")
    (project / ".belay/dependencies/dev/two/__init__.py").unlink()

    assert typed("verify") == (
        1,
        "missing dev/two/__init__.py\nchanged main/one/__init__.py\n",
        (
            "error: 2 files differ from what `belay.lock` says\n\n"
            "hint: `belay-pm update --locked` lays what is missing, with `--overwrite-edits` all of it\n"
        ),
    )


def test_verify_tells_files_of_others(project: Path, typed: Callable[..., object]) -> None:
    """What others put among the packages is told, since imports find it, and is no fault; leftovers are not."""
    typed("update")
    packages = project / ".belay/dependencies"
    (packages / "main/os.py").write_text("mine")
    (packages / "main/one/__pycache__").mkdir()
    (packages / "main/one/__pycache__/x.pyc").write_text("")
    (packages / "elsewhere").mkdir()
    (packages / "elsewhere/mine.py").write_text("mine")

    assert typed("verify") == (
        0,
        "",
        (
            "note: 1 file below the packages is of none of them and stays: `main/os.py`\n"
            "2 packages, 2 files: as `belay.lock` says\n"
        ),
    )


def test_verify_of_another_project_file(project: Path, typed: Callable[..., object]) -> None:
    """Exit code 1 also when the lock is not of what the project says now."""
    typed("update")
    path = project / "pyproject.toml"
    path.write_text(path.read_text() + 'three = "lib/one.py"\n')

    assert typed("verify") == (
        1,
        "",
        (
            "error: `belay.lock` was made before the last change of `pyproject.toml`\n\n"
            "hint: `belay-pm lock` brings it up to date, and `belay-pm update` gets what is new\n"
        ),
    )


@pytest.mark.parametrize("command", ["verify", "list", "tree", ["why", "one"], ["update", "--locked"]])
def test_without_a_lock(project: Path, typed: Callable[..., object], command: str | list[str]) -> None:
    """Whatever needs one says how to get it."""
    words = [command] if isinstance(command, str) else command

    assert typed(*words) == (
        1,
        "",
        f"error: `{project}` has no `belay.lock`\n\nhint: `belay-pm update` gets the packages and makes one\n",
    )


def test_clean(project: Path, typed: Callable[..., object]) -> None:
    """What left the project goes; a second time there is nothing."""
    typed("update")
    text = (project / "pyproject.toml").read_text()
    (project / "pyproject.toml").write_text(text[: text.index("[tool.belay.group")])

    assert typed("clean") == (0, "", "Removed `dev/two/__init__.py`\n1 file removed\n")
    assert typed("clean") == (0, "", "There is nothing to remove\n")
    assert not (project / ".belay/dependencies/dev").exists()
