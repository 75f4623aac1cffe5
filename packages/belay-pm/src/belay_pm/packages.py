"""What a source turned out to be: files with their hashes, and what they need. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from belay_pm.requirements import Entry, Requirement

__all__ = ["Fetched", "Package", "PackageFile", "Part", "Resolved"]


@dataclass(frozen=True, slots=True)
class PackageFile:
    """A file of a package.

    Attributes:
        path: where it belongs, below `/lib` of a board; one that `target_paths` let pass.
        sha256: of its content, 64 hexadecimal digits; the store has the content under it.
        size_bytes: of its content.
        origin: where it was found: a path in the source, one below a variable's folder, or an address.
        opt: mpy-cross's level of optimisation, 0 to 3; None for its own.
        version: that a manifest wrote into it, where that is not the source's.
    """

    path: str
    sha256: str
    size_bytes: int
    origin: str
    opt: int | None = None
    version: str | None = None


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


@dataclass(frozen=True, slots=True)
class Part:
    """What one entry of a package became.

    Attributes:
        entry: what was asked for; the version of an index is what was asked for, too.
        fetched: what came.
    """

    entry: Entry
    fetched: Fetched


@dataclass(frozen=True, slots=True)
class Package:
    """A package of the project, resolved: what a lock keeps of it.

    Attributes:
        name: see `Requirement`.
        groups: those whose folders it lies in, sorted.
        parts: one for each entry.
        notes: what was decided about it that may surprise, a sentence each.
    """

    name: str
    groups: tuple[str, ...]
    parts: tuple[Part, ...]
    notes: tuple[str, ...] = ()

    @property
    def develop(self) -> bool:
        """Whether a part of it is used where it lies."""
        return any(part.entry.develop for part in self.parts)

    @property
    def files(self) -> tuple[PackageFile, ...]:
        """The files of all parts that are copied, sorted by path."""
        copied = [part.fetched.files for part in self.parts if not part.entry.develop]
        return tuple(sorted((file for files in copied for file in files), key=lambda file: file.path))

    @property
    def requires(self) -> tuple[str, ...]:
        """The names of what it needs, sorted."""
        return tuple(sorted({each.name for part in self.parts for each in part.fetched.requires}))

    @property
    def version(self) -> str | None:
        """The first version that a part has."""
        return next(
            (part.fetched.resolved.version for part in self.parts if part.fetched.resolved.version), None
        )
