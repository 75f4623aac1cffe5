"""All that is wrong with a project's file, gathered, and told at once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from belay_pm.errors import ProjectError
from belay_pm.masking import printable
from belay_pm.near import near_miss

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["Problems"]

_HEADER = re.compile(r"\s*\[([^\[\]]+)\]\s*(#.*)?")
_KEY = re.compile(r"\s*((?:[\w-]+|\"[^\"]*\"|'[^']*')(?:\s*\.\s*(?:[\w-]+|\"[^\"]*\"|'[^']*'))*)\s*=")


class Problems:
    """What was found to be wrong, so far.

    Args:
        path: of the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._found: list[tuple[str, str]] = []
        self._hint: str | None = None

    def __bool__(self) -> bool:
        return bool(self._found)

    def add(self, key: str, sentence: str, hint: str | None = None) -> None:
        """Note a problem.

        Args:
            key: where it is: `tool.belay.group.dev.optional`.
            sentence: what is wrong.
            hint: what to do; that of the first problem which has one is told.
        """
        self._found.append((key, sentence))
        self._hint = self._hint or hint

    def unknown(self, table: str, key: str, known: Sequence[str]) -> None:
        """Note a key that no table of this kind has, with the one that may be meant."""
        near = near_miss(key, known)
        said = f"did you mean `{near}`?" if near else f"there are {', '.join(f'`{each}`' for each in known)}"
        self.add(f"{table}.{key}", f"there is no such key; {said}")

    def error(self, text: str) -> ProjectError:
        """Return the error that tells all of them, in the order in which they were found.

        Args:
            text: of the file, to tell the lines.
        """
        lines = [
            printable(f"{f'line {line}, ' if (line := _line(text, key)) else ''}`{key}`: {sentence}")
            for key, sentence in self._found
        ]
        if len(lines) == 1:
            return ProjectError(f"`{self._path}`, {lines[0]}", hint=self._hint)
        listed = "".join(f"\n- {line}" for line in lines)
        return ProjectError(f"`{self._path}` has {len(lines)} problems:{listed}", hint=self._hint)


def _line(text: str, key: str) -> int | None:
    """Return the line that sets a key, or the nearest table above it, or None when it cannot be told.

    A cheap look at the layout that people write, and no parser: what is said is a help to find it.
    """
    wanted = _plain(re.sub(r"\[\d+\]", "", key))
    table: tuple[str, ...] = ()
    best: tuple[int, int | None] = (len(("tool", "belay")), None)
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.fullmatch(line):
            table = names = _plain(header[1])
        elif match := _KEY.match(line):
            names = (*table, *_plain(match[1]))
        else:
            continue
        if wanted[: len(names)] == names and len(names) > best[0]:
            best = (len(names), number)
    return best[1]


def _plain(key: str) -> tuple[str, ...]:
    """Return the names of a dotted key, without quotes."""
    return tuple(
        quoted or single or bare
        for quoted, single, bare in re.findall(r"\"([^\"]*)\"|'([^']*)'|([\w-]+)", key)
    )
