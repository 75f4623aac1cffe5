"""The root of every error that the package manager raises on purpose."""

from __future__ import annotations

__all__ = ["PackageError"]


class PackageError(Exception):
    """Root of all errors of the package manager.

    Attributes:
        hint: what to type or do next, or None.
    """

    def __init__(self, *args: object, hint: str | None = None) -> None:
        super().__init__(*args)
        self.hint = hint
