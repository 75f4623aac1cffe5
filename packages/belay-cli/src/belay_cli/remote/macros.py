"""Short words that stand for longer ones: those that mpremote has, how a user's own are read and replaced."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, NamedTuple

from .errors import MisfitError, RemoteError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["BUILTIN", "Macro", "expand", "macro_from"]


class Macro(NamedTuple):
    """A short word.

    Attributes:
        parameters: name and default, None where there is none.
        words: what it stands for.
        help: one line.
    """

    parameters: tuple[tuple[str, str | None], ...]
    words: tuple[str, ...]
    help: str = ""


def _restart(function: str) -> tuple[str, ...]:
    return ("exec", "--no-follow", f"import time, machine; time.sleep_ms(100); machine.{function}()")


_PORTS = (("a", "/dev/ttyACM"), ("u", "/dev/ttyUSB"), ("c", "COM"))
_FILES = ("cat", "cp", "ls", "mkdir", "rm", "rmdir", "sha256sum", "touch", "tree")

BUILTIN: dict[str, Macro] = {
    "--help": Macro((), ("help",)),
    "-h": Macro((), ("help",)),
    "--version": Macro((), ("version",)),
    **{
        f"{letter}{number}": Macro(
            (), ("connect", f"{port}{number}"), f'connect to serial port "{port}{number}"'
        )
        for letter, port in _PORTS
        for number in range(4)
    },
    "bootloader": Macro((), _restart("bootloader"), "make the device enter its bootloader"),
    "devs": Macro((), ("connect", "list"), "list available serial ports"),
    **{name: Macro((), ("fs", name)) for name in _FILES},
    "reset": Macro((), _restart("reset"), "hard reset the device"),
}
"""Name -> what it stands for."""


def macro_from(signature: str, value: object) -> tuple[str, Macro]:
    """Return the name and the macro that an entry of a user's `commands` means.

    Args:
        signature: such as "double x=4".
        value: a text, its words, or a table with `command` and `help`.

    Raises:
        RemoteError: it means none.
    """
    name, *parameters = signature.split() or [""]
    text = ""
    if isinstance(value, dict):
        text, value = str(value.get("help", "")), value.get("command")
    if isinstance(value, str):
        words = tuple(shlex.split(value)) if "'" in value or '"' in value else tuple(value.split())
    elif isinstance(value, list | tuple) and all(isinstance(word, str) for word in value):
        words = tuple(value)
    else:
        raise RemoteError(f"the macro '{signature}' is neither a text nor words: {value!r}")
    pairs = []
    for parameter in parameters:
        key, equals, default = parameter.partition("=")
        if not key.isidentifier():
            raise RemoteError(f"the macro '{signature}' has a parameter that is no name: {key!r}")
        pairs.append((key, default if equals else None))
    return name, Macro(tuple(pairs), words, text)


def expand(name: str, rest: list[str], macros: Mapping[str, Macro]) -> list[str]:
    """Return the words that a macro and those behind it stand for.

    Its arguments are set on the board first, by an `exec`.

    Raises:
        MisfitError: an argument is missing, or there is none of that name.
    """
    macro = macros[name]
    given: dict[str, str] = {}
    names = [key for key, _ in macro.parameters]
    rest = list(rest)
    while rest and len(given) < len(names) and rest[0] != "+":
        key, equals, value = rest[0].partition("=")
        if not (equals and key.isidentifier()):
            key, value = next(each for each in names if each not in given), rest[0]
        elif key not in names:
            raise _misfit(name, macro, f"given unexpected argument {key}")
        given[key] = value
        del rest[0]
    for key, default in macro.parameters:
        if key not in given:
            if default is None:
                raise _misfit(name, macro, f"missing argument {key}")
            given[key] = default
    setting = ["exec", ";".join(f"{key}={given[key]}" for key in names), "+"] if names else []
    # What is behind belongs to the last command of the macro, as in `ls :lib`.
    return [*setting, *macro.words, *rest]


def _misfit(name: str, macro: Macro, what: str) -> MisfitError:
    signature = [key if default is None else f"{key}={default}" for key, default in macro.parameters]
    return MisfitError(f"Command {name} {what}; signature is:\n    {' '.join([name, *signature])}")
