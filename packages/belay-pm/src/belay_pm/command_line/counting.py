"""Numbers of things, as sentences have them."""

from __future__ import annotations

__all__ = ["counted"]


def counted(number: int, what: str) -> str:
    """Return a number of things, in words.

    >>> counted(1, "byte"), counted(2, "file")
    ('1 byte', '2 files')
    """
    return f"{number} {what}{'' if number == 1 else 's'}"
