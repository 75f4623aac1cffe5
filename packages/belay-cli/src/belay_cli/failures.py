"""The one table of how failures are told: message, hint, exit code, for the errors of boards and packages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay.exceptions import (
    AddressError,
    BelayException,
    BoardException,
    BoardSystemExit,
    CallTimeout,
    ConnectionLost,
    NotBelayResponseError,
    RomError,
    RomIncompleteError,
    TransferError,
    UnreturnableValueError,
)
from belay_cli.boards import EndedError
from belay_pm.command_line import failures as common
from belay_pm.command_line.refusals import refusal_hint
from belay_pm.command_line.table import Failure
from belay_pm.errors import PackageError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["RULES"]

_TRUTHS = {"True": 1, "False": 0}
"""`sys.exit(failed)`: a board prints the words, Python means the numbers."""

_SPOKEN = {
    "`device.fs.copy(…)`": "`belay fs cp`",
    "`device.fs.list()`": "`belay fs ls`",
    "`device.fs.remove(PATH)`": "`belay fs rm PATH`",
    "`device.fs.remove(PATH, recursive=True)`": "`belay fs rm -r PATH`",
    "`device.fs.remove(…)`": "`belay fs rm`",
    "`device.fs.usage()`": "`belay fs du`",
    "`device.fs.usage(PATH)`": "`belay fs du PATH`",
    "`device.sync(folder)`": "`belay sync FOLDER`",
    "`dst=`": "`--dst`",
    "`ignore=`": "`--ignore`",
    "`mpy=True`": "`--mpy`",
    "`mpy_cross_binary=`": "`--mpy-cross-binary`",
    '`keep=["data", "settings.json"]`': "`--keep data --keep settings.json`",
    '`"."`': "`.`",
    "`at` must": "`--at` must",
    "`dst`": "`--dst`",
    "`ignore`": "`--ignore`",
    "`keep`": "`--keep`",
    "dst is `": "`--dst` is `",
    "mpy_cross_binary is `": "`--mpy-cross-binary` is `",
}
"""What the library has a Python program write -> what a person types."""

_BOARD_HINTS = {
    1: "name a file or folder below `/`, the root folder",
    2: "`belay fs tree` shows what is on the board",
    17: "`belay fs ls` shows what stands there",
    20: "a part of the path is a file: `belay fs tree` shows which",
    21: "it is a folder: name a file",
    ("making", 2): "`belay fs mkdir --parents` makes those above, too",
    ("making", 17): "`belay fs mkdir --parents` takes one that is there",
    ("measuring", 20): "it is a file: `belay fs ls` shows its bytes",
    ("removing", 20): "it is a file: `belay fs rm` removes it",
    ("renaming", 17): "`belay fs mv --force` takes the place of a file",
    ("writing", 2): "`belay fs mkdir --parents` makes the folder that it goes into",
}
"""What helps where a file of a board was meant, by errno, which is the same on every board; first of all by
what was attempted."""


def _spoken(text: str) -> str:
    """Return a text of the library in the words of the command line."""
    for program, typed in _SPOKEN.items():
        text = text.replace(program, typed)
    return text


def _hint(error: BaseException) -> str | None:
    """Return an error's hint in the words of the command line."""
    hint: str | None = getattr(error, "hint", None)
    return None if hint is None else _spoken(hint)


_AGAIN = {
    NotBelayResponseError: "`belay soft-reset` starts the interpreter of the board anew; then try it again",
    TransferError: "run the command again: each file of the board is whole or as it was",
}
"""What helps where the board, or the wire, did something odd, and nobody knows more."""


def _library(error: BaseException) -> Failure:
    again = next((_AGAIN[each] for each in type(error).__mro__ if each in _AGAIN), None)
    hint = _hint(error) or refusal_hint(error.__cause__) or again
    return Failure(common.FAILED, _spoken(str(error)), hint)


def _board_exception(error: BaseException) -> Failure:
    """Tell of a program on the board that raised: its traceback is the message, as Python's own would be.

    What was done there for a command, such as looking for a file, is told in a sentence, as an error.
    """
    assert isinstance(error, BoardException)
    text = str(error.args[0]).rstrip("\n")
    if text.startswith("Traceback "):
        return Failure(common.FAILED, text, _hint(error), label="")
    number = (error.errno if isinstance(error, OSError) else None) or 0
    helpful = _BOARD_HINTS.get((text.partition(" ")[0], number)) or _BOARD_HINTS.get(number)
    return Failure(common.FAILED, text, _hint(error) or helpful)


def _board_exit(error: BaseException) -> Failure:
    """Tell of a program on the board that ended itself: as the interpreter does on the host.

    Source: Python library reference, `sys.exit`.
    """
    assert isinstance(error, BoardSystemExit)
    code = error.code
    if isinstance(code, str) and code not in _TRUTHS:
        return Failure(common.FAILED, code, label="")
    return Failure(_TRUTHS[code] if isinstance(code, str) else code or common.DONE)


def _with_hint(hint: str) -> Callable[[BaseException], Failure]:
    """Return the rule for errors whose own hint is for a Python program."""
    return lambda error: Failure(common.FAILED, str(error), hint)


def _ended(error: BaseException) -> Failure:
    assert isinstance(error, EndedError)
    return Failure(128 + error.signal_number)


RULES: dict[type[BaseException], Callable[[BaseException], Failure | None]] = {
    **common.RULES,
    BelayException: _library,
    AddressError: common.told(common.MISUSE),
    CallTimeout: _with_hint("give it more time with `--timeout SECONDS`"),
    ConnectionLost: _with_hint("look whether the board is there, and run the command again"),
    RomError: _with_hint("`belay romfs query` shows how large its partitions are"),
    RomIncompleteError: _with_hint(
        "look whether the board is there, and run the command again; its other files are as they were"
    ),
    UnreturnableValueError: _with_hint(
        "`belay exec` runs code whose value does not matter, or that prints it"
    ),
    BoardException: _board_exception,
    BoardSystemExit: _board_exit,
    EndedError: _ended,
    PackageError: common.told(),
}
"""Error class -> how it is told; of several that fit, the nearest class."""
