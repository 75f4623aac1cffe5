"""How a chain ends before its time: what mpremote would say, and its exit code."""

from __future__ import annotations

__all__ = ["FAILED", "MISUSE", "RemoteError", "UsageError"]

FAILED = 1
MISUSE = 2


class RemoteError(Exception):
    """A command that cannot be done; the chain ends here.

    Attributes:
        exit_code: of the process.
        label: what stands before the message.
    """

    exit_code = FAILED
    label = "mpremote: "


class UsageError(RemoteError):
    """Words that make no command; the message holds the command's usage line."""

    exit_code = MISUSE
    label = ""
