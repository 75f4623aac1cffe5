"""What manifests gave so far: files of which no two have one name, what is required, and what to tell."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from belay_pm.errors import ManifestError
from belay_pm.manifest.limits import MOST_FILES, MOST_TAKEN
from belay_pm.manifest.paths import shown
from belay_pm.manifest.values import ManifestFile
from belay_pm.target_paths import target_path

if TYPE_CHECKING:
    from belay_pm.manifest.values import FileKind, Metadata, Mode, Required
    from belay_pm.trees import Place

__all__ = ["Found", "Level", "Spot"]

_HIGHEST_OPT = 3
"""The highest of mpy-cross's levels."""


@dataclass(slots=True)
class Level:
    """The metadata that a manifest and those that it includes share."""

    metadata: Metadata | None = None


@dataclass(frozen=True, slots=True)
class Spot:
    """A call: where it is said, and for whom.

    Attributes:
        folder: of the manifest.
        level: its metadata.
        where: the manifest and its line, for messages.
        depth: how many manifests are around it.
    """

    folder: Place
    level: Level
    where: str
    depth: int = 0


@dataclass(slots=True)
class Found:
    """What was found so far.

    Attributes:
        files: target -> the file, the metadata that it belongs to, and who gave it.
        requires: name -> what is required.
        notes: sentences, in order.
        c_modules: as the manifests name them.
    """

    files: dict[str, tuple[ManifestFile, Level, str]] = field(default_factory=dict)
    requires: dict[str, Required] = field(default_factory=dict)
    notes: dict[str, None] = field(default_factory=dict)
    c_modules: list[str] = field(default_factory=list)
    _taken: int = 0

    def note(self, text: str, spot: Spot) -> None:
        """Keep a sentence that whoever asked should know."""
        self.notes.setdefault(f"{spot.where}: {text}")

    def take(
        self,
        spot: Spot,
        place: Place,
        target: str,
        *,
        opt: object,
        mode: Mode,
        kind: FileKind | None = None,
    ) -> None:
        """Keep a file.

        Args:
            spot: who gives it.
            place: where it is.
            target: where it belongs.
            opt: mpy-cross's level, as the manifest says it.
            mode: what for.
            kind: how a firmware has it; None for what its name's ending says.

        Raises:
            ManifestError: it is not there, `opt` is no level, another file has its target, or there are more
                than a manifest may give.
            UnsafePathError: its target cannot be the name of a file everywhere.
        """
        target = target_path(target, source="manifest.py")
        self._taken += 1
        if self._taken > MOST_TAKEN:
            raise ManifestError(f"more than {MOST_TAKEN} times a file is given by one manifest")
        if place.tree.kind(place.path) != "file":
            raise ManifestError(f"the file `{shown(place)}` is not there")
        if not (
            opt is None or (isinstance(opt, int) and not isinstance(opt, bool) and 0 <= opt <= _HIGHEST_OPT)
        ):
            raise ManifestError(f"`opt` is {opt!r}, and not a whole number from 0 to {_HIGHEST_OPT}")
        if kind is None:
            kind = _kind(target)
        if kind == "data" and mode == "firmware":
            self.note(f"`{target}` is data, which cannot be frozen", spot)
        known = self.files.get(target)
        if known is not None and known[0].place != place:
            raise ManifestError(
                f"two files would be `{target}`: `{shown(known[0].place)}`, of {known[2]}, "
                f"and `{shown(place)}`"
            )
        if known is not None:
            return
        if len(self.files) >= MOST_FILES:
            raise ManifestError(f"more than {MOST_FILES} files are in one manifest")
        self.files[target] = (ManifestFile(target, place, opt, kind), spot.level, spot.where)


def _kind(target: str) -> FileKind:
    if target.endswith(".py"):
        return "compile"
    return "mpy" if target.endswith(".mpy") else "data"
