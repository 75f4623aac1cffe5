"""The files of a new project: real ones, where `my_project` and `my-project` stand for its names."""

from __future__ import annotations

from importlib.resources import files

__all__ = ["DEV", "FOLDER_WORD", "PACKAGE_WORD", "PROJECT_FILES", "PYTEST", "template"]

FOLDER_WORD = "my-project"
PACKAGE_WORD = "my_project"

PROJECT_FILES = {
    ".gitignore": "gitignore",
    "README.md": "README.md",
    "main.py": "main.py",
    "my_project/__init__.py": "my_project/__init__.py",
    "tests/test_my_project.py": "tests/test_my_project.py",
}
"""Path in a project -> path of its template; `pyproject.toml` is not among them: it may be there already."""

DEV = ("belay-device[sim]", "pytest")
"""What the tests of a project need."""

PYTEST = {
    "pythonpath": [".", ".belay/dependencies/main", ".belay/dependencies/dev"],
    "testpaths": ["tests"],
}
"""pytest's settings: the packages are found where `update` lays them."""


def template(path: str, *, folder_name: str, package: str) -> str:
    """Return a template's text, with the names of a project in it."""
    text = (files(__name__) / "project" / path).read_text(encoding="utf-8")
    return text.replace(FOLDER_WORD, folder_name).replace(PACKAGE_WORD, package)
