"""Patterns as in a `.gitignore`: what git itself makes of them decides."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from belay_pm.ignoring import ALWAYS_IGNORED, Ignored

if TYPE_CHECKING:
    from pathlib import Path

PATHS = (
    "a",
    "b.py",
    "a/b.py",
    "b/a/c.txt",
    "c/a",
    "a/b/a/c",
    "b.py/x",
    " a",
    "a*b",
    "!a",
    "#a",
    "-",
    "&",
    "]",
)
SETS = ("[a--b]", "[c-a]", "[]a]", "[a&&b]", "[!b-]", "[\\]-a]", "[^^a]", "[+--b]")
PIECES = st.sampled_from(
    ["a", "b", "*", "**", "?", "/", "[ab]", "[!a]", "[a-c]", *SETS, ".py", "!", " ", "\\*", "\\!", "#", "c"]
)
# Two stars beside something else are one star by git's manual; git itself takes them for two behind plain letters.
PATTERNS = (
    st.lists(PIECES, min_size=1, max_size=5)
    .map("".join)
    .filter(lambda text: not re.search(r"[^/!]\*\*", text))
)


@pytest.fixture
def repository(folder: Path) -> Path:
    """A repository without any file."""
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    return folder


def ignored_by_git(repository: Path, patterns: list[str]) -> set[str]:
    """Return which of the paths git ignores."""
    (repository / ".git" / "info" / "exclude").write_text("\n".join(patterns) + "\n")
    done = subprocess.run(
        ["git", "check-ignore", "--no-index", "--stdin", "-z"],
        cwd=repository,
        input="\0".join(PATHS),
        capture_output=True,
        text=True,
        check=False,
    )
    return {path for path in done.stdout.split("\0") if path}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(patterns=st.lists(PATTERNS, min_size=1, max_size=3))
@pytest.mark.once
def test_it_decides_as_git(repository: Path, patterns: list[str]) -> None:
    """Whatever the patterns, the same files are ignored."""
    ignored = Ignored(patterns)

    assert {path for path in PATHS if path in ignored} == ignored_by_git(repository, patterns)


def test_what_no_board_needs() -> None:
    """Compiled files and folders of tools are ignored everywhere."""
    ignored = Ignored(ALWAYS_IGNORED)

    paths = ["x.pyc", "a/__pycache__/b.py", "a/.DS_Store", ".pytest_cache/v", "a/b.py", "pyc", "x.mpy"]

    assert [path for path in paths if path not in ignored] == ["a/b.py", "pyc", "x.mpy"]
