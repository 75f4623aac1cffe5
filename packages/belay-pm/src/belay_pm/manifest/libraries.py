"""Where `require` finds a package: in a checkout of micropython-lib, and in the libraries that manifests add.

Knows trees, and nothing of what a package's manifest says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay_pm.errors import ManifestError
from belay_pm.manifest.limits import MOST_LIBRARIES
from belay_pm.manifest.paths import UnsetVariableError, joined
from belay_pm.trees import Place

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["INDEXED", "Libraries", "own_root"]

INDEXED = ("micropython", "python-stdlib", "python-ecosys")
"""The libraries of micropython-lib that everybody searches, in this order; the index has them too."""

_FFI = "unix-ffi"
"""The library of packages for MicroPython on a computer, which no index has."""

_TELLING = frozenset({"python-stdlib", "python-ecosys", _FFI})
"""Folders by which micropython-lib is known; many a repository has one that is called `micropython`."""


def own_root(manifest: Place) -> Place | None:
    """Return the folder around a manifest that is laid out as micropython-lib, or None.

    It is looked for from the top of the manifest's tree down to the manifest.
    """
    tree, path = manifest
    names = path.split("/")
    tops = ("/".join(names[:end]) for end in range(len(names) + 1))
    return next((Place(tree, top) for top in tops if _TELLING.intersection(tree.names(top))), None)


class Libraries:
    """The folders in which packages are searched, in order.

    Args:
        given: name -> folder.
        root: a checkout of micropython-lib, whose `INDEXED` come after the given ones; None for none.

    Attributes:
        root: as above.
    """

    def __init__(self, given: Mapping[str, Place], *, root: Place | None) -> None:
        self.root = root
        self._places = dict(given)
        if root is not None:
            self._places |= {name: joined(root, name) for name in INDEXED if name not in given}
        self._indexes: dict[Place, dict[str, str]] = {}

    def __str__(self) -> str:
        return ", ".join(f"`{name}`" for name in self._places) or "no library"

    def add(self, name: str, folder: Place, *, is_first: bool) -> None:
        """Search another folder, or another one for a name.

        Raises:
            ManifestError: there are too many.
        """
        kept = {known: place for known, place in self._places.items() if known != name}
        if len(kept) >= MOST_LIBRARIES:
            raise ManifestError(f"more than {MOST_LIBRARIES} libraries are searched")
        self._places = {name: folder, **kept} if is_first else {**kept, name: folder}

    def find(self, name: str, *, library: object = None, unix_ffi: bool = False) -> Place | None:
        """Return the folder of a package, or None when it is in none, or when an index has its library.

        Args:
            name: of the package.
            library: the only one that is searched, as a manifest says it; None for all.
            unix_ffi: whether `unix-ffi` is searched first, as the dialect before 1.23 says it.

        Raises:
            ManifestError: no library has that name.
        """
        places = dict(self._places)
        if unix_ffi:
            if _FFI not in places:
                if self.root is None:
                    raise UnsetVariableError("MPY_LIB_DIR", f"require({name!r}, unix_ffi=True)")
                places[_FFI] = joined(self.root, _FFI)
            places = {_FFI: places[_FFI], **places}
        if library is not None:
            if self.root is None and library in INDEXED and library not in places:
                return None  # the index has it
            if not isinstance(library, str) or library not in places:
                raise ManifestError(
                    f"no library is called {library!r}; the libraries are {', '.join(places) or 'none'}"
                )
            places = {library: places[library]}
        for place in places.values():
            if (folder := self._index(place).get(name)) is not None:
                return Place(place.tree, folder)
        return None

    def is_ffi(self, folder: Place) -> bool:
        """Return whether a folder is of the packages for MicroPython on a computer."""
        return self.root is not None and f"{folder.path}/".startswith(f"{joined(self.root, _FFI).path}/")

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
