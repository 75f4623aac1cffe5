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

__all__ = ["INDEXED", "Libraries"]

INDEXED = ("micropython", "python-stdlib", "python-ecosys")
"""The libraries of micropython-lib that everybody searches, in this order; the index has them too."""


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
            if "unix-ffi" not in places:
                if self.root is None:
                    raise UnsetVariableError("MPY_LIB_DIR", f"require({name!r}, unix_ffi=True)")
                places["unix-ffi"] = joined(self.root, "unix-ffi")
            places = {"unix-ffi": places["unix-ffi"], **places}
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
