"""What the functions of a manifest do: files, packages that are required, metadata, other manifests.

Knows trees, and nothing of how the calls were found. Deviations from the reference are those of deploying:
a package's folder that is missing is a mistake, a C module a note, and nothing leaves its tree.

Source: micropython's documentation, "MicroPython manifest files"; both its dialects, before and since 1.23.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from belay_pm.errors import ManifestError
from belay_pm.manifest.limits import MOST_FILES, MOST_LEVELS
from belay_pm.manifest.paths import UnsetVariableError, inside, joined, led
from belay_pm.manifest.values import FileKind, ManifestFile, Metadata, Mode, Required
from belay_pm.target_paths import target_path
from belay_pm.trees import Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = ["FUNCTIONS", "INDEXED", "Found", "Functions", "Level", "Spot"]

INDEXED = ("micropython", "python-stdlib", "python-ecosys")
"""The libraries of micropython-lib that everybody searches, in this order; the index has them too."""

_METADATA = ("description", "version", "license", "author", "stdlib", "pypi", "pypi_publish")


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
    """What was found so far."""

    files: dict[str, tuple[ManifestFile, Level, str]] = field(default_factory=dict)
    requires: dict[str, Required] = field(default_factory=dict)
    notes: dict[str, None] = field(default_factory=dict)
    c_modules: list[str] = field(default_factory=list)


class Functions:
    """The functions of manifests.

    Args:
        variables: name -> folder.
        libraries: name -> folder, searched in this order by `require`.
        mode: what for.
        descend: reads another manifest: its place, its options, the spot of the call with the new level.
    """

    def __init__(
        self,
        *,
        variables: Mapping[str, Place],
        libraries: Mapping[str, Place],
        mode: Mode,
        descend: Callable[[Place, dict[str, Any], Spot], None],
    ) -> None:
        self.found = Found()
        self._variables = variables
        self._libraries = dict(libraries)
        self._mode = mode
        self._descend = descend
        self._indexes: dict[Place, dict[str, str]] = {}

    def metadata(self, spot: Spot, *positional: object, **said: object) -> None:
        """Say what a package is; once for each."""
        if len(positional) > 4:  # noqa: PLR2004 - those that the documentation names
            raise ManifestError("`metadata` takes four values without names at most")
        said = {**dict(zip(_METADATA, positional, strict=False)), **said}
        if not said:
            return
        if unknown := [name for name in said if name not in _METADATA]:
            raise ManifestError(f"`metadata` knows no `{unknown[0]}`; it knows {', '.join(_METADATA)}")
        for name, value in said.items():
            kind = bool if name == "stdlib" else str
            if value is not None and not isinstance(value, kind):
                raise ManifestError(f"`{name}` of `metadata` is {value!r}, and not {kind.__name__}")
        if spot.level.metadata is not None:
            raise ManifestError("`metadata` is said a second time for one package")
        version = said.get("version")
        if isinstance(version, str) and (len(version) > 100 or not version.isprintable()):  # noqa: PLR2004
            raise ManifestError("`version` of `metadata` is not one")
        spot.level.metadata = Metadata(**said)  # type: ignore[arg-type] # checked above

    def include(self, spot: Spot, manifest: object, **options: object) -> None:
        """Read other manifests as if they stood here."""
        if isinstance(manifest, (list, tuple, dict)):
            for one in manifest:
                self.include(spot, one, **options)
            return
        try:
            place = led(spot.folder, manifest, self._variables)
        except UnsetVariableError as error:
            if self._mode == "firmware" or not error.is_firmware:
                raise
            self._note(f"`{manifest}` needs a firmware build", spot)
            return
        self._include(place, str(manifest), options, spot)

    def require(
        self,
        spot: Spot,
        name: object,
        version: object = None,
        pypi: object = None,
        library: object = None,
        *,
        unix_ffi: object = False,
        **options: object,
    ) -> None:
        """Need a package of a library, by name."""
        del pypi  # the name that CPython's index has it under
        if isinstance(version, bool):  # the dialect before 1.23: require(name, unix_ffi)
            unix_ffi, version = version, None
        if not isinstance(name, str) or not name or inside("", name) != name or "/" in name:
            raise ManifestError(f"{name!r} is not the name of a package")
        if not (version is None or isinstance(version, str)):
            raise ManifestError(f"the version {version!r} is not text")
        place = self._package(name, library, unix_ffi=bool(unix_ffi))
        if place is not None:
            self._include(place, name, options, replace(spot, level=Level()))
        elif "MPY_LIB_DIR" in self._variables or self._mode == "firmware":
            searched = ", ".join(f"`{known}`" for known in self._libraries) or "no library"
            raise ManifestError(
                f"the package `{name}` is not in the libraries, which are {searched}",
                hint="`$(MPY_LIB_DIR)` is a checkout of micropython-lib: `--var MPY_LIB_DIR=FOLDER`",
            )
        else:
            self.found.requires.setdefault(name, Required(name, version, spot.where))

    def add_library(self, spot: Spot, library: object, library_path: object, prepend: object = False) -> None:  # noqa: FBT002 - a manifest's own function
        """Have `require` search another folder."""
        if not isinstance(library, str) or not library:
            raise ManifestError(f"{library!r} is not the name of a library")
        place = self._folder(spot.folder, library_path)
        kept = {name: known for name, known in self._libraries.items() if name != library}
        self._libraries = {library: place, **kept} if prepend else {**kept, library: place}

    def package(
        self,
        spot: Spot,
        package_path: object,
        files: object = None,
        base_path: object = ".",
        opt: object = None,
    ) -> None:
        """Take the modules of a package, or some of its files."""
        base = self._folder(spot.folder, base_path)
        place = led(base, _plain(package_path), {})
        below = target_path(_text(package_path), source="manifest.py") if place.path != base.path else ""
        if place.tree.kind(place.path) != "folder":
            if self._mode == "firmware":
                self._note(f"the package `{package_path}` is not there, and gives nothing", spot)
                return
            raise ManifestError(f"the package `{package_path}` is not in `{_shown(base)}`")
        if files is None:
            for path in place.tree.files(place.path):
                if path.endswith(".py"):
                    self._take(spot, Place(place.tree, path), _relative(path, base.path), opt)
            return
        for name in _several(files):
            target = "/".join(
                part for part in (below, target_path(_text(name), source="manifest.py")) if part
            )
            self._take(spot, joined(base, target), target, opt)

    def module(self, spot: Spot, module_path: object, base_path: object = ".", opt: object = None) -> None:
        """Take one module."""
        base = self._folder(spot.folder, base_path)
        target = target_path(_text(module_path), source="manifest.py")
        if not target.endswith(".py"):
            raise ManifestError(f"`{target}` is not a `.py` file")
        self._take(spot, joined(base, target), target, opt)

    def freeze(self, spot: Spot, path: object, script: object = None, opt: object = None) -> None:
        """Take files below a folder, without its name."""
        self._freeze(spot, path, script, opt, endings=(".py", ".mpy"))

    def freeze_as_mpy(self, spot: Spot, path: object, script: object = None, opt: object = None) -> None:
        """Take modules below a folder, to be compiled."""
        self._freeze(spot, path, script, opt, endings=(".py",))

    def freeze_mpy(self, spot: Spot, path: object, script: object = None, opt: object = None) -> None:
        """Take compiled modules below a folder."""
        self._freeze(spot, path, script, opt, endings=(".mpy",))

    def freeze_as_str(self, spot: Spot, path: object) -> None:
        """Take modules below a folder, as text."""
        self._freeze(spot, path, None, None, endings=(".py",), kind="text")

    def c_module(self, spot: Spot, path: object) -> None:
        """Name a folder of C that a firmware is built with."""
        shown = _text(path)
        self.found.c_modules.append(shown)
        if self._mode == "deploy":
            self._note(f"the C module `{shown}` needs a firmware build", spot)
            return
        place = led(spot.folder, path, self._variables)
        kind = place.tree.kind(place.path)
        if kind is None:
            raise ManifestError(f"the C module `{shown}` is not there")
        if kind != "folder":
            raise ManifestError(f"the C module `{shown}` is not a folder")
        if not {"micropython.mk", "micropython.cmake"} & set(place.tree.names(place.path)):
            raise ManifestError(f"the C module `{shown}` has no `micropython.mk` nor `micropython.cmake`")

    def _freeze(
        self,
        spot: Spot,
        path: object,
        script: object,
        opt: object,
        *,
        endings: tuple[str, ...],
        kind: FileKind | None = None,
    ) -> None:
        base = self._folder(spot.folder, path)
        for part in [None] if script is None else _several(script):
            place = base if part is None else joined(base, _text(part))
            if part is not None and place.tree.kind(place.path) != "folder":
                if not place.path.endswith(endings):
                    raise ManifestError(f"`{part}` does not end with {' or '.join(endings)}")
                self._take(spot, place, _relative(place.path, base.path), opt, kind)
                continue
            for file in place.tree.files(place.path):
                if file.endswith(endings):
                    self._take(spot, Place(place.tree, file), _relative(file, base.path), opt, kind)

    def _include(self, place: Place, shown: str, options: dict[str, Any], spot: Spot) -> None:
        if place.tree.kind(place.path) == "folder":
            place = joined(place, "manifest.py")
        if place.tree.kind(place.path) != "file":
            raise ManifestError(f"the manifest `{shown}` is not there: `{_shown(place)}`")
        if spot.depth >= MOST_LEVELS:
            raise ManifestError(f"more than {MOST_LEVELS} manifests include each other")
        self._descend(place, options, spot)

    def _package(self, name: str, library: object, *, unix_ffi: bool) -> Place | None:
        """Return the folder of a package in the libraries, or None."""
        places = dict(self._libraries)
        if unix_ffi:
            if "unix-ffi" not in places:
                root = self._variables.get("MPY_LIB_DIR")
                if root is None:
                    raise UnsetVariableError("MPY_LIB_DIR", f"require({name!r}, unix_ffi=True)")
                places = {"unix-ffi": joined(root, "unix-ffi"), **places}
            places = {"unix-ffi": places["unix-ffi"], **places}
        if library is not None:
            if (
                isinstance(library, str)
                and library not in places
                and library in INDEXED
                and "MPY_LIB_DIR" not in self._variables
            ):
                return None  # the index has it
            if not isinstance(library, str) or library not in places:
                raise ManifestError(
                    f"no library is called {library!r}; the libraries are {', '.join(places) or 'none'}"
                )
            places = {"": places[library]}
        for place in places.values():
            if (folder := self._index(place).get(name)) is not None:
                return Place(place.tree, folder)
        return None

    def _index(self, library: Place) -> dict[str, str]:
        """Return the packages of a library: name -> folder."""
        if library not in self._indexes:
            index: dict[str, str] = {}
            for file in library.tree.files(library.path):
                folder, _, name = file.rpartition("/")
                if name == "manifest.py" and folder != library.path:
                    index.setdefault(folder.rpartition("/")[2], folder)
            self._indexes[library] = index
        return self._indexes[library]

    def _folder(self, base: Place, path: object) -> Place:
        place = led(base, path, self._variables)
        if place.tree.kind(place.path) != "folder":
            raise ManifestError(f"`{path}` is not a folder: `{_shown(place)}`")
        return place

    def _take(self, spot: Spot, place: Place, target: str, opt: object, kind: FileKind | None = None) -> None:
        target = target_path(target, source="manifest.py")
        if place.tree.kind(place.path) != "file":
            raise ManifestError(f"the file `{_shown(place)}` is not there")
        if not (opt is None or (isinstance(opt, int) and not isinstance(opt, bool) and 0 <= opt <= 3)):  # noqa: PLR2004 - mpy-cross's levels
            raise ManifestError(f"`opt` is {opt!r}, and not a whole number from 0 to 3")
        if kind is None:
            kind = {".py": "compile", ".mpy": "mpy"}.get(target[target.rfind(".") :], "data")  # type: ignore[assignment] # words of FileKind
        if kind == "data" and self._mode == "firmware":
            self._note(f"`{target}` is data, which cannot be frozen", spot)
        file = ManifestFile(target, place, opt, kind or "data")
        known = self.found.files.get(target)
        if known is not None and known[0].place != place:
            raise ManifestError(
                f"two files would be `{target}`: `{_shown(known[0].place)}`, of {known[2]}, "
                f"and `{_shown(place)}`"
            )
        if len(self.found.files) >= MOST_FILES:
            raise ManifestError(f"more than {MOST_FILES} files are in one manifest")
        if known is None:
            self.found.files[target] = (file, spot.level, spot.where)

    def _note(self, text: str, spot: Spot) -> None:
        self.found.notes.setdefault(f"{spot.where}: {text}")


FUNCTIONS: dict[str, Callable[..., None]] = {
    name: getattr(Functions, name)
    for name in (
        "add_library",
        "c_module",
        "freeze",
        "freeze_as_mpy",
        "freeze_as_str",
        "freeze_mpy",
        "include",
        "metadata",
        "module",
        "package",
        "require",
    )
}
"""Name -> what it does; each takes the `Functions`, a `Spot`, and what the manifest says."""


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ManifestError(f"{value!r} is not a path")
    return value


def _plain(value: object) -> str:
    text = _text(value)
    if "$(" in text:
        raise ManifestError(f"`{text}` has a variable, which only `base_path` may")
    return text


def _several(value: object) -> Iterable[object]:
    if isinstance(value, (list, tuple, dict)):
        return value
    return [_text(value)]


def _relative(path: str, base: str) -> str:
    return path[len(base) + 1 :] if base else path


def _shown(place: Place) -> str:
    return f"{place.tree.label}/{place.path}" if place.path else place.tree.label
