"""What stays on a board although the host does not have it: the `keep` of a sync."""

from __future__ import annotations

import os
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple

from belay.exceptions import ArgumentTypeError, ArgumentValueError
from belay.files.board_paths import absolute_path, is_below, join

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["KEPT_AT_ROOT", "Kept", "kept"]

KEPT_AT_ROOT = ("boot.py", "webrepl_cfg.py", "lib")
"""What a sync to `/` keeps when nothing else is said: how the board starts, its password, its libraries."""


_PATTERN_SIGNS = frozenset("*?")
"""What a path on a board may hold, but hardly one does; whoever writes them means a pattern."""


class Kept(NamedTuple):
    """What a sync does not remove.

    Attributes:
        everything: nothing is removed, but for the stale twin of a file that is put.
        paths: files and folders by their absolute paths; a folder stands for all that is in it.
    """

    everything: bool = False
    paths: tuple[str, ...] = ()

    def covers(self, path: str, key: Callable[[str], str] = str) -> bool:
        """Whether `path` stays.

        Args:
            path: absolute, on the board.
            key: what makes two paths one, where the board's file system does not tell upper from lower case.
        """
        return (
            self.everything
            or self.names(path, key)
            or any(is_below(key(path), key(one)) for one in self.paths)
        )

    def names(self, path: str, key: Callable[[str], str] = str) -> bool:
        """Whether `path` itself was named, and not only a folder that it is in."""
        return key(path) in map(key, self.paths)


def kept(
    keep: bool | str | os.PathLike[str] | Iterable[str | os.PathLike[str]] | None,  # noqa: FBT001 - the manual's `keep=True`
    dst: str = "/",
    *,
    is_single_file: bool = False,
) -> Kept:
    """Return what the caller of a sync wants to stay.

    Args:
        keep: None for `boot.py`, `webrepl_cfg.py` and `lib` if `dst` is the root, else for nothing; True for
            everything, False for nothing; else one path or several, from `dst` or absolute. A folder stands
            for all that is in it.
        dst: the folder on the board, an absolute path.
        is_single_file: whether the source is one file, not a folder: then everything stays.

    Raises:
        ArgumentTypeError: `keep` is something else.
        ArgumentValueError: it holds nothing, or a pattern: it is paths, and a pattern would keep nothing.
        BoardPathError: it names what is above the board's root.
    """
    if keep is None:
        keep = KEPT_AT_ROOT if dst == "/" else ()
    elif isinstance(keep, (str, os.PathLike)):
        keep = [keep]
    if isinstance(keep, bool):
        return Kept(keep or is_single_file)
    if isinstance(keep, (bytes, int, float, dict)) or not hasattr(keep, "__iter__"):
        raise ArgumentTypeError(
            f"`keep` is {keep!r}: a path, a list of paths, True, False or None is possible"
        )
    return Kept(is_single_file, tuple(_absolute(entry, dst) for entry in keep))


def _absolute(entry: str | os.PathLike[str], dst: str) -> str:
    if not isinstance(entry, (str, os.PathLike)):
        raise ArgumentTypeError(f"`keep` has {entry!r}: only paths can be kept")
    written = entry.as_posix() if isinstance(entry, PurePath) else os.fspath(entry)
    if not written or _PATTERN_SIGNS.intersection(written):
        raise ArgumentValueError(
            f"`keep` has {written!r}: it takes paths, {'not patterns' if written else 'and that is none'}",
            hint='such as `keep=["data", "settings.json"]`; a folder stands for all that is in it',
        )
    return absolute_path(written if written.startswith("/") else join(dst, written), what="keep")
