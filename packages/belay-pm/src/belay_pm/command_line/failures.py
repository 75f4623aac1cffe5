"""How failures that any program can have are told: misuse, Ctrl-C, a reader that has gone.

The texts are those of the errors; this room knows labels and exit codes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from belay_pm.command_line import console
from belay_pm.command_line.errors import CommandError, MisuseError, OutputError, ProgramEndedError
from belay_pm.command_line.refusals import refusal, refusal_hint
from belay_pm.command_line.table import Failure

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["DONE", "FAILED", "INTERRUPTED", "MISUSE", "READER_GONE", "RULES", "Rules", "failure_for", "told"]

Rules: TypeAlias = "Mapping[type[BaseException], Callable[[BaseException], Failure | None]]"
"""Error class -> how it is told; None for a defect, whose traceback is wanted."""

DONE = 0
FAILED = 1
MISUSE = 2
INTERRUPTED = 130  # 128 and the number of SIGINT, as a shell has it
READER_GONE = 141  # the same of SIGPIPE, which ends programs that are not Python there


def failure_for(rules: Rules, error: BaseException) -> Failure | None:
    """Return how an error is told, by the nearest class that fits; None for a defect."""
    rule = next((rules[each] for each in type(error).__mro__ if each in rules), None)
    return None if rule is None else rule(error)


def told(exit_code: int = FAILED) -> Callable[[BaseException], Failure]:
    """Return the rule for errors whose text says everything, with their `hint`.

    One that has none, and tells of what this computer refused, gets what helps against that.
    """

    def rule(error: BaseException) -> Failure:
        return Failure(exit_code, str(error), getattr(error, "hint", None) or refusal_hint(error.__cause__))

    return rule


def _refused(error: BaseException) -> Failure | None:
    """Tell of what this computer refuses where nobody expects it, such as a name that is too long."""
    assert isinstance(error, OSError)
    message = refusal(error)
    return None if message is None else Failure(FAILED, message, refusal_hint(error))


def _interrupted(_: BaseException) -> Failure:
    return Failure(INTERRUPTED, "interrupted", label="")


def _reader_gone(_: BaseException) -> Failure:
    # `belay … | head` has seen enough; nobody is there to be told.
    console.forget_stdout()
    return Failure(READER_GONE)


def _unwritten(error: BaseException) -> Failure:
    console.forget_stdout()
    return told()(error)


def _program_ended(error: BaseException) -> Failure:
    assert isinstance(error, ProgramEndedError)
    return Failure(error.exit_code)


RULES: dict[type[BaseException], Callable[[BaseException], Failure | None]] = {
    CommandError: told(),
    MisuseError: told(MISUSE),
    ProgramEndedError: _program_ended,
    KeyboardInterrupt: _interrupted,
    OutputError: _unwritten,
    BrokenPipeError: _reader_gone,
    OSError: _refused,
}
"""Error class -> how it is told."""
