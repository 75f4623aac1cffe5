"""A project in the current folder, and commands typed in it."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple

import pytest

from belay_pm.app import run
from belay_pm.errors import NotFoundError, OfflineError
from belay_pm.packages import Fetched, PackageFile, Resolved
from belay_pm.requirements import Entry, PathSource

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from belay_pm.project import Project
    from belay_pm.store import Store


class Result(NamedTuple):
    """All that a command leaves."""

    exit_code: int
    stdout: str
    stderr: str


class _Fetcher:
    """Modules of this computer, until `fetching` is there: then that is what runs."""

    def __init__(self, project: Project, store: Store, *, offline: bool, **_: object) -> None:
        self.folder = project.folder
        self.store = store
        self.offline = offline

    def fetch(self, entry: Entry, *, name: str) -> Fetched:
        """Return a module of one file."""
        assert isinstance(entry.source, PathSource)
        path = self.folder / entry.source.path
        if not path.is_file():
            raise NotFoundError(f"`{entry.text}` is not there")
        content = path.read_bytes()
        digest = self.store.put(content, element="folder")
        file = PackageFile(f"{name}/__init__.py", digest, len(content), path.name)
        return Fetched(Resolved(entry.source.path), (file,))

    def content(self, file: PackageFile, resolved: Resolved) -> bytes:
        """Return a content, offline from the store alone."""
        if self.offline:
            raise OfflineError(f"`{file.path}` is not in the cache")
        return (self.folder / resolved.url).read_bytes()


@pytest.fixture
def typed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Type `belay-pm` and these words."""
    monkeypatch.setenv("COLUMNS", "80")
    if find_spec("belay_pm.fetching") is None:
        module = ModuleType("belay_pm.fetching")
        module.Fetcher = _Fetcher
        monkeypatch.setitem(sys.modules, module.__name__, module)

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
