"""What a program is asked, and what it answers: values only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

__all__ = ["Asked", "Candidate", "Sources"]


class Candidate(NamedTuple):
    """One thing that the word at the cursor can become.

    Attributes:
        value: the whole word; one that ends with `/`, `:` or `=` is not at its end.
        help: what it is, for shells that show it.
    """

    value: str
    help: str = ""


class Asked(NamedTuple):
    """What was typed, as far as it is known.

    Attributes:
        command: the names of the command: "fs cp".
        word: the one at the cursor, up to it; of an option with `=`, its value.
        words: those before it that are no options.
        options: the values of the options before it, by their longest names.
        behind: every word behind the command's names, before the one at the cursor.
    """

    command: str
    word: str
    words: tuple[str, ...]
    options: Mapping[str, str]
    behind: tuple[str, ...]


Sources = Mapping[str, Callable[[Asked], Iterable[Candidate]]]
"""What the help calls a value, such as "PORT", -> what it can be.

With a command in front, as in "sim NAME" or "fs cp PATH", it is for this command alone, or for those of the
group; the name of a command alone, as in "remote", is for everything behind it.
"""
