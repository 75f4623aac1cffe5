"""Take the fields of a table of a lock, each of the one type it may have. What is left over is an error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay_pm.masking import has_controls, printable

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    Item = TypeVar("Item")

__all__ = ["DamagedError", "Fields"]


class DamagedError(Exception):
    """A lock is not as it should be; the text says where."""


class Fields:
    """A table whose fields are taken one by one.

    Args:
        value: what should be a table.
        where: what it is called in errors.

    Raises:
        DamagedError: from everything here: it is not what it should be.
    """

    def __init__(self, value: object, where: str) -> None:
        if not isinstance(value, dict):
            raise DamagedError(f"{where} is no table")
        self._left = dict(value)
        self.where = where

    def text(self, key: str, *, any_sign: bool = False) -> str:
        """Take a text that must be there, one that a screen obeys only if it may have any sign."""
        value = self._left.pop(key, None)
        if not isinstance(value, str):
            raise DamagedError(f"`{key}` of {self.where} is {'missing' if value is None else 'no text'}")
        if not any_sign and has_controls(value):
            raise DamagedError(f"`{key}` of {self.where} has a control character in it: {value!r}")
        return value

    def optional_text(self, key: str) -> str | None:
        """Take a text, or None."""
        return self.text(key) if key in self._left else None

    def flag(self, key: str, *, default: bool) -> bool:
        """Take true or false."""
        value = self._left.pop(key, default)
        if not isinstance(value, bool):
            raise DamagedError(f"`{key}` of {self.where} is neither true nor false")
        return value

    def number(self, key: str, most: int) -> int:
        """Take a whole number from 0 to `most` that must be there."""
        value = self._left.pop(key, None)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
            raise DamagedError(f"`{key}` of {self.where} is no whole number from 0 to {most}")
        return value

    def optional_number(self, key: str, most: int) -> int | None:
        """Take a whole number, or None."""
        return self.number(key, most) if key in self._left else None

    def table(self, key: str) -> Fields:
        """Take a table that must be there."""
        return Fields(self._left.pop(key, None), f"`{key}` of {self.where}")

    def items(self, key: str, read: Callable[[object, str], Item]) -> tuple[Item, ...]:
        """Take an array, or nothing; `read` makes each item of its value and what it is called."""
        value = self._left.pop(key, [])
        if not isinstance(value, list):
            raise DamagedError(f"`{key}` of {self.where} is no array")
        return tuple(read(item, f"`{key}` {number} of {self.where}") for number, item in enumerate(value, 1))

    def texts(self, key: str) -> tuple[str, ...]:
        """Take an array of texts, or nothing; what a screen would obey is escaped."""
        return self.items(key, _as_text)

    def has(self, key: str) -> bool:
        """Return whether a field is there and not yet taken."""
        return key in self._left

    def end(self) -> None:
        """Refuse whatever was not taken."""
        if self._left:
            raise DamagedError(f"{self.where} has `{printable(min(self._left))}`, which means nothing there")


def _as_text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise DamagedError(f"{where} is no text")
    return printable(value)
