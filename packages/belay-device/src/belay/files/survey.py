"""What is on the board where a sync goes: whether it is what shall be there already, else what there is.

It asks and changes nothing, but that a listing may clear up what a reset has left.
It knows which helpers a sync has on the board at a time; what comes of the answers is `belay.files.plan`'s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from belay.exceptions import ConnectionLost, NotBelayResponseError, TransferError
from belay.files.board_paths import folders_above, is_below
from belay.files.facts import Listing
from belay.files.plan import to_hash
from belay.files.retrying import TRIES
from belay.files.scope import digest_scope, tree_digest
from belay.files.transfer import (
    CHANNEL_HELPERS,
    FILE_HELPERS,
    MOUNTS_HELPERS,
    ROOM_HELPERS,
    WRITING_HELPERS,
    mounts_helper,
)
from belay.files.trees import BoardTree, FileFacts
from belay.files.verbs import SHORT_CALL, Verbs
from belay.values import encode

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from belay.files.digests import Algorithm
    from belay.files.filesystem import FileSystem
    from belay.files.keeping import Kept
    from belay.files.trees import WantedTree
    from belay.runtime import Runtime

__all__ = ["Found", "Survey"]

_COMMON = (*FILE_HELPERS, "check", "beside", "contents")
_DIGESTING = (*_COMMON, "entries", "digest")
_LISTING = (*_COMMON, "entries", "move", "mend", "walk", "listing")
_HASHING = (*_COMMON, "hashes", "move")  # which has come with the listing, and is needed to write
_ALL = {*_DIGESTING, *_LISTING, *_HASHING, *WRITING_HELPERS, *ROOM_HELPERS, *MOUNTS_HELPERS}
_ALL |= {"put", *CHANNEL_HELPERS}
# A board holds those of one step at a time: together they take over 6 kB of heap, where a word has 4 bytes.

_LISTED = 6  # facts about the listing


class Found(NamedTuple):
    """What is on the board.

    Attributes:
        tree: files, folders and mounts.
        is_fat: whether upper and lower case are the same there.
        free_bytes: None where the board cannot tell.
        block_bytes: what a file takes at a time; None likewise.
    """

    tree: BoardTree
    is_fat: bool
    free_bytes: int | None
    block_bytes: int | None


class Survey:
    """Looks at one board.

    Args:
        runtime: the board.
        fs: its files; nobody else writes to them meanwhile.
    """

    def __init__(self, runtime: Runtime, fs: FileSystem) -> None:
        self._runtime = runtime
        self._fs = fs
        self._verbs = Verbs(runtime, fs.transfer)

    def is_unchanged(self, wanted: WantedTree, staying: Kept, dst: str, algorithm: Algorithm) -> bool:
        """Ask whether the board's tree is what it shall be; one turnaround."""
        scope = digest_scope(wanted, staying, dst)
        if scope is None:
            return False
        root = None if scope.root is None else scope.root.rstrip("/")
        question = f"_belay_td({encode(root)},{encode(scope.skip)},{encode(scope.also)})"
        if len(question) > SHORT_CALL and len(question) > self._runtime.block_bytes:
            # Such a list is seldom; listing the board is no worse.
            return False
        helpers = self._with_mounts(_DIGESTING)
        self._hold(helpers)
        return self._runtime.call(question, helpers=helpers) == tree_digest(
            wanted, scope, dst, algorithm=algorithm
        )

    def look(self, wanted: WantedTree, dst: str, *, mend: bool) -> Found:
        """List what is on the board, and hash the files whose size is the same."""
        found = self._listed(dst, mend=mend)
        elsewhere = [
            path for path in wanted.files if any(is_below(path, mount) for mount in found.tree.mounts)
        ]
        if elsewhere:
            files = dict(found.tree.files)
            for path, stat in zip(elsewhere, self._fs.stat_many(elsewhere), strict=True):
                if stat is not None and not stat.is_dir:
                    files[path] = FileFacts(stat.size_bytes)
            found = found._replace(tree=found.tree._replace(files=files))
        paths = to_hash(wanted, found.tree)
        if not paths:
            return found
        files = dict(found.tree.files)
        for path, digest in zip(paths, self._hashes(paths), strict=True):
            files[path] = files[path]._replace(digest=digest)
        return found._replace(tree=found.tree._replace(files=files))

    def end(self) -> None:
        """Have the board forget what looking needed: what writing needs, the transfer knows."""
        self._runtime.discard_helpers(sorted(_ALL.difference(WRITING_HELPERS)))

    def _listed(self, dst: str, *, mend: bool) -> Found:
        top = dst.rstrip("/")
        helpers = self._with_mounts(_LISTING)
        self._hold(helpers)
        for _ in range(TRIES):
            listing = Listing()
            try:
                told = self._runtime.call(
                    f"_belay_tl({encode(top)},{int(mend)})", helpers=helpers, respond=listing
                )
            except ConnectionLost:
                if not self._runtime.is_found_again:
                    raise
                continue  # the board was found again, and half a listing is none
            if not (isinstance(told, tuple) and len(told) == _LISTED and isinstance(told[1], list)):
                raise NotBelayResponseError(f"{self._runtime.description} told of its files: {told!r}")
            count, mounts, is_fat, free_bytes, block_bytes, deepest = told
            if listing.is_whole(count):
                entries = listing.entries(top)
                tree = BoardTree(
                    {entry.path: FileFacts(entry.size_bytes or 0) for entry in entries if not entry.is_dir},
                    [*_folders_to(dst, str(deepest)), *(e.path for e in entries if e.is_dir)],
                    [str(mount) for mount in mounts if mount != "/"],
                )
                return Found(
                    tree,
                    bool(is_fat),
                    free_bytes if isinstance(free_bytes, int) else None,
                    block_bytes if isinstance(block_bytes, int) else None,
                )
        raise TransferError(
            f"listing `{dst}` of {self._runtime.description} failed {TRIES} times:"
            " parts of it were lost on the way"
        )

    def _hashes(self, paths: Iterable[str]) -> list[str]:
        digests: list[str] = []
        self._hold(_HASHING)
        for texts in self._verbs.portions([encode(path) for path in paths]):
            told = self._runtime.call(f"_belay_th({','.join(texts)})", helpers=_HASHING)
            if not (isinstance(told, list) and len(told) == len(texts)):
                raise NotBelayResponseError(
                    f"{self._runtime.description} hashed {len(texts)} files: {told!r}"
                )
            digests += map(str, told)
        return digests

    def _with_mounts(self, helpers: Sequence[str]) -> Sequence[str]:
        """Return helpers that need to know what is mounted, behind that which tells them."""
        return (*FILE_HELPERS, mounts_helper(self._runtime), *helpers[len(FILE_HELPERS) :])

    def _hold(self, helpers: Sequence[str]) -> None:
        """Have the board hold the helpers of the next step, and of no other."""
        self._runtime.discard_helpers(sorted(_ALL.difference(helpers)))
        self._fs.transfer.prepare(helpers)


def _folders_to(dst: str, deepest: str) -> list[str]:
    """Return those of `dst` and the folders above it that are there, `deepest` the last."""
    return [
        path for path in (*folders_above(dst), dst) if path == (deepest or "/") or is_below(deepest, path)
    ]
