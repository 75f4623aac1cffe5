"""What syncs read of the host: folders, and their files made ready; for several boards, once.

Knows what may be shared between boards, and what depends on the board; how a file is made ready is for
`preparing`, where it stands for `host_tree`.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

from belay.files.cache import Cache, cache_folder
from belay.files.host_tree import host_tree
from belay.files.preparing import prepare

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Mapping

    from belay.files.host_tree import HostTree
    from belay.files.preparing import PreparedFile

__all__ = ["Preparation", "SharedPreparation"]

Made = TypeVar("Made")


class Preparation:
    """Reads the host anew for each sync of one board."""

    def __init__(self) -> None:
        self._cache = Cache(cache_folder())

    def tree(
        self,
        folder: str | os.PathLike[str],
        *,
        dst: str | os.PathLike[str],
        ignore: str | Iterable[str] | None,
    ) -> HostTree:
        """Return what `host_tree` does."""
        return host_tree(folder, dst=dst, ignore=ignore)

    def files(
        self, tree: HostTree, **options: Any
    ) -> Mapping[str, PreparedFile]:  # Any: keywords of `prepare`
        """Return what `prepare` does."""
        return prepare(tree, cache=self._cache, **options)


class SharedPreparation(Preparation):
    """Reads each folder once, and makes each of its files ready once for all boards that load the same.

    So all get the same files, whatever changes on the host meanwhile; whoever wants to see that takes a new
    one. Threads may share it: whoever comes first does the work, and the others wait for him.
    """

    def __init__(self) -> None:
        super().__init__()
        self._lock = Lock()
        self._made: dict[object, tuple[Any, object]] = {}  # Any: each key's own

    def tree(
        self,
        folder: str | os.PathLike[str],
        *,
        dst: str | os.PathLike[str],
        ignore: str | Iterable[str] | None,
    ) -> HostTree:
        """Return what `host_tree` does, or did the first time."""
        patterns = ignore if ignore is None or isinstance(ignore, str) else tuple(ignore)
        make = super().tree
        return self._once(
            ("tree", str(folder), str(dst), patterns),
            lambda: make(folder, dst=dst, ignore=patterns),
        )

    def files(self, tree: HostTree, **options: Any) -> Mapping[str, PreparedFile]:  # Any: as above
        """Return what `prepare` does, or did the first time."""
        make = super().files
        key = ("files", id(tree), *((name, _key(value)) for name, value in sorted(options.items())))
        return self._once(key, lambda: make(tree, **options), kept=(tree, options))

    def _once(self, key: object, make: Callable[[], Made], *, kept: object = None) -> Made:
        """Return what was made for a key; `kept` is what its identities belong to."""
        with self._lock:
            if key not in self._made:
                self._made[key] = (make(), kept)
            made: Made = self._made[key][0]
            return made


def _key(value: object) -> object:
    """Return what stands for an option: itself, or for a function or a table which one it is."""
    try:
        hash(value)
    except TypeError:
        return id(value)
    return value
