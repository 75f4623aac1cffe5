"""Errors of files: what was to go to a board, and why it cannot."""

from __future__ import annotations

from belay.exceptions import BelayException, FeatureUnavailableError

__all__ = [
    "CompileError",
    "CompilerError",
    "MpyMismatchError",
    "SyncConflictError",
    "SyncSourceError",
]


class SyncSourceError(BelayException, ValueError):
    """What was to be synced is missing, or is something that cannot be sent."""


class SyncConflictError(BelayException):
    """What shall be on the board, what is there, and what has to stay exclude one another."""


class CompilerError(BelayException):
    """There is no compiler for this board's `.mpy` files, or it could not be run."""


class MpyMismatchError(FeatureUnavailableError):
    """A `.mpy` file, or what a compiler makes, is not what this board loads."""


class CompileError(BelayException, ValueError):
    """The compiler refused a file.

    Attributes:
        path: the file on the host.
        line: the line that it complains about, from 1; None when it names none.
        compiler_text: what it printed, whole.
    """

    def __init__(
        self,
        *args: object,
        path: str = "",
        line: int | None = None,
        compiler_text: str = "",
        hint: str | None = None,
    ) -> None:
        super().__init__(*args, hint=hint)
        self.path = path
        self.line = line
        self.compiler_text = compiler_text
