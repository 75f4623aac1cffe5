"""Which of the known words somebody meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["near_miss"]


def near_miss(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that is spelt most like it, or has its letters, as `ls` for `sl`; or None."""
    from difflib import get_close_matches  # noqa: PLC0415 - only a mistake needs it

    plain = {each.lower().replace("-", "_"): each for each in known}
    typed = word.lower().replace("-", "_")
    close = get_close_matches(typed, plain, n=1, cutoff=0.6)
    close += [each for each in plain if sorted(each) == sorted(typed)]
    return plain[close[0]] if close else None
