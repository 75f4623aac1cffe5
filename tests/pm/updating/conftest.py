"""A project on disk, and sources of the shape of `Fetcher`: folders of this computer, and an index in memory."""

from __future__ import annotations

import json
from threading import Lock
from typing import TYPE_CHECKING

import pytest

from belay_pm.errors import NotFoundError, OfflineError
from belay_pm.packages import Fetched, PackageFile, Resolved
from belay_pm.project import read_project
from belay_pm.requirements import Entry, IndexSource, PathSource, Requirement
from belay_pm.store import Store

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from belay_pm.project import Project
    from belay_pm.requirements import BundleSource


class LocalSources:
    """Gets what lies in folders, and what an index in memory has.

    Args:
        folder: where relative paths start.
        store: gets the contents.

    Attributes:
        index: name -> version -> (files, names that it requires).
        asked: what was fetched: paths, and `name version`.
    """

    def __init__(self, folder: Path, store: Store) -> None:
        self.folder = folder
        self.store = store
        self.index: dict[str, dict[str, tuple[Mapping[str, bytes], tuple[str, ...]]]] = {}
        self.asked: list[str] = []
        self._lock = Lock()

    def fetch(self, entry: Entry, *, name: str) -> Fetched:
        """Return what an entry is."""
        with self._lock:
            if isinstance(entry.source, IndexSource):
                return self._of_index(entry.source)
            assert isinstance(entry.source, PathSource)
            self.asked.append(entry.source.path)
            return self._of_folder(self.folder / entry.source.path, entry.source.path, name)

    def versions(self, source: IndexSource | BundleSource) -> list[str]:
        """Return what the index has, newest first."""
        if source.name not in self.index:
            raise NotFoundError(f"`{source.name}` is in no index")
        return sorted(self.index[source.name], reverse=True)

    def content(self, file: PackageFile, resolved: Resolved) -> bytes:
        """Return a content from the store, or from the folder or index that it was in."""
        with self._lock:
            self.asked.append(file.origin)
            if resolved.url == "https://index":
                return next(
                    content
                    for versions in self.index.values()
                    for files, _ in versions.values()
                    for path, content in files.items()
                    if path == file.origin
                )
            top = self.folder / resolved.url
            return (top if top.is_file() else top / file.origin).read_bytes()

    def _of_index(self, source: IndexSource) -> Fetched:
        self.asked.append(f"{source.name} {source.version}")
        files, requires = self.index[source.name][source.version]
        return Fetched(
            Resolved("https://index", version=source.version),
            tuple(self._file(path, content, path) for path, content in sorted(files.items())),
            tuple(Requirement(each, (Entry(IndexSource(each), "*"),)) for each in requires),
        )

    def _of_folder(self, path: Path, text: str, name: str) -> Fetched:
        if path.is_file():
            files = [self._file(f"{name}/__init__.py", path.read_bytes(), path.name)]
        elif path.is_dir():
            inside = sorted(each for each in path.rglob("*") if each.is_file())
            below = [each.relative_to(path).as_posix() for each in inside]
            files = [self._file(f"{name}/{each}", (path / each).read_bytes(), each) for each in below]
        else:
            raise NotFoundError(f"`{text}` is not there")
        return Fetched(Resolved(text), tuple(files))

    def _file(self, path: str, content: bytes, origin: str) -> PackageFile:
        return PackageFile(path, self.store.put(content, element="test"), len(content), origin)


class NoSources:
    """Gets nothing, as without a network."""

    def fetch(self, entry: Entry, *, name: str) -> Fetched:
        """Fail."""
        raise OfflineError(f"`{name}` is asked for: {entry.text}")

    def versions(self, source: IndexSource | BundleSource) -> list[str]:
        """Fail."""
        raise OfflineError(f"versions of `{source.name}` are asked for")

    def content(self, file: PackageFile, resolved: Resolved) -> bytes:
        """Fail."""
        raise OfflineError(f"`{file.path}` of `{resolved.url}` is asked for")


class Home:
    """A project, its cache, and what its packages come from."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "project"
        self.folder.mkdir()
        self.store = Store()
        self.sources = LocalSources(self.folder, self.store)
        self.nothing = NoSources()
        self.dependencies = self.folder / ".belay" / "dependencies"
        self.lock = self.folder / "belay.lock"

    def project(self, main: Mapping[str, object] | None = None, **groups: Mapping[str, object]) -> Project:
        """Write the project's file, if it shall be another, and read it."""
        path = self.folder / "pyproject.toml"
        if main is not None:
            lines = ["[tool.belay]", 'name = "app"', "[tool.belay.dependencies]", *_lines(main)]
            for group, wanted in groups.items():
                lines += [f"[tool.belay.group.{group}.dependencies]", *_lines(wanted)]
            path.write_text("\n".join(lines), encoding="utf-8")
        return read_project(self.folder)

    def write(self, path: str, content: bytes | str = b"") -> Path:
        """Write a file beside the project."""
        where = self.folder / path
        where.parent.mkdir(parents=True, exist_ok=True)
        where.write_bytes(content if isinstance(content, bytes) else content.encode())
        return where

    def packages(self) -> dict[str, bytes]:
        """Return the files of the packages as they lie there."""
        return {
            path.relative_to(self.dependencies).as_posix(): path.read_bytes()
            for path in sorted(self.dependencies.rglob("*"))
            if path.is_file() and ".belay-pm" not in path.parts
        }

    def all(self) -> dict[str, tuple[int, bytes]]:
        """Return everything in the project: path -> when it was written, and what it is."""
        return {
            path.relative_to(self.folder).as_posix(): (
                path.stat().st_mtime_ns,
                path.read_bytes() if path.is_file() else b"",
            )
            for path in sorted(self.folder.rglob("*"))
        }


@pytest.fixture
def home(folder: Path) -> Home:
    """An empty project, with an index that has `good`, `dep` and `old`."""
    home = Home(folder)
    home.sources.index = {
        "good": {
            "1.0": ({"good/__init__.py": b"import dep\nVALUE = dep.VALUE + 1\n"}, ("dep",)),
            "2.0": ({"good/__init__.py": b"import dep\nVALUE = dep.VALUE + 2\n"}, ("dep",)),
        },
        "dep": {"0.1": ({"dep.py": b"VALUE = 40\n"}, ())},
        "old": {"1": ({"old.py": b""}, ())},
    }
    return home


def _lines(wanted: Mapping[str, object]) -> list[str]:
    return [
        f"{name} = {value if str(value).startswith('{') else json.dumps(value)}"
        for name, value in wanted.items()
    ]
