"""Which board a command means: the one that is named, the environment's, the project's, the only one.

Knows in which order these are asked. Opens no board, and reads no file itself.
The order: PORT or `--port`; `BELAY_DEVICE`; `[tool.belay] device` of the project; the only board.
Each of them may be an address or an alias, a name from the user's settings.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from belay_cli import settings
from belay_pm.command_line.errors import MisuseError
from belay_pm.command_line.syntax import Option
from belay_transport.address import looks_like_address, parse_address
from belay_transport.errors import (
    AddressError,
    ConnectionFailedError,
    DeviceNotFoundError,
    InsufficientSpecifierError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = [
    "ABOUT_PORT",
    "PASSWORD",
    "PORT",
    "TIMEOUT",
    "find_address",
    "is_board",
    "named_once",
    "source_told",
    "split_port",
]


_MOST_SECONDS = 2_000_000
"""As for `belay.Device`; without the option, code may run for ever."""


def _seconds(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise ValueError(f"a number of seconds above 0 is meant, such as `2.5`, not `{text}`")
    if number > _MOST_SECONDS:
        raise ValueError(f"at most {_MOST_SECONDS} seconds are meant, which are 23 days, not `{text}`")
    return number


PORT = Option("port", ("-p", "--port"), "PORT", "The board's address or alias")
PASSWORD = Option("password", ("--password",), "TEXT", "For boards that ask for one")
TIMEOUT = Option(
    "timeout_s", ("--timeout",), "SECONDS", "Interrupt the code when it takes longer", parse=_seconds
)

ABOUT_PORT = """\
An address is a serial port (`/dev/ttyACM0`, `COM3`), `sim:` for a simulated board, or a URL.
Without one, the board is what `BELAY_DEVICE` says, else `device` under `[tool.belay]` in the
`pyproject.toml` of the project that you are in, else the only board plugged in."""
"""For the help of those commands."""


def split_port(words: Sequence[str], port: str | None, *, other: str) -> tuple[str | None, str]:
    """Return what names the board, if anything does, and the other word.

    Args:
        words: those that are no options, at least one.
        port: what `--port` names, or None.
        other: what the help calls the word beside PORT, some Python.

    Raises:
        MisuseError: the board is named twice, or nothing else is; there are more words than two.
    """
    if words[2:]:
        raise MisuseError(
            f"{len(words)} words are given, and the command takes at most 2",
            hint="put quotes around a word that has blanks in it",
        )
    if len(words) == 1:
        (word,) = words
        if looks_like_address(word) and not _is_python(word):
            raise MisuseError(f"`{other}` is missing", hint=f"write it behind PORT: `{word} '6 * 7'`")
        return port, word
    return named_once(words[0], port), words[1]


def named_once(word: str | None, port: str | None) -> str | None:
    """Return what names the board, PORT or `--port`, if one of them does.

    Raises:
        MisuseError: both do.
    """
    if word is not None and port is not None:
        raise MisuseError(
            f"The board is named twice: `{word}` and `--port {port}`", hint="leave one of them out"
        )
    return port if word is None else word


def is_board(word: str) -> bool:
    """Tell whether a word that may be a script means a board: an address, or an alias that is no file."""
    return looks_like_address(word) or (not os.path.lexists(word) and word in settings.alias_names())


def find_address(named: str | None) -> str | None:
    """Return the address of the board that is meant; None for the only one.

    Args:
        named: the word that names it, or None.

    Raises:
        AddressError: it is neither an address nor an alias; an alias stands for something that is none.
        CommandError: a file of settings cannot be read.
    """
    if named is not None:
        return _resolve(named)
    source, said = _said_elsewhere()
    if said is None:
        return None
    try:
        return _resolve(said)
    except AddressError as error:
        raise AddressError(f"{source}: {error}", hint=error.hint) from error


@contextmanager
def source_told(named: str | None) -> Iterator[None]:
    """Make what goes wrong in the block with a board that no word names say who named it."""
    try:
        yield
    except (AddressError, ConnectionFailedError, DeviceNotFoundError, InsufficientSpecifierError) as error:
        source, said = _said_elsewhere()
        if named is not None or said is None:
            raise
        raise type(error)(f"{source}: {error}", hint=error.hint) from error


def _said_elsewhere() -> tuple[str, str | None]:
    """Return where a board is named that no word names, and what stands there."""
    said = os.environ.get("BELAY_DEVICE", "").strip()
    if said:
        return "The environment variable `BELAY_DEVICE`", said
    return settings.project_device()


def _is_python(text: str) -> bool:
    try:
        compile(text, "<word>", "exec")
    except (SyntaxError, ValueError):
        return False
    return True


def _resolve(text: str) -> str:
    if looks_like_address(text) or "/" in text:
        parse_address(text)  # for its error, which says what is wrong
        return text
    names = settings.alias_names()
    if text in names:
        address = settings.alias(text)
        try:
            parse_address(address)
        except AddressError as error:
            raise AddressError(f"The alias `{text}`: {error}", hint=error.hint) from error
        return address
    try:
        parse_address(text)
    except AddressError as error:
        raise AddressError(str(error), hint=_nearest_alias(text, names) or error.hint) from error
    return text


def _nearest_alias(text: str, names: list[str]) -> str | None:
    import difflib  # noqa: PLC0415 - only an error needs it

    near = difflib.get_close_matches(text, names, n=1)
    return f"did you mean `{near[0]}`?" if near else None
