"""How failures that any program can have are told: misuse, Ctrl-C, a reader that has gone.

The texts are those of the errors; this room knows labels and exit codes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay_pm.command_line import console
from belay_pm.command_line.errors import CommandError, MisuseError
from belay_pm.command_line.table import Failure

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["DONE", "FAILED", "INTERRUPTED", "MISUSE", "RULES", "told"]

DONE = 0
FAILED = 1
MISUSE = 2
INTERRUPTED = 130  # 128 and the number of SIGINT, as a shell has it


def told(exit_code: int = FAILED) -> Callable[[BaseException], Failure]:
    """Return the rule for errors whose text says everything, with their `hint`."""

    def rule(error: BaseException) -> Failure:
        return Failure(exit_code, str(error), getattr(error, "hint", None))

    return rule


def _reader_gone(_: BaseException) -> Failure:
    # `belay … | head` has seen enough; nobody is there to be told.
    console.forget_stdout()
    return Failure(FAILED)


RULES: dict[type[BaseException], Callable[[BaseException], Failure]] = {
    CommandError: told(),
    MisuseError: told(MISUSE),
    KeyboardInterrupt: lambda _: Failure(INTERRUPTED, "interrupted", label=""),
    BrokenPipeError: _reader_gone,
}
"""Error class -> how it is told."""
