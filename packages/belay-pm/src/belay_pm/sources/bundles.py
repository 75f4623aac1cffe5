"""Libraries by name, as the bundles of CircuitPython have them: what the latest release has, and one of it.

A release of a bundle has a JSON of all libraries and a zip for each kind of file.
Source: Adafruit, circuitpython-build-tools, and the releases of Adafruit_CircuitPython_Bundle.
"""

from __future__ import annotations

import json
from hashlib import sha256
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

from belay_pm.errors import NotFoundError
from belay_pm.near import near_miss
from belay_pm.packages import Resolved
from belay_pm.sources.archives import archive_files
from belay_pm.sources.folder import MemoryTree
from belay_pm.sources.json_tables import parsed_table
from belay_pm.trees import Place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from belay_pm.sources.http import Web

__all__ = ["Bundled", "Bundles", "Library"]

_FLAVOURS = {"py": ("py",), "6": ("10.x-mpy", "9.x-mpy"), "5": ("8.x-mpy", "7.x-mpy")}
"""What the zip is called that has source, or `.mpy` files of a format: by versions of CircuitPython."""

_MOST_ZIP_BYTES = 256 * 1024 * 1024


class Library(NamedTuple):
    """What a bundle says of a library.

    Attributes:
        name: of the module or package that is imported.
        version: of the library.
        is_package: whether it is a folder.
        needs: the names of the libraries that it needs, of any bundle.
        description: one line, or "".
    """

    name: str
    version: str
    is_package: bool
    needs: tuple[str, ...]
    description: str = ""


class Bundled(NamedTuple):
    """A library of a bundle.

    Attributes:
        place: a `package.json` of it, with its files beside it.
        resolved: what the bundle was.
    """

    place: Place
    resolved: Resolved


class _Release(NamedTuple):
    url: str
    name: str
    tag: str
    libraries: Mapping[str, Library]


