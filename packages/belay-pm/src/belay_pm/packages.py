"""What a source turned out to be: files with their hashes, and what they need. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from belay_pm.requirements import Requirement

__all__ = ["Fetched", "PackageFile", "Resolved"]


@dataclass(frozen=True, slots=True)
class PackageFile:
    """A file of a package.

    Attributes:
        path: where it belongs, below `/lib` of a board; one that `target_paths` let pass.
        sha256: of its content, 64 hexadecimal digits; the store has the content under it.
        size_bytes: of its content.
        origin: where it was found: a path in the source, or an address.
        opt: mpy-cross's level of optimisation, 0 to 3; None for its own.
    """

    path: str
    sha256: str
    size_bytes: int
    origin: str
    opt: int | None = None


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a source was at the time.

    Attributes:
        url: where it was: of the repository, the file, the index, the bundle; a path as it was written.
        commit: 40 or 64 hexadecimal digits, for a git repository.
        version: as the index, the bundle, the manifest or the `package.json` says, or None.
        path: the file or folder in it.
        sha256: of an archive.
    """

    url: str
    commit: str | None = None
    version: str | None = None
    path: str = ""
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """An entry of a package, fetched; its files' contents are in the store.

    Attributes:
        resolved: what the source was.
        files: sorted by path.
        requires: what it needs, in the order that it says.
        notes: what whoever asked should know, a sentence each: a C module that needs a firmware build.
    """

    resolved: Resolved
    files: tuple[PackageFile, ...]
    requires: tuple[Requirement, ...] = ()
    notes: tuple[str, ...] = ()
