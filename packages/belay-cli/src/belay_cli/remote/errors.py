"""How a chain ends before its time: what mpremote would say, and its exit code."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["FAILED", "MISUSE", "MisfitError", "RemoteError", "UsageError", "told"]

FAILED = 1
MISUSE = 2

_SAID = {
    1: "Operation not permitted",
    2: "No such file or directory",
    13: "Permission denied",
    17: "File exists",
    20: "Not a directory",
    21: "Is a directory",
    22: "Invalid argument",
    28: "No space left on device",
    30: "Read-only file system",
    39: "Directory not empty",
}
"""A board's numbers are Linux's, whatever system runs this."""


class RemoteError(Exception):
    """A command that cannot be done; the chain ends here.

    Attributes:
        exit_code: of the process.
        label: what stands before the message.
        is_data: whether mpremote tells it on stdout.
    """

    exit_code = FAILED
    label = "mpremote: "
    is_data = False


class UsageError(RemoteError):
    """Words that make no command; the message holds the command's usage line."""

    exit_code = MISUSE
    label = ""


class MisfitError(RemoteError):
    """Words that a macro cannot take; the message holds its signature."""

    label = ""
    is_data = True


@contextmanager
def told(command: str, path: str) -> Iterator[None]:
    """Tell of what fails inside as mpremote does of a file: command, path and what the system says.

    Raises:
        RemoteError: it did not work.
        ConnectionLost: the board is gone, which is no fault of the file.
    """
    from belay.exceptions import BelayException, ConnectionLost  # noqa: PLC0415 - loads with the device

    try:
        yield
    except ConnectionLost:
        raise
    except OSError as error:
        number = error.errno
        if number is None:
            number = 2 if isinstance(error, FileNotFoundError) else None
        said = _SAID.get(number or 0) or (os.strerror(number) if number is not None else str(error))
        raise RemoteError(f"{command}: {path}: {said}.") from error
    except BelayException as error:
        raise RemoteError(f"{command}: {path}: {error}") from error
