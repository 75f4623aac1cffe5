"""Which files nobody means to send: patterns as in a `.gitignore`.

Source: the manual of git, `gitignore`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["ALWAYS_IGNORED", "Ignored"]

ALWAYS_IGNORED = ("*.pyc", "__pycache__", ".DS_Store", ".pytest_cache")
"""What programs leave on a computer, and no board needs. Source: Belay's manual, `Device.sync`."""


class _Rule(NamedTuple):
    regex: re.Pattern[str]
    is_negative: bool
    is_for_folders: bool


class Ignored:
    """Decides by patterns.

    Args:
        patterns: as in a `.gitignore`; the last one that fits decides.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        self._rules = [rule for pattern in patterns if (rule := _rule(pattern)) is not None]

    def __contains__(self, path: str) -> bool:
        """Return whether a file is ignored; what is in an ignored folder is, whatever else says so.

        Args:
            path: relative to where the patterns start, with `/` between its names.
        """
        names = path.split("/")
        folders = ("/".join(names[:end]) for end in range(1, len(names)))
        return any(self._decides(folder, is_folder=True) for folder in folders) or self._decides(
            path, is_folder=False
        )

    def _decides(self, path: str, *, is_folder: bool) -> bool:
        for rule in reversed(self._rules):
            if (is_folder or not rule.is_for_folders) and rule.regex.fullmatch(path):
                return not rule.is_negative
        return False


def _rule(pattern: str) -> _Rule | None:
    text = re.sub(r"(?<!\\) +$", "", pattern.rstrip("\r\n"))
    if not text or text.startswith("#"):
        return None
    is_negative = text.startswith("!")
    text = text[is_negative:]
    is_for_folders = text.endswith("/")
    text = text.removesuffix("/")
    if not text:
        return None
    is_anchored = "/" in text
    try:
        regex = re.compile(("" if is_anchored else "(?:.*/)?") + _regex(text.removeprefix("/")), re.DOTALL)
    except re.error:
        return None  # git ignores what it does not understand, too
    return _Rule(regex, is_negative, is_for_folders)


_PARTS = re.compile(
    r"(?P<above>(?:^|(?<=/))\*\*/)|(?P<below>(?<=/)\*\*$)|(?P<stars>\*+)|(?P<one>\?)"
    r"|(?P<set>\[[!^]?\]?(?:\\.|[^\]\\])*\])|\\(?P<quoted>.)|(?P<plain>.)",
    re.DOTALL,
)


_RANGES = re.compile(r"(\\.|[^\\])(?:-(\\.|[^\\]))?", re.DOTALL)


def _members(first: str, last: str) -> str:
    """Return what a letter of a set, or two with `-` between them, is in a regular expression."""
    low, high = first[-1:], last[-1:]
    span = f"{re.escape(low)}-{re.escape(high)}" if low <= high else ""  # git: of the others, the first
    return re.escape(low) + span


def _regex(text: str) -> str:
    return "".join(map(_part, _PARTS.finditer(text)))


def _part(match: re.Match[str]) -> str:
    kind, text = str(match.lastgroup), match.group()
    if kind == "set":
        inner = text[2:-1] if text[1] in "!^" else text[1:-1]
        listed = "".join(_members(first, last) for first, last in _RANGES.findall(inner))
        return f"(?!/)[{'^' if text[1] in '!^' else ''}{listed}]"
    if kind in ("quoted", "plain"):
        return re.escape(match.group(kind))
    return {"above": "(?:.*/)?", "below": ".+", "stars": "[^/]*", "one": "[^/]"}[kind]
