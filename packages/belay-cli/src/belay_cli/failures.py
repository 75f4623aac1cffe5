"""The one table of how failures are told: message, hint, exit code, for the errors of boards and packages."""

from __future__ import annotations

import re
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
from belay_pm.errors import ArgumentError, PackageError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["RULES"]

_TRUTHS = {"True": 1, "False": 0}
"""`sys.exit(failed)`: a board prints the words, Python means the numbers."""

_SPOKEN = {
    "`belay.list_devices()`, or `belay devices`,": "`belay devices`",
    "`device.fs.copy(…)`": "`belay fs cp`",
    "`device.fs.list()`": "`belay fs ls`",
    "`device.fs.list(PATH)`": "`belay fs ls PATH`",
    "`device.fs.mkdir(PATH, parents=True)`": "`belay fs mkdir --parents PATH`",
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
    "`overwrite=True`": "`--force`",
    "`parents=True, exist_ok=True`": "`--parents`",
    "`parents=True`": "`--parents`",
}
"""What the library has a Python program write -> what a person types."""

_SHAPES = (
    (re.compile(r"\bDevice\((?:'([^']*)'|\"([^\"]*)\")\)"), r"\1\2"),
    (re.compile(r"`UsbSpecifier\([^`]*\)` or (?=`BELAY_DEVICE=)"), ""),
    (re.compile(r"\bUsbSpecifier\(((?:[^()'\"]|'[^']*'|\"[^\"]*\")*)\)"), r"\1"),
    (
        re.compile(r" \(`task\.map`, [^)]*\), or as a file: `device\.fs\..*`$"),
        ", or as a file: `belay fs cp`",
    ),
)
"""How the library shows boards, and calls of a program, in a message or a hint -> what a person reads."""

_BOARD_HINTS = {
    1: "name a file or folder below `/`, the root folder",
    2: "`belay fs tree` shows what is on the board",
    17: "`belay fs ls` shows what stands there",
    20: "a part of the path is a file: `belay fs tree` shows which",
    21: "it is a folder: name a file",
    ("removing", 20): "it is a file: `belay fs rm` removes it",
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


_KINDS: dict[type[BaseException], Callable[[BaseException], Failure | None]] = {
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
    ArgumentError: common.told(common.MISUSE),
    PackageError: common.told(),
}
"""Error class -> how it is told, as the library has it."""


def _for_a_person(
    rule: Callable[[BaseException], Failure | None],
) -> Callable[[BaseException], Failure | None]:
    """Return a rule whose words are those of the command line; what a board's program says stays as it is."""

    def tell(error: BaseException) -> Failure | None:
        failure = rule(error)
        if failure is None:
            return None
        message = _shaped(failure.message) if failure.label else failure.message
        return failure._replace(message=message, hint=failure.hint and _shaped(failure.hint))

    return tell


def _shaped(text: str) -> str:
    for shape, typed in _SHAPES:
        text = shape.sub(typed, text)
    return text


RULES: dict[type[BaseException], Callable[[BaseException], Failure | None]] = {
    kind: _for_a_person(rule) for kind, rule in _KINDS.items()
}
"""Error class -> how it is told; of several that fit, the nearest class."""