class Bundles:
    """Bundles, asked in order: the first that has a name is asked for it. Threads may share them.

    Args:
        web: asks them.
        urls: `OWNER/REPOSITORY` at GitHub, or an address that has `/releases/` as GitHub has it.
        mpy: which files are wanted: "py" for source, or the major number of the `.mpy` format: "6".
    """

    def __init__(self, web: Web, urls: Sequence[str], *, mpy: str) -> None:
        self._web = web
        self._urls = tuple(url if "://" in url else f"https://github.com/{url}" for url in urls)
        self._mpy = mpy
        self._releases: dict[str, _Release] = {}
        self._zips: dict[str, tuple[str, str, dict[str, bytes]]] = {}
        self._guard = Lock()

    def versions(self, name: str) -> tuple[str, ...]:
        """Return the one version of a library that the latest release has.

        Raises:
            NotFoundError: no bundle has it; the hint is the nearest name.
            ManifestError: a bundle cannot be understood.
            SourceError: a bundle cannot be asked.
        """
        return (self._found(name)[1].version,)

    def library(self, name: str, version: str) -> Bundled:
        """Return a library, with all of its files.

        Raises:
            NotFoundError: no bundle has it, or its files are missing.
            ManifestError, SourceError: as `versions`.
        """
        release, library = self._found(name)
        if version != library.version:
            raise NotFoundError(
                f"`{release.url}` has {library.version} of `{library.name}`, and {version} is asked for",
                hint="a bundle has one version of each library: ask for `*`",
            )
        address, digest, files = self._zip(release)
        own = _own_files(library, files)
        if not own:
            raise NotFoundError(f"`{address}` has no files of `{library.name}`, though its list names it")
        told = {
            "urls": [[path.removeprefix("lib/"), path] for path in own],
            "deps": [[f"circuitpython:{need}", "*"] for need in library.needs],
            "version": library.version,
        }
        tree = MemoryTree({**own, "package.json": json.dumps(told).encode()}, label=address)
        resolved = Resolved(address, version=library.version, path=f"lib/{library.name}", sha256=digest)
        return Bundled(Place(tree, "package.json"), resolved)

    def libraries(self) -> list[Library]:
        """Return all libraries of all bundles; of a name that several have, the first.

        Raises:
            ManifestError, SourceError: as `versions`.
        """
        found: dict[str, Library] = {}
        for url in self._urls:
            for library in self._release(url).libraries.values():
                found.setdefault(library.name, library)
        return list(found.values())

    def _found(self, name: str) -> tuple[_Release, Library]:
        for url in self._urls:
            release = self._release(url)
            if (library := release.libraries.get(name)) is not None:
                return release, library
        near = near_miss(name, [each for url in self._urls for each in self._release(url).libraries])
        asked = ", ".join(f"`{url}`" for url in self._urls) or "none: `circuitpython_bundles` is empty"
        raise NotFoundError(
            f"There is no library `{name}` in a CircuitPython bundle; asked: {asked}",
            hint=f"did you mean `{near}`?" if near else None,
        )

    def _release(self, url: str) -> _Release:
        with self._guard:
            if url not in self._releases:
                latest = self._web.where(f"{url}/releases/latest")
                tag = latest.rstrip("/").rpartition("/")[2]
                if "/tag/" not in latest or not tag:
                    raise NotFoundError(f"`{url}` has no release")
                name = url.rstrip("/").rpartition("/")[2].lower().replace("_", "-")
                address = f"{url}/releases/download/{tag}/{name}-{tag}.json"
                content = self._web.get(address, is_final=_is_table)
                self._releases[url] = _Release(url, name, tag, _libraries(content, address))
            return self._releases[url]

    def _zip(self, release: _Release) -> tuple[str, str, dict[str, bytes]]:
        """Return address, SHA-256 and files of the zip with the wanted kind of files."""
        with self._guard:
            if release.url not in self._zips:
                self._zips[release.url] = self._fetched(release)
            return self._zips[release.url]

    def _fetched(self, release: _Release) -> tuple[str, str, dict[str, bytes]]:
        flavours = _FLAVOURS.get(self._mpy, ())
        for flavour in flavours:
            name = f"{release.name}-{flavour}-{release.tag}.zip"
            address = f"{release.url}/releases/download/{release.tag}/{name}"
            try:
                content = self._web.get(address, most_bytes=_MOST_ZIP_BYTES, is_final=_is_zip)
            except NotFoundError:
                continue
            files = archive_files(content, name=name)
            below = {path.partition("/")[2]: data for path, data in files.items()}
            return address, sha256(content).hexdigest(), below
        wanted = ", ".join(f"`{flavour}`" for flavour in flavours) or f"`mpy_version = {self._mpy!r}`"
        raise NotFoundError(f"The release {release.tag} of `{release.url}` has no zip for {wanted}")


def _own_files(library: Library, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files of a library, with the paths that they have in the bundle."""
    if library.is_package:
        return {path: data for path, data in files.items() if path.startswith(f"lib/{library.name}/")}
    names = (f"lib/{library.name}.py", f"lib/{library.name}.mpy")
    return {path: files[path] for path in names if path in files}


def _libraries(content: bytes, label: str) -> dict[str, Library]:
    """Return what a list says; a library of it that cannot be understood is left out."""
    found = (_library(name, facts) for name, facts in parsed_table(content, label).items())
    return {library.name: library for library in found if library is not None}


def _library(name: str, facts: Any) -> Library | None:  # Any: what a stranger wrote
    match facts:
        case {"package": bool(is_package), "version": str(version)} if (
            name.isidentifier() and version.isprintable()
        ):
            needs = facts.get("dependencies")
            texts = [each for each in needs if isinstance(each, str)] if isinstance(needs, list) else []
            description = facts.get("pypi_description")
            line = " ".join(description.split()) if isinstance(description, str) else ""
            return Library(name, version, is_package, tuple(texts), line)
    return None


def _is_table(content: bytes) -> bool:
    try:
        return isinstance(json.loads(content), dict)
    except (ValueError, RecursionError):
        return False


def _is_zip(content: bytes) -> bool:
    return content.startswith(b"PK")
