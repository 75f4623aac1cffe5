"""Get packages by their words: what was asked for, all that it needs, and the contents of its files."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from belay_pm.errors import SourceError
from belay_pm.fetching import Fetcher
from belay_pm.gathering.asked import ASKED, SOURCE, project_of, requirements
from belay_pm.gathering.forms import Forms
from belay_pm.gathering.placing import placed
from belay_pm.layout import wanted_files
from belay_pm.resolving import Asker, resolve
from belay_pm.store import Store
from belay_pm.updating.sources import Getting, allows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from belay_pm.packages import Package
    from belay_pm.sources.http import Progress

__all__ = ["Gathered", "gather"]

_ASKER = Asker(
    own="the source that was given",
    exact="NAME@1.2.3",
    version="ask for a version that suits all: `NAME@VERSION`",
    source="ask for `{name}` too, and say where it is",
)


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
    mpy: str = SOURCE,
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
    wanted = requirements(texts)
    kinds = (mpy,) if mpy == SOURCE else (mpy, SOURCE)
    projects = [project_of(folder, wanted, kind, index) for kind in kinds]
    fetchers = [Fetcher(project, store, offline=offline, progress=progress) for project in projects]
    with _folders_told(texts, folder), Forms(fetchers, wanted) as sources:
        getting = Getting(lambda: sources, store)
        packages = resolve(
            {ASKED: wanted},
            fetch=getting.fetch,
            versions=getting.versions,
            allows=allows,
            asker=_ASKER,
        )
        contents = _contents(packages, getting)
    named = {package.name: package for package in packages}
    files = placed(packages)
    return tuple(
        _gathered(named[name], files[name], contents)
        for name in _ordered([each.name for each in wanted], named)
    )


@contextmanager
def _folders_told(texts: Sequence[str], folder: Path) -> Iterator[None]:
    """Make an error about a name of the index say that a folder of that name is here."""
    try:
        yield
    except SourceError as error:
        for text in texts:
            if re.fullmatch(r"[\w-]+", text) and text in str(error) and (folder / text).is_dir():
                raise type(error)(
                    str(error), hint=f"`./{text}` is the folder here; `{text}` is a package of the index"
                ) from error
        raise


def _contents(packages: Sequence[Package], getting: Getting) -> dict[str, bytes]:
    """Return SHA-256 -> content, of all files."""
    wanted = list(wanted_files(packages).values())
    return {each.file.sha256: content for each, content in zip(wanted, getting.contents(wanted), strict=True)}


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
