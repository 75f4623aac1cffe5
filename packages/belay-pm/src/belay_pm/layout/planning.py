"""What to write and what to remove, decided before anything is touched. Pure.

A file is ours when the record or a lock says so, and unchanged when it is what one of them says it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from belay_pm.layout.looking import ABSENT

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from belay_pm.layout.looking import Lying

__all__ = ["Plan", "plan"]


class Plan(NamedTuple):
    """What to do; all paths are sorted.

    Attributes:
        write: files that are not there, or are another of ours.
        remove: files of ours that are not wanted any more.
        keep: wanted files that are there as they should be.
        edited: of those to write or remove, the ones that somebody changed.
        foreign: paths of what is not ours and lies where a file should.
    """

    write: tuple[str, ...]
    remove: tuple[str, ...]
    keep: tuple[str, ...]
    edited: tuple[str, ...]
    foreign: tuple[str, ...]


def plan(
    wanted: Mapping[str, str],
    ours: Mapping[str, Collection[str]],
    lying: Mapping[str, Lying],
    *,
    below: Mapping[str, Collection[str]],
) -> Plan:
    """Return what to do so that the wanted files, and no others of ours, are there.

    Args:
        wanted: path -> SHA-256.
        ours: path -> each SHA-256 that we know it with.
        lying: what lies at each of these paths.
        below: for each wanted path at which a folder lies: the files in it, links and all else included.
    """
    remove = {path for path in ours if path not in wanted and _is_there(lying[path])}
    edited = {path for path in remove if lying[path].sha256 not in ours[path]}
    write: set[str] = set()
    keep: set[str] = set()
    foreign: set[str] = set()
    for path, digest in wanted.items():
        there = lying[path]
        if there.kind == "file" and there.sha256 == digest:
            keep.add(path)
            continue
        write.add(path)
        if there.kind == "folder":
            foreign.update(each for each in below[path] if each not in remove)
        elif there.kind == "blocked":
            if there.at not in remove:
                foreign.add(str(there.at))
        elif there != ABSENT and path not in ours:
            foreign.add(path)
        elif there != ABSENT and there.sha256 not in ours[path]:
            edited.add(path)
    return Plan(*(tuple(sorted(paths)) for paths in (write, remove, keep, edited, foreign)))


def _is_there(lying: Lying) -> bool:
    # A folder or link where our file was is somebody's: it stays, and is not ours any more.
    return lying.kind == "file"
