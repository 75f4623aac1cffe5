"""What the functions of a manifest do: files, packages that are required, metadata, other manifests.

Knows trees, and nothing of how the calls were found. Deviations from the reference are those of deploying:
a package's folder that is missing is a mistake, a C module a note, and nothing leaves its tree.

Source: micropython's documentation, "MicroPython manifest files"; both its dialects, before and since 1.23.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from belay_pm.errors import ManifestError
from belay_pm.manifest.found import Found, Level
from belay_pm.manifest.libraries import Libraries
from belay_pm.manifest.limits import MOST_LEVELS
from belay_pm.manifest.paths import UnsetVariableError, inside, joined, led, shown
from belay_pm.manifest.values import Metadata, Required
from belay_pm.target_paths import target_path
from belay_pm.trees import Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from belay_pm.manifest.found import Spot
    from belay_pm.manifest.values import FileKind, Mode

__all__ = ["FUNCTIONS", "Functions"]

_METADATA = ("description", "version", "license", "author", "stdlib", "pypi", "pypi_publish")


class Functions:
    """The functions of manifests.

    Args:
        variables: name -> folder.
        libraries: name -> folder, searched by `require` before those of micropython-lib.
        mode: what for.
        own: the folder in the manifest's own tree that is laid out as micropython-lib: what is required of
            it is told, and is no part of the manifest; None for none.
        descend: reads another manifest: its place, its options, the spot of the call with the new level.
    """

    def __init__(
        self,
        *,
        variables: Mapping[str, Place],
        libraries: Mapping[str, Place],
        mode: Mode,
        own: Place | None = None,
        descend: Callable[[Place, dict[str, Any], Spot], None],
    ) -> None:
        self.found = Found()
        self._own = own
        self._variables = variables if own is None else {**variables, "MPY_LIB_DIR": own}
        self._libraries = Libraries(libraries, root=self._variables.get("MPY_LIB_DIR"))
        self._mode = mode
        self._descend = descend
        self._listed: dict[Place, Sequence[str]] = {}

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

    def include(self, spot: Spot, manifest_path: object, **options: object) -> None:
        """Read other manifests as if they stood here."""
        if isinstance(manifest_path, (list, tuple, dict)):
            for one in manifest_path:
                self.include(spot, one, **options)
            return
        try:
            place = led(spot.folder, manifest_path, self._variables)
        except UnsetVariableError as error:
            if self._mode == "firmware" or not error.is_firmware:
                raise
            self.found.note(f"`{manifest_path}` needs a firmware build", spot)
            return
        self._include(place, str(manifest_path), options, spot)

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
        if not isinstance(name, str) or not name.isprintable() or inside("", name) != name or "/" in name:
            raise ManifestError(f"{name!r} is not the name of a package")
        if not (version is None or isinstance(version, str)):
            raise ManifestError(f"the version {version!r} is not text")
        is_ffi = bool(unix_ffi) or (self._own is not None and self._libraries.is_ffi(spot.folder))
        place = self._libraries.find(name, library=library, unix_ffi=is_ffi)
        if place is not None and self._own is not None and place.tree is self._own.tree and not options:
            self.found.requires.setdefault(name, Required(name, None, spot.where, place.path))
        elif place is not None:
            self._include(place, name, options, replace(spot, level=Level()))
        elif self._own is None and (self._libraries.root is not None or self._mode == "firmware"):
            raise ManifestError(
                f"the package `{name}` is not in the libraries, which are {self._libraries}",
                hint="`$(MPY_LIB_DIR)` is a checkout of micropython-lib: `--var MPY_LIB_DIR=FOLDER`",
            )
        else:
            self.found.requires.setdefault(name, Required(name, version, spot.where))

    def add_library(self, spot: Spot, library: object, library_path: object, prepend: object = False) -> None:  # noqa: FBT002 - a manifest's own function
        """Have `require` search another folder."""
        if not isinstance(library, str) or not library:
            raise ManifestError(f"{library!r} is not the name of a library")
        self._libraries.add(library, self._folder(spot.folder, library_path), is_first=bool(prepend))

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
                self.found.note(f"the package `{package_path}` is not there, and gives nothing", spot)
                return
            raise ManifestError(f"the package `{package_path}` is not in `{shown(base)}`")
        if files is None:
            for path in self._files(place):
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
        named = _text(path)
        self.found.c_modules.append(named)
        if self._mode == "deploy":
            self.found.note(f"the C module `{named}` needs a firmware build", spot)
            return
        place = led(spot.folder, path, self._variables)
        kind = place.tree.kind(place.path)
        if kind is None:
            raise ManifestError(f"the C module `{named}` is not there")
        if kind != "folder":
            raise ManifestError(f"the C module `{named}` is not a folder")
        if not {"micropython.mk", "micropython.cmake"} & set(place.tree.names(place.path)):
            raise ManifestError(f"the C module `{named}` has no `micropython.mk` nor `micropython.cmake`")

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
            for file in self._files(place):
                if file.endswith(endings):
                    self._take(spot, Place(place.tree, file), _relative(file, base.path), opt, kind)

    def _include(self, place: Place, named: str, options: dict[str, Any], spot: Spot) -> None:
        if place.tree.kind(place.path) == "folder":
            place = joined(place, "manifest.py")
        if place.tree.kind(place.path) != "file":
            raise ManifestError(f"the manifest `{named}` is not there: `{shown(place)}`")
        if spot.depth >= MOST_LEVELS:
            raise ManifestError(f"more than {MOST_LEVELS} manifests include each other")
        self._descend(place, options, spot)

    def _folder(self, base: Place, path: object) -> Place:
        place = led(base, path, self._variables)
        if place.tree.kind(place.path) != "folder":
            raise ManifestError(f"`{path}` is not a folder: `{shown(place)}`")
        return place

    def _files(self, folder: Place) -> Sequence[str]:
        """Return the files below a folder; one that is given a thousand times is listed once."""
        if folder not in self._listed:
            self._listed[folder] = folder.tree.files(folder.path)
        return self._listed[folder]

    def _take(self, spot: Spot, place: Place, target: str, opt: object, kind: FileKind | None = None) -> None:
        self.found.take(spot, place, target, opt=opt, mode=self._mode, kind=kind)


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
