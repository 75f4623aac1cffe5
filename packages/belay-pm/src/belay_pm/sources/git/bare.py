"""Bare repositories on this computer: made, put away, tidied, and what git prints of their files."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import uuid4

from belay_pm.errors import SourceError
from belay_pm.sources.git.program import GitFailedError, run
from belay_pm.store import folders

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["contents", "discard", "fresh", "is_repository", "on_disk", "remove_leftovers"]

_SHA1_DIGITS = 40
_LEFTOVERS = ("*.lock", "refs/**/*.lock", "objects/tmp_*", "objects/*/tmp_*", "objects/pack/*.lock")


def fresh(parent: Path, url: str, *, digits: int = _SHA1_DIGITS) -> Path:
    """Return a new repository in a folder, whose `origin` is an address; its commits have so many digits."""
    folder = parent / f"new-{uuid4().hex}"
    kind = "sha1" if digits == _SHA1_DIGITS else "sha256"
    # Without a template, which may have hooks.
    arguments = ["init", "--quiet", "--bare", "--template=", f"--object-format={kind}", "--", str(folder)]
    run(arguments, folder=parent)
    run(["config", "remote.origin.url", url], folder=folder)
    return folder


def is_repository(folder: Path) -> bool:
    """Return whether there seems to be one."""
    return (folder / "HEAD").is_file() and (folder / "config").is_file()


def remove_leftovers(folder: Path) -> None:
    """Take away what a git left that was killed; nobody else may be writing there."""
    for pattern in _LEFTOVERS:
        for path in folder.glob(pattern):
            folders.remove(path)


def discard(folder: Path) -> None:
    """Put a folder away in one step, and then remove it: others may still be reading in it."""
    gone = folder.with_name(f"old-{uuid4().hex}")
    try:
        folder.replace(gone)
    except FileNotFoundError:
        return
    folders.remove(gone)


def contents(printed: bytes, count: int) -> list[bytes]:
    """Return the contents that `git cat-file --batch` printed: `NAME blob SIZE`, the content, a line end.

    Raises:
        GitFailedError: one is missing, or is no file.
    """
    found = []
    at = 0
    for _ in range(count):
        end = printed.find(b"\n", at)
        header = printed[at:end].split(b" ")
        if end < 0 or header[1:2] != [b"blob"]:
            failure = GitFailedError(f"git has no such file: {printed[at:end].decode(errors='replace')}")
            failure.said = "a file is missing"
            raise failure
        size = int(header[2])
        found.append(printed[end + 1 : end + 1 + size])
        at = end + size + 2
    return found


@contextmanager
def on_disk(folder: Path) -> Iterator[None]:
    """Turn what the disk refuses in the block into an error of ours."""
    try:
        yield
    except OSError as error:
        raise SourceError(
            f"The mirror `{folder}` in the cache cannot be used: {error.strerror or error}",
            hint="`BELAY_CACHE_DIR` names another folder for the cache",
        ) from error
