"""All repositories that a run asks: each is asked once what it calls its commits."""

from __future__ import annotations

from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

from belay_pm.errors import NotFoundError, PackageError
from belay_pm.near import near_miss
from belay_pm.sources.git.mirror import Mirror
from belay_pm.sources.git.refs import Meant, is_abbreviated, is_commit
from belay_pm.sources.git.tree import CommitTree
from belay_pm.sources.git.urls import allowed_transports, require_safe

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from belay_pm.requirements import GitSource
    from belay_pm.sources.git.refs import Refs
    from belay_pm.store import Store

__all__ = ["GitMirrors"]

Result = TypeVar("Result")


class GitMirrors:
    """Repositories, by their addresses; threads share it.

    Args:
        store: the cache, where the mirrors lie.
        offline: ask nobody, and take what the mirrors have.
        progress: hears the address of what is got, see `Web`.
    """

    def __init__(
        self,
        store: Store,
        *,
        offline: bool = False,
        progress: Callable[[str, int, int | None], None] | None = None,
    ) -> None:
        self._store = store
        self._offline = offline
        self._progress = progress
        self._guard = Lock()
        self._once: dict[Hashable, _Once] = {}

    def resolve(self, source: GitSource) -> Meant:
        """Return the commit that a source means now, and the path in it.

        A repository is asked once for all its branches and tags; not at all for the whole name of a commit.

        Raises:
            NotFoundError: there is no such branch, tag or commit, or no such repository.
            AccessError: it is not for us.
            OfflineError: nobody may be asked, and the mirror does not know.
            SourceError: it cannot be asked for another reason.
        """
        mirror = self._mirror(source.url)
        if source.ref is not None and is_commit(source.ref):
            return Meant(source.ref.lower(), source.path)
        refs: Refs = self._done_once(("refs", source.url), mirror.ask_refs)
        if source.ref is not None and source.link and (meant := refs.meant(source.ref, source.path)):
            return meant
        commit = refs.commit(source.ref)
        if commit is None and source.ref is not None and is_abbreviated(source.ref):
            commit = self._done_once(
                ("commit", source.url, source.ref), partial(_found, mirror, refs, source.ref)
            )
        if commit is None:
            raise _no_ref(source, refs)
        return Meant(commit, source.path)

    def tree(self, url: str, commit: str) -> CommitTree:
        """Return the files of a commit; the same tree each time.

        Args:
            url: of the repository.
            commit: its whole name.

        Raises:
            NotFoundError: the repository does not have it.
            SourceError: it cannot be had; offline, the mirror does not have it.
        """
        return self._done_once(("tree", url, commit), partial(self._tree, url, commit))

    def _tree(self, url: str, commit: str) -> CommitTree:
        mirror = self._mirror(url)
        mirror.ensure(commit)
        return CommitTree(mirror, commit)

    def _mirror(self, url: str) -> Mirror:
        transports = allowed_transports()
        require_safe(url, transports)
        make = partial(
            Mirror,
            url,
            self._store,
            transports=transports,
            offline=self._offline,
            progress=self._progress,
        )
        return self._done_once(("mirror", url), make)

    def _done_once(self, key: Hashable, act: Callable[[], Result]) -> Result:
        """Do something once, however many threads ask for it; a failure is theirs all."""
        with self._guard:
            once = self._once.setdefault(key, _Once())
        with once.lock:
            if not once.done:
                try:
                    once.result = act()
                except PackageError as error:
                    once.failure = error
                once.done = True
        if once.failure is not None:
            raise type(once.failure)(*once.failure.args, hint=once.failure.hint) from once.failure
        result: Result = once.result  # type: ignore[assignment]  # what `act` returned, whoever asked for it
        return result


class _Once:
    def __init__(self) -> None:
        self.lock = Lock()
        self.done = False
        self.result: object = None
        self.failure: PackageError | None = None


def _found(mirror: Mirror, refs: Refs, digits: str) -> str:
    """Return the commit that begins so: one with a name, one that is here, or any of the repository."""
    for known in (refs.beginning(digits), mirror.beginning(digits)):
        if len(known) == 1:
            return known.pop()
    return mirror.find(digits)


def _no_ref(source: GitSource, refs: Refs) -> NotFoundError:
    if source.ref is None:
        return NotFoundError(
            f"`{source.url}` has no branch that it shows; it may be empty", hint="name a branch with `@`"
        )
    near = near_miss(source.ref, refs.near())
    return NotFoundError(
        f"`{source.url}` has no branch, tag or commit `{source.ref}`",
        hint=f"there is `{near}`" if near else None,
    )
