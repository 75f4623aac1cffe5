"""Which files of the host shall be on the board, and where: a walk over a folder, or a single file.

Reads names and `.belayignore` files; content is for `belay.files.preparing`.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from belay.exceptions import HostFileError
from belay.files.board_paths import absolute_path, check_name, folders_above, is_ours, join, sort_key
from belay.files.errors import SyncSourceError
from belay.files.ignoring import IGNORE_FILE, Ignoring, ignoring

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["HostTree", "host_error", "host_tree", "merged"]

_DEPTH_LIMIT = 64
"""Folders in folders. Boards stop earlier (a path of 255 bytes); only links that multiply come this far."""


class HostTree(NamedTuple):
    """What a sync starts from.

    Attributes:
        files: absolute path on the board -> the file on the host, in the order of a sorted walk.
        folders: absolute paths on the board of folders in which nothing stands.
        dst: the folder on the board.
        is_single_file: whether the source was a file, not a folder.
    """

    files: Mapping[str, Path]
    folders: tuple[str, ...] = ()
    dst: str = "/"
    is_single_file: bool = False


def host_tree(
    source: str | os.PathLike[str],
    *,
    dst: str | os.PathLike[str] = "/",
    ignore: str | Iterable[str] | None = None,
) -> HostTree:
    """Find the files of a folder, or the one file.

    Links are followed. Names that begin with `.belay` stay on the host: they are Belay's own on both sides.
    A folder of which nothing is left because all is ignored is left out; one that is really empty is not.

    Args:
        source: a folder, whose content goes to `dst`, or a file, which goes into `dst`.
        dst: a folder on the board.
        ignore: patterns of gitignore, one or several, for what is not sent; None for what tools leave behind
            (`*.pyc`, `__pycache__`, `.DS_Store`, `.pytest_cache`), an empty list for nothing. Patterns in
            `.belayignore` files count for their folder and all below. A single file is sent in any case.

    Raises:
        SyncSourceError: the source is missing, a link leads nowhere or back to a folder above, something is
            neither a file nor a folder, or a pattern is none.
        HostFileError: a folder cannot be read.
        BoardPathError: `dst` is no absolute path, or a board cannot have a name.
    """
    if not isinstance(source, (str, os.PathLike)) or not os.fspath(source):
        # "" would be the current folder, and what a variable holds that nobody has set.
        raise SyncSourceError(f"{source!r} is no folder to sync", hint='write `"."` for the current one')
    if "\0" in str(source):
        raise SyncSourceError(f"{source!r} is no folder to sync: no path holds a NUL")
    destination = absolute_path(dst, what="dst")
    top = Path(source)
    try:
        mode = top.stat().st_mode
    except FileNotFoundError as error:
        raise SyncSourceError(f"`{top}` is not there: nothing to sync") from error
    except OSError as error:
        raise host_error(error, top) from error
    if stat.S_ISREG(mode):
        check_name(top.name, str(top))
        return HostTree({join(destination, top.name): top}, (), destination, is_single_file=True)
    if not stat.S_ISDIR(mode):
        raise SyncSourceError(
            f"`{top}` is neither a file nor a folder", hint="write what it gives into a file first"
        )
    walk = _Walk(destination)
    walk.enter(str(top), "", ignoring(ignore), (os.path.realpath(top),))
    return HostTree(walk.files, tuple(walk.folders), destination)


def merged(trees: Iterable[HostTree]) -> HostTree:
    """Lay several trees for the same `dst` over one another; where two have a file, the later one's counts.

    Raises:
        SyncSourceError: one has a file where another has a folder.
    """
    files: dict[str, Path] = {}
    folders: dict[str, None] = {}
    dst = "/"
    for tree in trees:
        files.update(tree.files)
        folders.update(dict.fromkeys(tree.folders))
        dst = tree.dst
    above = {folder for path in files for folder in folders_above(path)}
    for path, source in files.items():
        if path in above or path in folders:
            raise SyncSourceError(
                f"`{source}` is a file where another of the folders has a folder: `{path}` cannot be both"
            )
    empty = tuple(folder for folder in folders if folder not in above)
    return HostTree(dict(sorted(files.items(), key=lambda item: sort_key(item[0]))), empty, dst)


def host_error(error: OSError, path: str | os.PathLike[str]) -> HostFileError:
    """Return our error for one of the operating system's, with its `errno`."""
    converted = HostFileError(
        f"`{os.fspath(path)}` cannot be read: {error.strerror or error}",
        hint="make it readable, or add it to `ignore`",
    )
    converted.errno = error.errno
    converted.strerror = error.strerror
    converted.filename = os.fspath(path)
    return converted


class _Walk:
    """One walk: what was found so far."""

    def __init__(self, dst: str) -> None:
        self.files: dict[str, Path] = {}
        self.folders: list[str] = []
        self._dst = dst

    def enter(self, folder: str, relative: str, rules: Ignoring, above: tuple[str, ...]) -> None:
        """Take in a folder.

        Args:
            folder: on the host.
            relative: its path from the top, "" for the top.
            rules: what is ignored there.
            above: the real paths of this folder and those above it.
        """
        if len(above) > _DEPTH_LIMIT:
            raise SyncSourceError(f"`{folder}` is {_DEPTH_LIMIT} folders deep: links that multiply?")
        try:
            with os.scandir(folder) as scanned:
                entries = sorted(scanned, key=lambda entry: entry.name)
        except OSError as error:
            raise host_error(error, folder) from error
        if any(entry.name == IGNORE_FILE for entry in entries):
            path = os.path.join(folder, IGNORE_FILE)  # noqa: PTH118 - a walk in texts is twice as fast
            rules = rules.below(relative, _lines(path), path)
        if not entries and relative:
            self.folders.append(join(self._dst, relative))
        for entry in entries:
            inner = f"{relative}/{entry.name}" if relative else entry.name
            if not is_ours(entry.name):
                self._take(entry, inner, rules, above)

    def _take(self, entry: os.DirEntry[str], relative: str, rules: Ignoring, above: tuple[str, ...]) -> None:
        try:
            is_folder = entry.is_dir()
            if rules.ignores(relative, is_folder=is_folder):
                return
            is_file = entry.is_file()
        except OSError as error:  # a link to itself, or through a folder that may not be read
            raise host_error(error, entry.path) from error
        check_name(entry.name, relative)
        if is_folder:
            real = os.path.realpath(entry.path) if entry.is_symlink() else str(Path(above[-1], entry.name))
            if real in above:
                raise SyncSourceError(
                    f"`{entry.path}` is a link to `{real}`, a folder that it is in: there is no end to it",
                    hint=f'add "{relative}" to `ignore`',
                )
            self.enter(entry.path, relative, rules, (*above, real))
        elif is_file:
            self.files[join(self._dst, relative)] = Path(entry.path)
        else:
            kind = "a link to nothing" if entry.is_symlink() else "neither a file nor a folder"
            raise SyncSourceError(f"`{entry.path}` is {kind}", hint=f'add "{relative}" to `ignore`')


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise SyncSourceError(
            f"`{path}` is not UTF-8: byte {error.start}", hint="save it as UTF-8"
        ) from error
    except OSError as error:
        raise host_error(error, path) from error
