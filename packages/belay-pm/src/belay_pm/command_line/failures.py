"""How failures that any program can have are told: misuse, Ctrl-C, a reader that has gone.

The texts are those of the errors; this room knows labels and exit codes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from belay_pm.command_line import console
from belay_pm.command_line.errors import CommandError, MisuseError
from belay_pm.command_line.group import WordsError
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


def _wrong_words(error: Any) -> Failure:  # Any: a `WordsError`, whose class typer keeps to itself
    """Tell what typer says of words that make no sense, and how they are written."""
    hint = None
    if error.ctx is not None:
        usage = " ".join([error.ctx.command_path, *error.ctx.command.collect_usage_pieces(error.ctx)])
        hint = f"write it as in `{usage}`"
        if getattr(error, "possibilities", True) in ([], None):  # an option that resembles none may be none
            hint += ", with `--` in front of a word that begins with a dash"
    return Failure(MISUSE, error.format_message().rstrip("."), hint)


def _interrupted(_: BaseException) -> Failure:
    return Failure(INTERRUPTED, "interrupted", label="")


def _reader_gone(_: BaseException) -> Failure:
    # `belay … | head` has seen enough; nobody is there to be told.
    console.forget_stdout()
    return Failure(FAILED)


RULES: dict[type[BaseException], Callable[[BaseException], Failure]] = {
    CommandError: told(),
    MisuseError: told(MISUSE),
    WordsError: _wrong_words,
    typer.Abort: _interrupted,  # Ctrl-C at a question of typer's
    KeyboardInterrupt: _interrupted,
    BrokenPipeError: _reader_gone,
}
"""Error class -> how it is told."""
