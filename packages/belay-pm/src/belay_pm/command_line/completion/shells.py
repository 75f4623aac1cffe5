"""Candidates as each shell wants them: quoted where it does not quote itself.

Knows what the scripts in `scripts` do with the lines.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from belay_pm.command_line.completion.candidates import Candidate
    from belay_pm.command_line.completion.line import Line

__all__ = ["ESCAPES", "FORMATS"]

ESCAPES = {"bash": "\\", "zsh": "\\", "fish": "\\", "powershell": "`"}
"""Shell -> what takes the meaning of a letter there."""

_PLAIN = re.compile(r"[^\w@%+=:,./-]", re.ASCII)
"""What bash may have a meaning for. Letters beyond ASCII have none, and are escaped all the same."""


def _for_bash(candidates: Iterable[Candidate], line: Line) -> list[str]:
    """Return what takes the place of the part that bash replaces, quoted as that part is."""
    return [_quoted(value[line.kept :], line) for value, _ in candidates]


def _quoted(text: str, line: Line) -> str:
    if line.quote == '"':
        return re.sub(r'(["\\$`])', r"\\\1", text)
    if line.quote == "'":
        return text.replace("'", "'\\''")
    return _PLAIN.sub(lambda found: f"\\{found.group()}", text)


def _with_help(candidates: Iterable[Candidate], line: Line) -> list[str]:
    """Return value and help: these shells quote a value as the word that it replaces."""
    del line
    return [f"{value}\t{help_}" if help_ else value for value, help_ in candidates]


def _for_powershell(candidates: Iterable[Candidate], line: Line) -> list[str]:
    """Return value, what to type for it, and help."""
    del line
    return [
        f"{value}\t{value if not _PLAIN.search(value) else _single_quoted(value)}\t{help_ or value}"
        for value, help_ in candidates
    ]


def _single_quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


FORMATS: Mapping[str, Callable[[Iterable[Candidate], Line], list[str]]] = {
    "bash": _for_bash,
    "zsh": _with_help,
    "fish": _with_help,
    "powershell": _for_powershell,
}
"""Shell -> the lines of the answer."""
