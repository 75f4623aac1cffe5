"""What an index has, in the first form in which it has it: compiled for the board, else its source."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace
from typing import TYPE_CHECKING

from belay_pm.errors import NotFoundError
from belay_pm.gathering.asked import described
from belay_pm.requirements import IndexSource
from belay_pm.versions import VersionRange

if TYPE_CHECKING:
    from collections.abc import Sequence

    from belay_pm.fetching import Fetcher
    from belay_pm.packages import Fetched, PackageFile, Resolved
    from belay_pm.requirements import BundleSource, Entry, Requirement

__all__ = ["Forms"]


class Forms(AbstractContextManager["Forms"]):
    """Gets packages, in the first form that there is; see `updating.sources.Sources`.

    Args:
        fetchers: one for each form; the last gets all that is of no index. They are closed at the end.
        wanted: what is asked for.
    """

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
        """Return what an entry is, and what it needs, read as mip reads it."""
        fetched = self._fetched(entry, name)
        return replace(fetched, requires=tuple(_described(each) for each in fetched.requires))

    def _fetched(self, entry: Entry, name: str) -> Fetched:
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


def _described(wanted: Requirement) -> Requirement:
    return replace(
        wanted, entries=tuple(replace(entry, source=described(entry.source)) for entry in wanted.entries)
    )
