"""A shell's question, in the environment -> the answer, on stdout.

Whatever goes wrong is an answer without candidates: a shell that completes has no place for a message.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from belay_pm.command_line.table import Program

__all__ = ["answer"]


def answer(program: Program) -> bool:
    """Answer the question of a shell, and return True; False when there is none."""
    variable = f"_{program.name.replace('-', '_').upper()}_COMPLETE"
    shell = os.environ.get(variable)
    if not shell:
        return False
    from belay_pm.command_line.completion.shells import ESCAPES, FORMATS  # noqa: PLC0415 - seldom needed

    if shell not in FORMATS:
        return False
    lines = ["words"]
    # A question must not be passed on to a program that is started for the answer.
    text = os.environ.pop(f"{variable}_LINE", "")
    breaks = os.environ.pop(f"{variable}_BREAKS", "")
    del os.environ[variable]
    try:
        from belay_pm.command_line.completion.finding import find_candidates  # noqa: PLC0415 - as above
        from belay_pm.command_line.completion.line import read_line  # noqa: PLC0415 - as above

        line = read_line(text, escape=ESCAPES[shell], breaks=breaks)
        if line.raw.startswith(("~", "$")):
            lines = ["files"]  # only the shell knows what they stand for
        else:
            lines += FORMATS[shell](find_candidates(program, _behind_name(line.words), line.word), line)
    except (Exception, KeyboardInterrupt):  # noqa: BLE001 - see the module's docstring
        lines = ["words"]
    _print(lines)
    return True


def _behind_name(words: list[str]) -> list[str]:
    """Return the words behind the program's name, in front of which a shell may set variables."""
    while words and "=" in words[0]:
        words = words[1:]
    return words[1:]


def _print(lines: list[str]) -> None:
    if sys.stdout is None:
        return
    try:
        sys.stdout.buffer.write("".join(f"{line}\n" for line in lines).encode(errors="surrogateescape"))
        sys.stdout.buffer.flush()
    except OSError:
        return  # the shell has gone
