"""A project's places, packages to lay there, and what lies there as a value."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from belay_pm.layout import Places, lay, wanted_files
from belay_pm.packages import Fetched, Package, PackageFile, Part, Resolved
from belay_pm.requirements import Entry, PathSource

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from belay_pm.layout import Laid


class Site:
    """A project, and contents to lay."""

    def __init__(self, folder: Path) -> None:
        self.places = Places(folder, folder / ".belay" / "dependencies", folder / "belay.lock")
        self.contents: dict[str, bytes] = {}

    def package(self, name: str, files: Mapping[str, bytes], *groups: str, develop: bool = False) -> Package:
        """A package with these files, in `main` or these groups."""
        found = []
        for path, content in sorted(files.items()):
            digest = sha256(content).hexdigest()
            self.contents[digest] = content
            found.append(PackageFile(path, digest, len(content), path))
        entry = Entry(PathSource(name), name, develop=develop)
        return Package(name, groups or ("main",), (Part(entry, Fetched(Resolved(name), tuple(found))),))

    def lay(self, *packages: Package, **options: object) -> Laid:
        """Lay them."""
        return lay(
            self.places,
            wanted_files(packages),
            contents=lambda wanted: [self.contents[each.file.sha256] for each in wanted],
            **options,  # type: ignore[arg-type]  # a test's own business
        )

    def put(self, path: str, content: bytes = b"mine") -> Path:
        """Write a file below the folder of the packages by hand."""
        where = self.places.dependencies / path
        where.parent.mkdir(parents=True, exist_ok=True)
        where.write_bytes(content)
        return where

    def all(self) -> dict[str, bytes | None]:
        """Everything in the project: path -> content, None for a folder."""
        return {
            path.relative_to(self.places.folder).as_posix(): (
                b"-> " + bytes(path.readlink())
                if path.is_symlink()
                else None
                if path.is_dir()
                else path.read_bytes()
            )
            for path in sorted(self.places.folder.rglob("*"))
        }

    def packages(self) -> dict[str, bytes]:
        """The files below the folder of the packages, without our own."""
        start = ".belay/dependencies/"
        return {
            path.removeprefix(start): content
            for path, content in self.all().items()
            if content is not None and path.startswith(start) and "/.belay-pm/" not in path
        }


@pytest.fixture
def site(folder: Path) -> Site:
    """An empty project."""
    return Site(folder)
