"""A project in the current folder, and commands typed in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from belay_pm.app import run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Result(NamedTuple):
    """All that a command leaves."""

    exit_code: int
    stdout: str
    stderr: str


@pytest.fixture
def typed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Type `belay-pm` and these words."""
    monkeypatch.setenv("COLUMNS", "80")

    def type_words(*words: str) -> Result:
        capsys.readouterr()
        return Result(run(words), *capsys.readouterr())

    return type_words


@pytest.fixture
def project(folder: Path) -> Path:
    """A project with two modules of its own, one in a group."""
    write(folder, "lib/one.py", "x = 1\n")
    write(folder, "lib/two.py", "x = 2\n")
    write(
        folder,
        "pyproject.toml",
        """\
[tool.belay]
name = "app"
[tool.belay.dependencies]
one = "lib/one.py"
[tool.belay.group.dev.dependencies]
two = "lib/two.py"
""",
    )
    return folder


def write(folder: Path, path: str, text: str) -> Path:
    """Write a file."""
    where = folder / path
    where.parent.mkdir(parents=True, exist_ok=True)
    where.write_text(text, encoding="utf-8")
    return where
