"""Packages by their words, without a project and its lock: what somebody wants on a board now.

The words are those of `specs`; what they need is resolved as a project's dependencies are.
"""

from __future__ import annotations

import posixpath
import re
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from belay_pm.errors import ConflictError, NotFoundError, ProjectError
from belay_pm.fetching import Fetcher
from belay_pm.hosts import DEFAULT_HOSTS, without_credentials
from belay_pm.layout import wanted_files
from belay_pm.opening import is_web
from belay_pm.project import DEFAULT_DEPENDENCIES_PATH, DEFAULT_INDICES, Group, Project
from belay_pm.requirements import BundleSource, Entry, IndexSource, Requirement, UrlSource
from belay_pm.resolving import resolve
from belay_pm.specs import infer_name, parse_source
from belay_pm.store import Store
from belay_pm.target_paths import refuse_clashes, target_path
from belay_pm.updating.sources import Getting, allows
from belay_pm.versions import VersionRange

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from belay_pm.packages import Fetched, Package, PackageFile, Resolved
    from belay_pm.requirements import Source
    from belay_pm.sources.http import Progress

__all__ = ["Gathered", "gather"]

_SOURCE = "py"
"""The kind of an index's packages that every board can have."""

_FILE = re.compile(r"\.(py|mpy|json|zip|tgz|tbz2|txz|tar|tar\.\w+)$", re.IGNORECASE)

_ASKED = "mip"
"""Who asks, in messages about what packages need."""

_ANOTHER = "ask for what suits all: `NAME@VERSION`"


class Gathered(NamedTuple):
    """A package that came.

    Attributes:
        name: as an index has it, or what it is imported as.
        version: as it says itself, or None.
        source: as it was asked for.
        requires: the names of what it needs.
        files: path below the folder of a board's packages -> content, sorted.
        notes: what whoever asked should know, a sentence each.
    """

    name: str
    version: str | None
    source: str
    requires: tuple[str, ...]
    files: Mapping[str, bytes]
    notes: tuple[str, ...]


def gather(
    texts: Sequence[str],
    *,
    folder: Path,
    mpy: str = _SOURCE,
    index: str | None = None,
    offline: bool = False,
    progress: Progress | None = None,
    store: Store | None = None,
) -> tuple[Gathered, ...]:
    """Get packages and all that they need.

    Args:
        texts: which ones: `name`, `name@1.2`, `github:o/r/path@ref`, an address, a path of this computer.
        folder: where relative paths start.
        mpy: the `.mpy` format that the board loads: `6`; an index that has a package in no such form gives
            its source. `py` for source alone.
        index: address of the index to ask; None for micropython-lib's.
        offline: ask nobody, and take what the cache has.
        progress: hears what comes, in any thread.
        store: the cache; None for the one of this computer.

    Returns:
        Those that were asked for, in their order, each followed by what it needs.

    Raises:
        ProjectError: a text means nothing, or the index is no address.
        ConflictError: two want what cannot be together.
        PackageError: something cannot be had, or is not what was promised.
    """
    store = store or Store()
    wanted = _requirements(texts)
    kinds = (mpy,) if mpy == _SOURCE else (mpy, _SOURCE)
    projects = [_project(folder, wanted, kind, index) for kind in kinds]
    fetchers = [Fetcher(project, store, offline=offline, progress=progress) for project in projects]
    with _Sources(fetchers, wanted) as sources:
        getting = Getting(lambda: sources, store)
        try:
            packages = resolve(
                {_ASKED: wanted}, fetch=getting.fetch, versions=getting.versions, allows=allows
            )
        except ConflictError as error:  # its hint is about a project
            raise ConflictError(*error.args, hint=_ANOTHER) from error
        contents = _contents(packages, getting)
    named = {package.name: package for package in packages}
    files = _placed(packages)
    return tuple(
        _gathered(named[name], files[name], contents)
        for name in _ordered([each.name for each in wanted], named)
    )


def _requirements(texts: Sequence[str]) -> tuple[Requirement, ...]:
    found: dict[str, Requirement] = {}
    for text in texts:
        source = _described(parse_source(text, hosts=DEFAULT_HOSTS))
        try:
            name = infer_name(source)
        except ProjectError as error:  # its hint is about a project
            raise ProjectError(
                *error.args, hint="rename it: letters, digits and `_` can be imported"
            ) from error
        wanted = Requirement(name, (Entry(source, text),))
        before = found.setdefault(name, wanted)
        if before.entries[0].source != source:
            raise ConflictError(
                f"`{name}` is asked for twice: `{before.entries[0].text}` and `{text}`",
                hint="leave one of them out",
            )
    return tuple(found.values())


def _described(source: Source) -> Source:
    """Return an address as mip reads it: one that names no file is of a folder with a `package.json`."""
    if not isinstance(source, UrlSource):
        return source
    address, question, query = source.url.partition("?")
    if _FILE.search(address):
        return source
    return replace(source, url=f"{address.rstrip('/')}/package.json{question}{query}")


