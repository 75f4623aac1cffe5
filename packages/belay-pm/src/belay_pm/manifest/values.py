"""What a `manifest.py` says, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from belay_pm.errors import PackageError
    from belay_pm.trees import Place

__all__ = ["FileKind", "Manifest", "ManifestFile", "Metadata", "Mode", "Required"]

FileKind = Literal["compile", "mpy", "text", "data"]
"""How a firmware would freeze a file: compiled, as it is, as text; or not at all."""

Mode = Literal["deploy", "firmware"]
"""What it is read for: files on a board, where firmware's own parts are noted; or a firmware, strictly."""


@dataclass(frozen=True, slots=True)
class ManifestFile:
    """A file that a manifest gives.

    Attributes:
        target: where it belongs, below `/lib`; one that `target_paths` let pass.
        place: where it is; what is read there has the version that the metadata says.
        opt: mpy-cross's level of optimisation, 0 to 3; None for its own.
        kind: how a firmware would have it.
    """

    target: str
    place: Place
    opt: int | None = None
    kind: FileKind = "compile"


@dataclass(frozen=True, slots=True)
class Required:
    """A package that a manifest requires and that is no part of it.

    Attributes:
        name: as an index has it.
        version: as the manifest says, or None.
        where: which manifest, and its line.
        folder: where it lies in the manifest's own tree, when that is one of micropython-lib; None for one
            of an index.
    """

    name: str
    version: str | None
    where: str
    folder: str | None = None


@dataclass(frozen=True, slots=True)
class Metadata:
    """What `metadata(…)` says; None for what it does not."""

    description: str | None = None
    version: str | None = None
    license: str | None = None
    author: str | None = None
    stdlib: bool | None = None
    pypi: str | None = None
    pypi_publish: str | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """All that a manifest and those that it includes say.

    Attributes:
        files: sorted by target, no target twice.
        requires: in the order in which they are required, no name twice.
        metadata: of the manifest itself.
        notes: what whoever asked should know, a sentence each.
        c_modules: as the manifests name them.
        problems: for `check_manifest`: what is wrong; nothing else has a manifest with problems.
    """

    files: tuple[ManifestFile, ...] = ()
    requires: tuple[Required, ...] = ()
    metadata: Metadata = field(default_factory=Metadata)
    notes: tuple[str, ...] = ()
    c_modules: tuple[str, ...] = ()
    problems: tuple[PackageError, ...] = ()
