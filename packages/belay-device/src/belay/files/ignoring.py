"""Which files of a folder are not for the board: gitignore's patterns, from the caller and `.belayignore`.

Knows patterns and paths relative to the folder; opens no file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from belay.files.errors import SyncSourceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pathspec import GitIgnoreSpec

__all__ = ["IGNORED", "IGNORE_FILE", "Ignoring", "ignoring"]

IGNORED = ("*.pyc", "__pycache__", ".DS_Store", ".pytest_cache")
"""What is not sent when the caller says nothing else: what tools leave behind, and no board reads."""

IGNORE_FILE = ".belayignore"
"""Patterns for the folder that it stands in and all below, as a `.gitignore` has them. Never sent itself."""


class Ignoring(NamedTuple):
    """The rules that hold in one folder.

    The last pattern that fits decides: those of an inner folder come later than those of an outer one, and
    what the caller says comes last of all. What is ignored by default may be called back: `!__pycache__`.

    Attributes:
        by_default: whether `IGNORED` counts.
        caller: what the caller says, or None.
        folders: from the top to here, folders with a `.belayignore` ("" or ending in "/") and its patterns.
    """

    by_default: bool
    caller: GitIgnoreSpec | None
    folders: tuple[tuple[str, GitIgnoreSpec], ...] = ()

    def below(self, folder: str, lines: Sequence[str], source: str) -> Ignoring:
        """Return the rules that hold in a folder with a `.belayignore`.

        Args:
            folder: its path from the top, "" for the top.
            lines: of the file.
            source: the file's name, for the message.

        Raises:
            SyncSourceError: a line is no pattern.
        """
        prefix = f"{folder}/" if folder else ""
        return self._replace(folders=(*self.folders, (prefix, _spec(lines, source))))

    def ignores(self, path: str, *, is_folder: bool = False) -> bool:
        """Whether something is not for the board.

        Args:
            path: from the top, with "/" between the names. The folders above are known not to be ignored.
            is_folder: whether it is a folder: then nothing in it is for the board.
        """
        asked = path + "/" if is_folder else path
        caller = () if self.caller is None else (("", self.caller),)
        for folder, spec in (*caller, *reversed(self.folders)):
            decided = spec.check_file(asked[len(folder) :]).include
            if decided is not None:
                return bool(decided)
        return self.by_default and _is_litter(path)


def ignoring(patterns: str | Iterable[str] | None = None) -> Ignoring:
    """Return the rules of the caller: a pattern, several, or None for `IGNORED`.

    Raises:
        SyncSourceError: one is no pattern.
    """
    if isinstance(patterns, str):
        patterns = [patterns]
    return Ignoring(patterns is None, None if patterns is None else _spec(list(patterns), "ignore"))


def _is_litter(path: str) -> bool:
    """Whether a pattern of `IGNORED` fits: by hand, since the library takes a tenth of a second to load."""
    name = path.rpartition("/")[2]
    return name.endswith(IGNORED[0][1:]) or name in IGNORED[1:]


def _spec(lines: Sequence[str], source: str) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec  # noqa: PLC0415 - see `_is_litter`

    for number, line in enumerate(lines, 1):
        if not isinstance(line, str):
            raise SyncSourceError(f"{source} has {line!r}: a pattern is a text")
        try:
            GitIgnoreSpec.from_lines([line])
        except ValueError as error:
            raise SyncSourceError(
                f"`{source}`, line {number}: `{line}` is no pattern of gitignore: {error}"
            ) from error
    return GitIgnoreSpec.from_lines(lines)
