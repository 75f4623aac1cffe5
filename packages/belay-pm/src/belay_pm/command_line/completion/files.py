"""Files and folders of this computer as candidates."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from belay_pm.command_line.completion.candidates import Candidate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from belay_pm.command_line.completion.candidates import Asked

__all__ = ["complete_file", "complete_folder"]


def complete_file(asked: Asked, *, endings: tuple[str, ...] = ("",)) -> Iterator[Candidate]:
    """Give folders, and files with one of these endings; what begins with a dot when that is typed."""
    for entry, value in _entries(asked.word):
        if entry.is_dir():
            yield Candidate(f"{value}/")
        elif entry.name.endswith(endings):
            yield Candidate(value)


def complete_folder(asked: Asked) -> Iterator[Candidate]:
    """Give folders."""
    for entry, value in _entries(asked.word):
        if entry.is_dir():
            yield Candidate(f"{value}/")


def _entries(word: str) -> Iterator[tuple[os.DirEntry[str], str]]:
    folder, name = os.path.split(word)
    above = word[: len(word) - len(name)]  # as typed, with its slash
    try:
        with os.scandir(folder or ".") as entries:
            for entry in entries:
                if entry.name.startswith(name) and (name or not entry.name.startswith(".")):
                    yield entry, above + entry.name
    except OSError:
        return  # a folder that is not there, or that may not be read, has nothing to offer
