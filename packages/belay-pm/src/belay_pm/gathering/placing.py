"""Where the files of packages lie below the folder of a board's packages."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from belay_pm.errors import ConflictError
from belay_pm.requirements import BundleSource, IndexSource
from belay_pm.target_paths import refuse_clashes, target_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from belay_pm.packages import Fetched, Package
    from belay_pm.requirements import Entry

__all__ = ["placed"]


def placed(packages: Sequence[Package]) -> dict[str, dict[str, str]]:
    """Return name -> path -> SHA-256: where the files of each package belong.

    A lone module, which a project has as a package of its own, stays what it is, as mip has it.

    Raises:
        ConflictError: two packages have different contents for a path.
        UnsafePathError: a path leads elsewhere, or cannot be beside another.
    """
    found: dict[str, dict[str, str]] = {}
    writers: dict[str, tuple[str, str]] = {}
    for package in packages:
        files = found.setdefault(package.name, {})
        for part in package.parts:
            for file in part.fetched.files:
                path = _lone_path(package.name, part.entry, part.fetched) or file.path
                files[path] = file.sha256
                sha256, writer = writers.setdefault(path, (file.sha256, package.name))
                if sha256 != file.sha256:
                    raise ConflictError(
                        f"`{path}` comes twice, with different contents: "
                        f"of `{writer}` and of `{package.name}`"
                    )
    refuse_clashes(sorted(writers), source="the packages")
    return found


def _lone_path(name: str, entry: Entry, fetched: Fetched) -> str | None:
    """Return the path of a module that was asked for by itself; None for all else."""
    if len(fetched.files) != 1:
        return None
    (file,) = fetched.files
    module = posixpath.basename(file.origin)
    stem, ending = posixpath.splitext(module)
    is_whole = posixpath.basename(_entry_path(entry)) == module
    if not is_whole or file.path != f"{name}/__init__{ending}" or stem == "__init__":
        return None
    return target_path(module, source=entry.text)


def _entry_path(entry: Entry) -> str:
    """Return the path that an entry asks for, in its source or of it."""
    source = entry.source
    if isinstance(source, IndexSource | BundleSource):
        return ""
    return source.path.replace("\\", "/") or getattr(source, "url", "").partition("?")[0]
