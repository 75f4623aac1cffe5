"""The one question that tells whether a tree on a board is what it shall be: which files its digest counts.

The board answers with one digest, however large the tree is. What it has to do, in this order:

1. With a `root`: walk it as `belay.files.digests` says. Leave out each path in `skip` with all that is in
   it, mount points with all that is in them, and each file or folder whose name begins with `.belay`. A file
   `.belay-…`, which an interrupted transfer left behind, adds a "!", also inside of a path in `skip`. What is
   left out still makes its folder not empty. A root that is not there adds nothing.
2. For each path in `also`, in their order: a "!" if a transfer to it was interrupted; then the line of the
   file, the line of a folder (empty or not), or nothing when there is neither.

The digest of all that is the answer. Where it equals that of the host, there is nothing to do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from belay.files.board_paths import folders_above, is_below, sort_key
from belay.files.digests import Algorithm, content_digest, file_line, folder_line, tree_text

if TYPE_CHECKING:
    from belay.files.keeping import Kept
    from belay.files.trees import WantedTree

__all__ = ["DigestScope", "digest_scope", "tree_digest"]


class DigestScope(NamedTuple):
    """What a digest of the board's tree counts.

    Attributes:
        root: the folder to walk, or None for no walk.
        skip: absolute paths that the walk leaves out.
        also: absolute paths that count wherever they are.
    """

    root: str | None
    skip: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


def digest_scope(wanted: WantedTree, kept: Kept, dst: str = "/") -> DigestScope | None:
    """Return the question whose answer is equal on both sides when nothing has to be done.

    Returns:
        the question; None in the rare case that none can be asked (a folder that shall be there empty, in
        which something may be kept): then the board is to be listed at once.
    """
    folders = _empty_folders(wanted, dst)
    if kept.everything or dst in kept.paths or any(is_below(dst, path) for path in kept.paths):
        return DigestScope(None, (), tuple(sorted((*wanted.files, *folders - {"/"}), key=sort_key)))
    if any(is_below(path, folder) for path in kept.paths for folder in folders):
        return None
    also = [path for path in wanted.files if any(is_below(path, one) for one in kept.paths)]
    also += [path for path in folders if kept.covers(path)]
    skip = [path for path in kept.paths if path not in wanted.files and is_below(path, dst)]
    return DigestScope(dst, tuple(sorted(set(skip), key=sort_key)), tuple(sorted(also, key=sort_key)))


def tree_digest(
    wanted: WantedTree, scope: DigestScope, dst: str = "/", *, algorithm: Algorithm = "sha256"
) -> str:
    """Return the answer that a board gives whose tree is what it shall be.

    Args:
        wanted: what shall be; its digests are of the same algorithm.
        scope: the question.
        dst: the folder on the board.
        algorithm: of the hash.
    """
    also = set(scope.also)
    text = ""
    if scope.root is not None:
        files = {path: facts for path, facts in wanted.files.items() if path not in also}
        text = tree_text(files, _empty_folders(wanted, dst) - also)
    for path in scope.also:
        facts = wanted.files.get(path)
        text += folder_line(path) if facts is None else file_line(path, facts)
    return content_digest(text.encode(), algorithm)


def _empty_folders(wanted: WantedTree, dst: str) -> set[str]:
    """The folders that shall be there with nothing in them."""
    folders = {*wanted.folders, dst}
    occupied = {
        above for path in (*wanted.files, *folders) for above in ("/", *folders_above(path)) if path != "/"
    }
    return folders - occupied
