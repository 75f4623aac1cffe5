"""What can be wrong with a command before, or apart from, what it does."""

from __future__ import annotations

__all__ = ["CommandError", "MisuseError", "OutputError", "ProgramEndedError"]


class CommandError(Exception):
    """A command cannot do what was asked for.

    Attributes:
        hint: what to type or do next, or None.
    """

    def __init__(self, *args: object, hint: str | None = None) -> None:
        super().__init__(*args)
        self.hint = hint


class MisuseError(CommandError):
    """The words make no sense as they stand: nothing was attempted."""


class OutputError(CommandError):
    """What a command prints cannot be written, and somebody may still be there to be told."""


class ProgramEndedError(CommandError):
    """A program that the command has run ended with a code other than 0, and has said why itself.

    Attributes:
        exit_code: the code.
    """

    def __init__(self, exit_code: int) -> None:
        super().__init__(f"the program ended with exit code {exit_code}")
        self.exit_code = exit_code
