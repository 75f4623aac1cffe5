"""What an update needs to be given: something that gets packages; several at once, by threads."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from belay_pm.errors import PackageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeVar

    from belay_pm.layout import Wanted
    from belay_pm.packages import Fetched, PackageFile, Resolved
    from belay_pm.requirements import BundleSource, Entry, IndexSource
    from belay_pm.resolving import Request
    from belay_pm.store import Store

    Item = TypeVar("Item")
    Result = TypeVar("Result")

__all__ = ["THREADS", "Getting", "Sources", "allows"]

THREADS = 8
"""At once: what hosts of code let one person have, and enough to hide their turnaround."""


class Sources(Protocol):
    """Gets packages; threads share it. `fetching.Fetcher` is one."""

    def fetch(self, entry: Entry, *, name: str) -> Fetched:
        """Return what an entry is; its contents are in the store."""

    def versions(self, source: IndexSource | BundleSource) -> Sequence[str]:
        """Return what an index or bundle has of a name, newest first."""

    def content(self, file: PackageFile, resolved: Resolved) -> bytes:
        """Return the content of a file of a lock, from the store or from where the lock says."""


class Getting:
    """Gets packages and contents, several at once; opens the sources when something has to be got.

    Args:
        opened: opens them.
        store: asked first for contents.
    """

    def __init__(self, opened: Callable[[], Sources], store: Store) -> None:
        self._sources = lru_cache(maxsize=1)(opened)
        self._store = store

    def fetch(self, requests: Sequence[Request]) -> list[Fetched | PackageError]:
        """See `resolve`."""
        sources = self._sources()

        def one(request: Request) -> Fetched | PackageError:
            try:
                return sources.fetch(request.entry, name=request.name)
            except PackageError as error:
                return error

        return _each(one, requests)

    def versions(self, source: IndexSource | BundleSource) -> Sequence[str]:
        """Return the versions, newest first; those of an early stage, as `2.0-rc1`, behind all others."""
        from belay_pm.versions import Unlisted, Version  # noqa: PLC0415 - only what has versions needs it

        found = self._sources().versions(source)
        kind = Unlisted if isinstance(found, Unlisted) else tuple
        return kind(sorted(found, key=lambda version: Version.parse(version).is_early))

    def contents(self, wanted: Sequence[Wanted]) -> list[bytes]:
        """Return the contents of files.

        Raises:
            PackageError: one cannot be had.
        """
        resolved = {each.file.sha256: each for each in wanted}
        found = dict(zip(resolved, _each(self._content, list(resolved.values())), strict=True))
        return [found[each.file.sha256] for each in wanted]

    def _content(self, wanted: Wanted) -> bytes:
        content = self._store.get(wanted.file.sha256)
        if content is None:
            return self._sources().content(wanted.file, wanted.part.fetched.resolved)
        return content


@lru_cache(maxsize=1000)
def allows(text: str, version: str) -> bool:
    """Return whether a range of versions lets one pass.

    Raises:
        ProjectError: the text is no range.
    """
    from belay_pm.versions import VersionRange  # noqa: PLC0415 - as above

    return VersionRange.parse(text).allows(version)


def _each(do: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    """Do it for each, in threads; the results are in the order of the items."""
    if len(items) < 2:  # noqa: PLR2004 - one needs no thread
        return [do(item) for item in items]
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - 10 ms that a single package spares

    with ThreadPoolExecutor(min(THREADS, len(items))) as threads:
        return list(threads.map(do, items))
