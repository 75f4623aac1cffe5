from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from belay_pm.creating import init_project, new_project, package_name
from belay_pm.errors import ProjectError
from belay_pm.project import parse_tables, read_project
from belay_pm.templates import DEV, PYTEST

if TYPE_CHECKING:
    from pathlib import Path

_WAIT_S = 50  # for a run that takes two seconds; only a failure takes so long


def passes(folder: Path) -> bool:
    """Whether pytest, started in a project as a person would, passes its two tests."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=_WAIT_S,
    )
    return done.returncode == 0 and "2 passed" in done.stdout


def tree(folder: Path) -> dict[str, bytes]:
    """All files below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


@pytest.mark.skipif(os.name == "nt", reason="there is no simulated board on Windows")
def test_the_tests_of_a_new_project_pass_at_once(folder: Path) -> None:
    """Plain Python and the simulated board: both tests pass, by the project's own settings."""
    new_project(folder / "my-sensor")

    assert passes(folder / "my-sensor")


def test_a_new_project_is_a_project(folder: Path) -> None:
    """It has what the manual shows and what its tests need, and its names are Python's and the folder's."""
    created = new_project(folder / "my-sensor")

    assert created == (
        folder / "my-sensor",
        "my_sensor",
        (
            ".gitignore",
            "README.md",
            "main.py",
            "my_sensor/__init__.py",
            "pyproject.toml",
            "tests/test_my_sensor.py",
        ),
        (),
    )
    assert sorted(tree(folder / "my-sensor")) == list(created.written)
    assert read_project(folder / "my-sensor").name == "my_sensor"
    files = tree(folder / "my-sensor")
    assert b"import my_sensor" not in files["main.py"]
    assert b"from my_sensor import" in files["main.py"]
    assert files["README.md"].startswith(b"# my-sensor\n")
    assert all(b"my_project" not in content and b"my-project" not in content for content in files.values())
    tables = parse_tables(files["pyproject.toml"].decode(), folder)
    assert tables["project"]["name"] == "my-sensor"
    assert tables["dependency-groups"]["dev"] == list(DEV)
    assert tables["tool"]["pytest"]["ini_options"] == PYTEST


def test_an_empty_folder_will_do(folder: Path) -> None:
    """`new` takes a folder with nothing in it, and `--name` another name."""
    assert new_project(folder, name="sensor").package == "sensor"


def test_a_folder_with_something_in_it_is_left_alone(folder: Path) -> None:
    """`new` never mixes with what is there, and says what does."""
    (folder / "x").touch()

    with pytest.raises(ProjectError, match="is not empty") as caught:
        new_project(folder)

    assert caught.value.hint == f"`belay init {folder}` adds to it what a project needs"
    assert list(tree(folder)) == ["x"]


def test_nothing_that_is_there_changes(folder: Path) -> None:
    """A project of somebody's with `main.py`, README, binary files and links: what is missing is added, no more."""
    before = {
        "README.md": b"packagename\n",
        "main.py": b"print('mine')\n",
        "logo.png": bytes(range(256)),
        "docs/packagename.txt": b"\xff packagename",
    }
    for path, content in before.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_bytes(content)
    if os.name != "nt":
        (folder / "loop").symlink_to(folder)
        (folder / ".gitignore").symlink_to("nowhere")

    created = init_project(folder, name="mine")

    after = tree(folder)
    assert {path: after[path] for path in before} == before
    assert {"README.md", "main.py"} <= set(created.kept)
    assert {"mine/__init__.py", "tests/test_mine.py", "pyproject.toml"} <= set(created.written)
    if os.name != "nt":
        assert not (folder / "nowhere").exists()


