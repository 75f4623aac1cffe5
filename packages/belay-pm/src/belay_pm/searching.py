"""Packages whose name or description has some words: of the indexes, or of the CircuitPython bundles."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from belay_pm.near import near_miss
from belay_pm.sources.bundles import Bundles
from belay_pm.sources.http import Web
from belay_pm.sources.index import Index

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from belay_pm.project import Project
    from belay_pm.store import Store

__all__ = ["Found", "Hit", "search"]


class Hit(NamedTuple):
    """A package that was found.

    Attributes:
        name: of the package.
        version: the newest.
        description: one line, or "".
    """

    name: str
    version: str
    description: str


class Found(NamedTuple):
    """What a search found.

    Attributes:
        hits: those first that have a text in the name.
        near: the nearest name when there are none, or None.
        unlisted: indexes that have no list, so that nobody can search them.
    """

    hits: list[Hit]
    near: str | None
    unlisted: tuple[str, ...]


def search(
    project: Project, store: Store, texts: Sequence[str], *, in_bundles: bool = False, offline: bool = False
) -> Found:
    """Return the packages that have all of these texts in their name or description.

    Args:
        project: whose indexes and bundles are asked, and for which kind of files.
        store: where their lists are kept.
        texts: upper and lower case are the same.
        in_bundles: ask the CircuitPython bundles, and not the indexes.
        offline: take the lists that the store has.

    Raises:
        ManifestError: an index or a bundle cannot be understood.
        SourceError: it cannot be asked.
    """
    with Web(store, offline=offline) as web:
        index = Index(web, () if in_bundles else project.package_indices, mpy=project.mpy_version)
        known = list(_bundled(web, project) if in_bundles else _indexed(index))
        unlisted = index.unlisted()
    wanted = [text.casefold() for text in texts]
    hits = [
        hit for hit in known if all(text in f"{hit.name} {hit.description}".casefold() for text in wanted)
    ]
    hits.sort(key=lambda hit: (not any(text in hit.name.casefold() for text in wanted), hit.name))
    near = None if hits or not texts else near_miss(texts[0], [hit.name for hit in known])
    return Found(hits, near, unlisted)


def _indexed(index: Index) -> Iterable[Hit]:
    for name, listed in index.listed().items():
        yield Hit(name, listed.versions[0], listed.description)


def _bundled(web: Web, project: Project) -> Iterable[Hit]:
    for library in Bundles(web, project.circuitpython_bundles, mpy=project.mpy_version).libraries():
        yield Hit(library.name, library.version, library.description)
