"""The only printer: data on stdout, words on stderr, colours where a person looks.

Knows streams and colours, and not what is said.
A character that a stream cannot encode is shown as an escape: a message never fails for its own letters.
"""

from __future__ import annotations

import os
import re
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal, TextIO

from belay_pm.command_line.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from belay_pm.command_line.table import Failure

__all__ = [
    "ask",
    "coloured",
    "data",
    "fail",
    "flush",
    "forget_stdout",
    "require_stdout",
    "speak_as",
    "spoken",
    "words",
    "writing",
]

Colour = Literal["green", "red", "yellow", "cyan"]

_CODES: dict[Colour, str] = {"green": "32", "red": "1;31", "yellow": "33", "cyan": "36"}
"""Green for done, red for an error, yellow for a warning, cyan for names and hints."""

_CONTROLS = re.compile(r"(?!\r?\n|\t)[\x00-\x1f\x7f-\x9f]")
"""All but the ends of lines and tabs, which a board's traceback has."""

_COMMAND = re.compile(r"`belay (?=[a-z])")
"""How texts name a command, whichever program they are told by."""

_speaker = ["belay"]
"""The program that was typed, as `speak_as` has it."""


def speak_as(program: str) -> None:
    """Have all that is told from now on name this program's commands, such as `belay-pm`."""
    _speaker[:] = [program]


def spoken(text: str) -> str:
    """Return a text that names the commands of the program that was typed: `belay-pm` may be there alone."""
    return _COMMAND.sub(f"`{_speaker[0]} ", text)


def data(text: str) -> None:
    """Print a line that a program could read.

    Raises:
        OutputError: stdout is closed, or takes nothing more.
        BrokenPipeError: its reader has gone.
    """
    stream = require_stdout()
    with writing():
        _print(text, stream)


def print_json(value: object) -> None:
    """Print a value as JSON, for a program."""
    import json  # noqa: PLC0415 - few commands print it

    data(json.dumps(value, ensure_ascii=False))


def words(text: str) -> None:
    """Print a line for the person at the screen, if there is one."""
    if sys.stderr is None:
        return
    try:
        _print(spoken(text), sys.stderr)
    except OSError:
        return  # whom to tell? the exit code still does


def ask(question: str) -> str | None:
    """Return what somebody types behind a question, without blanks around it; None when nobody is there.

    The question goes to stderr: what a program reads from stdout has none in it.
    """
    if sys.stderr is None or sys.stdin is None:
        return None
    sys.stderr.write(question)
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line.endswith("\n"):
        words("")  # what comes next begins a line of its own
    return line.strip() if line else None


def fail(failure: Failure) -> None:
    """Print what went wrong, an empty line, and what to do next."""
    if failure.message:
        label = f"{coloured(f'{failure.label}:', 'red', sys.stderr)} " if failure.label else ""
        words(label + _tame(failure.message))
    if failure.hint:
        words(f"\n{coloured('hint:', 'cyan', sys.stderr)} {_tame(failure.hint)}")


def _tame(text: str) -> str:
    """Return a text that may be of a stranger or a board with escapes for what a screen would obey."""
    return _CONTROLS.sub(lambda match: repr(match.group())[1:-1], text)


def coloured(text: str, colour: Colour, stream: TextIO | None) -> str:
    """Return the text in a colour, if the stream is a screen that shows colours and nobody objects.

    `FORCE_COLOR` says that it is one, as for Python's own tracebacks and rich; `NO_COLOR` wins.

    Source: https://no-color.org, https://force-color.org, and the `dumb` of terminfo.
    """
    if os.environ.get("NO_COLOR"):
        return text
    if os.environ.get("FORCE_COLOR"):
        return f"\033[{_CODES[colour]}m{text}\033[0m"
    if os.environ.get("TERM") == "dumb":
        return text
    if stream is None or not stream.isatty():
        return text
    if os.name == "nt" and not os.environ.get("WT_SESSION"):
        return text  # the old console of Windows shows the codes as they are
    return f"\033[{_CODES[colour]}m{text}\033[0m"


def flush() -> None:
    """Hand over what was printed, so that a reader that has gone is noticed now and not at the very end.

    Raises:
        OutputError: stdout takes nothing more.
        BrokenPipeError: its reader has gone.
    """
    if sys.stdout is not None:
        with writing():
            sys.stdout.flush()


def require_stdout() -> TextIO:
    """Return stdout.

    Raises:
        OutputError: the program was started without one, as by `>&-`.
    """
    if sys.stdout is None:
        raise OutputError("Nothing can be printed: stdout is closed", hint="run it without `>&-`")
    return sys.stdout


@contextmanager
def writing(name: str = "stdout") -> Iterator[None]:
    """Turn what goes wrong with writing in the block into what is told.

    Raises:
        OutputError: the stream takes nothing more.
        BrokenPipeError: its reader has gone, which is nothing to tell.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"Writing to {name} failed: {error.strerror}") from error


def forget_stdout() -> None:
    """Drop what was printed and cannot be written, so that the interpreter's own last flush does not fail.

    Source: Python documentation, "Note on SIGPIPE" in the chapter on `signal`.
    """
    if sys.stdout is None:
        return
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, sys.stdout.fileno())
    os.close(devnull)


def _print(text: str, stream: TextIO) -> None:
    encoding = stream.encoding or "utf-8"
    print(text.encode(encoding, "backslashreplace").decode(encoding), file=stream, flush=True)