@pytest.mark.skipif(os.name == "nt", reason="there is no simulated board on Windows")
def test_a_pyproject_is_filled_in(folder: Path) -> None:
    """Tables that are missing are added, lines that are there stay in their order, and the tests pass."""
    before = """\
[build-system] # mine
requires = ["hatchling"]

[project]
name = "Some.Thing"
version = "1"

[dependency-groups]
dev = ["ruff", "pytest>=8"] # tools

[tool.ruff]
line-length = 99
"""
    (folder / "pyproject.toml").write_text(before)

    created = init_project(folder)

    assert created.package == "Some_Thing"
    after = (folder / "pyproject.toml").read_text()
    lines = iter(after.splitlines())
    kept = [line for line in before.splitlines() if not line.startswith("dev =")]
    assert all(line in lines for line in kept)
    assert 'dev = ["ruff", "pytest>=8", "belay-device[sim]"] # tools' in after
    assert passes(folder)


@pytest.mark.parametrize(
    "settings", ["[tool.pytest.ini_options]\ntestpaths = ['t']\n", "[tool.pytest]\nx = 1\n", None]
)
def test_pytests_settings_stay(settings: str | None, folder: Path) -> None:
    """What is set stays as it is; where pytest has a file or table of another kind, nothing is added to it."""
    (folder / "pyproject.toml").write_text(settings or "")
    if settings is None:
        (folder / "pytest.ini").touch()

    init_project(folder, name="mine")

    tables = parse_tables((folder / "pyproject.toml").read_text(), folder)["tool"].get("pytest", {})
    if settings is None:
        assert tables == {}
    elif "ini_options" in settings:
        assert tables == {"ini_options": {"testpaths": ["t"], "pythonpath": PYTEST["pythonpath"]}}
    else:
        assert tables == {"x": 1}


def test_a_project_is_not_made_twice(folder: Path) -> None:
    """With `[tool.belay]` there, it is an error, and no file is written."""
    (folder / "pyproject.toml").write_text("[tool.belay]\n")

    with pytest.raises(ProjectError, match=r"has `\[tool\.belay\]` already"):
        init_project(folder, name="x")

    assert list(tree(folder)) == ["pyproject.toml"]


@pytest.mark.parametrize(
    "content",
    [
        b"[tool",
        b"\xff",
        b"[tool]\nbelay = 1\n",
        b"dependency-groups = 1\n",
        b"[dependency-groups]\ndev = 1\n",
        b"project = 1\n[dependency-groups]\n",
    ],
)
def test_a_broken_pyproject_stays(content: bytes, folder: Path) -> None:
    """What cannot be understood is an error that names the file, and nothing is written."""
    (folder / "pyproject.toml").write_bytes(content)

    with pytest.raises(ProjectError, match=r"pyproject\.toml"):
        init_project(folder, name="x")

    assert tree(folder) == {"pyproject.toml": content}


@pytest.mark.parametrize("name", ["1x", "class", "main", "tests", "con", "machine", "日本", "---"])
def test_a_name_that_is_no_package_is_refused(name: str, folder: Path) -> None:
    """The error shows `--name`, and nothing is made."""
    with pytest.raises(ProjectError, match="the package of the project") as caught:
        new_project(folder / name)

    assert "--name" in str(caught.value.hint)
    assert list(folder.iterdir()) == []


def test_a_file_in_the_place_of_a_folder_is_told(folder: Path) -> None:
    """Whatever is in the way is named, and another try goes on from there."""
    (folder / "tests").touch()

    with pytest.raises(ProjectError, match="tests` is a file"):
        init_project(folder, name="x")
    with pytest.raises(ProjectError, match="tests` is a file"):
        new_project(folder / "tests")

    (folder / "tests").unlink()
    assert "tests/test_x.py" in init_project(folder, name="x").written


@pytest.mark.parametrize(
    ("text", "name"), [("my-project", "my_project"), ("My Project", "My_Project"), ("a.b", "a_b"), ("x", "x")]
)
def test_a_name_becomes_pythons(text: str, name: str) -> None:
    """What Python cannot import becomes `_`."""
    assert package_name(text) == name
