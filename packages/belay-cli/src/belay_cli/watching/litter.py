"""What editors leave beside the files that they have open: nothing for a board, and no change."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from belay.files.ignoring import IGNORED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import TypeVar

    T = TypeVar("T")

__all__ = ["LITTER", "is_litter", "with_litter", "without_litter"]

LITTER = (
    "*~",  # a copy of before: Emacs, Vim, gedit, Kate
    "[#]*#",  # Emacs, of what is not saved yet
    ".#*",  # Emacs, a link to nothing that says who has the file open
    ".*.sw[a-z]",  # Vim
    "4913",  # Vim, which tries whether it may write here
    ".*.kate-swp",
    "*___jb_tmp___",  # the new file of PyCharm's, before it is renamed
    "*___jb_old___",
    ".goutputstream-*",  # the same of GNOME's
)
"""Names of files; as patterns of gitignore they mean the same."""


def is_litter(name: str) -> bool:
    """Whether a file of this name, without its folders, is such a thing."""
    return any(fnmatchcase(name, pattern) for pattern in LITTER)


def with_litter(ignore: Iterable[str] | None) -> list[str]:
    """Return what a sync ignores while somebody edits; None stands for what it ignores by itself.

    What the caller says comes last, and may call a file back.
    """
    return [*LITTER, *(IGNORED if ignore is None else ignore)]


def without_litter(files: Mapping[str, T]) -> dict[str, T]:
    """Return what an install brings while somebody edits; the keys are paths on the board."""
    return {path: file for path, file in files.items() if not is_litter(path.rpartition("/")[2])}
