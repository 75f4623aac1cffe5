"""How packages are got: what may be asked, what manifests may do, who hears of it; opened when needed."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, TypedDict

from belay_pm.store import Store
from belay_pm.updating.sources import Getting

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from typing_extensions import Unpack  # a checker knows it without the package

    from belay_pm.project import Project
    from belay_pm.updating.sources import Sources

__all__ = ["Means", "opened"]


class Means(TypedDict, total=False):
    """How packages are got; all of it may be left out.

    Attributes:
        offline: ask nobody, and take what the cache has.
        variables: what `$(NAME)` stands for in manifests, beside what the project says; not in the lock.
        trusted: names of packages whose manifests may be run, where they do more than can be followed.
        progress: hears what comes, see `sources.http.Progress`; in any thread.
        store: the cache; None for the one of this computer.
        sources: gets packages; None for `Fetcher`.
    """

    offline: bool
    variables: Mapping[str, str] | None
    trusted: Collection[str]
    progress: Callable[[str, int, int | None], None] | None
    store: Store | None
    sources: Sources | None


@contextmanager
def opened(project: Project, **means: Unpack[Means]) -> Iterator[tuple[Getting, Store]]:
    """Give what gets a project's packages, and the cache, for the block."""
    store = means.get("store") or Store()
    with ExitStack() as stack:

        def open_sources() -> Sources:
            sources = means.get("sources")
            if sources is not None:
                return sources
            from belay_pm.fetching import Fetcher  # noqa: PLC0415 - the web is loaded when it is needed

            asked = replace(project, variables={**project.variables, **(means.get("variables") or {})})
            return stack.enter_context(
                Fetcher(
                    asked,
                    store,
                    offline=means.get("offline", False),
                    trusted=means.get("trusted", ()),
                    progress=means.get("progress"),
                )
            )

        yield Getting(open_sources, store), store
