"""Packages by name, as the index of micropython-lib has them: which versions there are, and what one is.

Source: micropython-lib, `tools/build.py`, format 2; forks have indexes of the same shape.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from belay_pm.errors import ManifestError, NotFoundError
from belay_pm.near import near_miss
from belay_pm.sources.json_tables import parsed_table
from belay_pm.versions import Unlisted, Version, VersionRange

if TYPE_CHECKING:
    from collections.abc import Sequence

    from belay_pm.sources.http import Web

__all__ = ["Index", "Indexed", "Listed"]


class Indexed(NamedTuple):
    """What an index says of a version of a package.

    Attributes:
        base: address of the index.
        url: of the JSON of that version.
        content: of it, as a `package.json`.
    """

    base: str
    url: str
    content: bytes


class Listed(NamedTuple):
    """What the list of an index says of a package.

    Attributes:
        versions: newest first.
        description: one line, or "".
    """

    versions: tuple[str, ...]
    description: str = ""


class Index:
    """Indexes, asked in order: the first that knows a name is asked for it. Threads may share them.

    Args:
        web: asks them.
        urls: their addresses, without a slash at the end.
        mpy: which files are wanted: "py" for source, or the major number of the `.mpy` format: "6".
    """

    def __init__(self, web: Web, urls: Sequence[str], *, mpy: str) -> None:
        self._web = web
        self._urls = tuple(urls)
        self._mpy = mpy
        self._lists: dict[str, dict[str, Listed] | None] = {}
        self._guard = Lock()

    def versions(self, name: str, *, wanted: str = "*") -> tuple[str, ...]:
        """Return the versions of a package, newest first.

        An index of files alone, without a list, tells its newest only, and the one that is asked for exactly:
        these are `Unlisted`. The file of a version names no others.

        Args:
            name: of the package.
            wanted: which ones will do.

        Raises:
            ProjectError: `wanted` is no range.
            NotFoundError: no index has it; the hint is the nearest name, or where to look for one.
            ManifestError: an index cannot be understood.
            SourceError: an index cannot be asked.
        """
        for url in self._urls:
            if found := self._versions_in(url, name, wanted):
                return found
        raise self._unknown(name)

    def package(self, name: str, version: str) -> Indexed:
        """Return what the index says of one version.

        Raises:
            NotFoundError: no index has it.
            ManifestError: an index cannot be understood.
            SourceError: an index cannot be asked.
        """
        for url in self._urls:
            listed = self._list(url)
            if listed is not None and name not in listed:
                continue  # else it was asked in each run for what it does not have
            address = self._address(url, name, version)
            try:
                is_final = None if version == "latest" else _is_table
                return Indexed(url, address, self._web.get(address, is_final=is_final))
            except NotFoundError:
                continue
        raise NotFoundError(f"There is no version {version} of {self._shown(name)} in {self._asked()}")

    def listed(self) -> dict[str, Listed]:
        """Return all packages that have such files; of a name that several indexes have, the first.

        Raises:
            ManifestError, SourceError: as `versions`.
        """
        found: dict[str, Listed] = {}
        for url in self._urls:
            for name, listed in (self._list(url) or {}).items():
                if listed.versions:
                    found.setdefault(name, listed)
        return found

    def unlisted(self) -> tuple[str, ...]:
        """Return the indexes that have no list.

        Raises:
            ManifestError, SourceError: as `versions`.
        """
        return tuple(url for url in self._urls if self._list(url) is None)

    def _versions_in(self, url: str, name: str, wanted: str) -> tuple[str, ...]:
        listed = self._list(url)
        if listed is not None:
            return listed[name].versions if name in listed else ()
        found = set()
        try:
            told = parsed_table(self._web.get(self._address(url, name, "latest")), f"{name} in {url}")
        except NotFoundError:
            pass
        else:
            version = told.get("version")
            found |= {version} if isinstance(version, str) and version.isprintable() else set()
        exact = VersionRange.parse(wanted).exact
        if exact is not None and exact not in found and self._has(url, name, exact):
            found.add(exact)
        return Unlisted(sorted(found, key=Version.parse, reverse=True))

    def _unknown(self, name: str) -> NotFoundError:
        """Return the error for a name that no index has, or that none has such files of."""
        if not self._urls:
            return NotFoundError(
                f"There is no index to ask for `{name}`: `package_indices` is empty",
                hint="name one there, or leave `package_indices` out",
            )
        known = self.listed()
        near = None if self._is_listed(name) else near_miss(name, known)
        return NotFoundError(
            f"There is no package {self._shown(name)} in {self._asked()}",
            hint=f"did you mean `{near}`?"
            if near
            else "`belay search WORD` lists those that have a word in their name or description"
            if known
            else "no list of packages is there: look whether that is the address of an index"
            if len(self.unlisted()) == len(self._urls)
            else None,
        )

    def _shown(self, name: str) -> str:
        """Return how a message names a package, with the form that is wanted where not all have it."""
        if self._mpy != "py":
            return f"`{name}` of `.mpy` format {self._mpy}"
        return f"`{name}` with its source" if self._is_listed(name) else f"`{name}`"

    def _is_listed(self, name: str) -> bool:
        return any(name in (self._list(url) or ()) for url in self._urls)

    def _asked(self) -> str:
        urls = ", ".join(f"`{url}`" for url in self._urls)
        return f"the index {urls}" if len(self._urls) == 1 else f"the indexes {urls}"

    def _has(self, url: str, name: str, version: str) -> bool:
        try:
            self._web.get(self._address(url, name, version), is_final=_is_table)
        except NotFoundError:
            return False
        return True

    def _list(self, url: str) -> dict[str, Listed] | None:
        """Return what is said of each name, or None for an index that has no list; asked once."""
        with self._guard:
            if url not in self._lists:
                try:
                    content = self._web.get(f"{url}/index.json")
                except NotFoundError:
                    self._lists[url] = None
                else:
                    self._lists[url] = _listed(parsed_table(content, f"{url}/index.json"), self._mpy)
            return self._lists[url]

    def _address(self, url: str, name: str, version: str) -> str:
        return f"{url}/package/{self._mpy}/{quote(name, safe='')}/{quote(version, safe='')}.json"


def _is_table(content: bytes) -> bool:
    """Say whether an index sent this, and not the page of a hotel's network."""
    try:
        parsed_table(content, "")
    except ManifestError:
        return False
    return True


def _listed(told: dict[str, Any], mpy: str) -> dict[str, Listed]:  # Any: as above
    """Return what a list says; a package of it that cannot be understood is left out."""
    found = {}
    packages = told.get("packages")
    for package in packages if isinstance(packages, list) else []:
        match package:
            case {"name": str(name), "versions": {**kinds}}:
                versions = kinds.get(mpy)
                texts = (
                    [each for each in versions if isinstance(each, str) and each.isprintable()]
                    if isinstance(versions, list)
                    else []
                )
                description = package.get("description")
                line = " ".join(description.split()) if isinstance(description, str) else ""
                found[name] = Listed(tuple(sorted(texts, key=Version.parse, reverse=True)), line)
    return found