def _project(folder: Path, wanted: Sequence[Requirement], kind: str, index: str | None) -> Project:
    if index is not None:
        if not is_web(index) or not without_credentials(index).hostname:
            raise ProjectError(
                f"`{index}` is no address of an index", hint=f"write it as `{DEFAULT_INDICES[0]}`"
            )
        index = index.rstrip("/")
    return Project(
        folder=folder,
        name=None,
        groups={_ASKED: Group(_ASKED, optional=False, requirements=tuple(wanted))},
        dependencies_path=folder / DEFAULT_DEPENDENCIES_PATH,
        mpy_version=kind,
        package_indices=DEFAULT_INDICES if index is None else (index,),
    )


class _Sources(AbstractContextManager["_Sources"]):
    """Gets what an index has in the first form in which it has it; see `updating.sources.Sources`."""

    def __init__(self, fetchers: Sequence[Fetcher], wanted: Sequence[Requirement]) -> None:
        self._fetchers = fetchers
        self._exact = {
            each.entries[0].source.name: VersionRange.parse(each.entries[0].source.version).exact
            for each in wanted
            if isinstance(each.entries[0].source, IndexSource)
        }

    def __exit__(self, *_: object) -> None:
        for fetcher in self._fetchers:
            fetcher.close()

    def fetch(self, entry: Entry, *, name: str) -> Fetched:
        """Return what an entry is."""
        entry = replace(entry, source=_described(entry.source))
        for fetcher in self._fetchers[:-1] if isinstance(entry.source, IndexSource) else ():
            try:
                return fetcher.fetch(entry, name=name)
            except NotFoundError:  # noqa: PERF203 - there are two
                continue  # there may be source
        return self._fetchers[-1].fetch(entry, name=name)

    def versions(self, source: IndexSource | BundleSource) -> Sequence[str]:
        """Return the versions of a name, newest first."""
        found: list[str] = []
        for fetcher in self._fetchers if isinstance(source, IndexSource) else self._fetchers[-1:]:
            try:
                found += fetcher.versions(source)
            except NotFoundError:  # noqa: PERF203 - as above
                if fetcher is self._fetchers[-1] and not found:
                    raise
        # An index without a list tells of its latest version alone, and may have others.
        exact = self._exact.get(source.name) if isinstance(source, IndexSource) else None
        if exact is not None and len(set(found)) == 1:
            found.append(exact)
        return tuple(dict.fromkeys(found))

    def content(self, file: PackageFile, resolved: Resolved) -> bytes:
        """Return the content of a file."""
        return self._fetchers[-1].content(file, resolved)


def _contents(packages: Sequence[Package], getting: Getting) -> dict[str, bytes]:
    """Return SHA-256 -> content, of all files."""
    wanted = list(wanted_files(packages).values())
    return {each.file.sha256: content for each, content in zip(wanted, getting.contents(wanted), strict=True)}


def _placed(packages: Sequence[Package]) -> dict[str, dict[str, str]]:
    """Return name -> path -> SHA-256: where the files of each package belong.

    A lone module, which a project has as a package of its own, stays what it is, as mip has it.
    """
    placed: dict[str, dict[str, str]] = {}
    writers: dict[str, tuple[str, str]] = {}
    for package in packages:
        files = placed.setdefault(package.name, {})
        for part in package.parts:
            for file in part.fetched.files:
                path = _lone_path(package.name, part.entry, part.fetched) or file.path
                files[path] = file.sha256
                sha256, writer = writers.setdefault(path, (file.sha256, package.name))
                if sha256 != file.sha256:
                    raise ConflictError(
                        f"`{path}` comes twice, with different contents: "
                        f"of `{writer}` and of `{package.name}`"
                    )
    refuse_clashes(sorted(writers), source="the packages")
    return placed


def _lone_path(name: str, entry: Entry, fetched: Fetched) -> str | None:
    """Return the path of a module that was asked for by itself; None for all else."""
    if len(fetched.files) != 1:
        return None
    (file,) = fetched.files
    module = posixpath.basename(file.origin)
    stem, ending = posixpath.splitext(module)
    is_whole = posixpath.basename(_entry_path(entry)) == module
    if not is_whole or file.path != f"{name}/__init__{ending}" or stem == "__init__":
        return None
    return target_path(module, source=entry.text)


def _entry_path(entry: Entry) -> str:
    """Return the path that an entry asks for, in its source or of it."""
    source = entry.source
    if isinstance(source, IndexSource | BundleSource):
        return ""
    return source.path.replace("\\", "/") or getattr(source, "url", "").partition("?")[0]


def _ordered(names: Sequence[str], packages: Mapping[str, Package]) -> list[str]:
    """Return the names, each followed by what it needs, in the order in which it says so."""
    found: dict[str, None] = {}
    todo = list(reversed(names))
    while todo:
        name = todo.pop()
        if name not in found:
            found[name] = None
            todo += reversed([each.name for part in packages[name].parts for each in part.fetched.requires])
    return list(found)


def _gathered(package: Package, files: Mapping[str, str], contents: Mapping[str, bytes]) -> Gathered:
    notes = [*package.notes, *(note for part in package.parts for note in part.fetched.notes)]
    return Gathered(
        package.name,
        package.version,
        " ".join(part.entry.text for part in package.parts),
        package.requires,
        {path: contents[files[path]] for path in sorted(files)},
        tuple(dict.fromkeys(notes)),
    )
