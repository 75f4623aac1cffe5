"""Paths on a board as candidates: the board is asked, if that disturbs nobody.

A board that another program uses, that runs a program, or that does not answer soon has nothing to offer.
One in the network is not asked: connecting may take long, and may end the connection of somebody else.
"""

from __future__ import annotations

import ast
import os
from typing import TYPE_CHECKING

from belay_cli.asking import NotAskedError, ask
from belay_cli.occupants import find_occupants
from belay_cli.targets import find_address, is_board
from belay_pm.command_line.completion.candidates import Candidate
from belay_pm.command_line.completion.files import complete_file
from belay_pm.command_line.errors import CommandError
from belay_transport.address import SerialAddress, SimAddress, UsbAddress, parse_address
from belay_transport.errors import BelayException
from belay_transport.opening import kept_simulated, open_link

if TYPE_CHECKING:
    from collections.abc import Iterator

    from belay_pm.command_line.completion.candidates import Asked

__all__ = ["complete_board_path", "complete_copied", "paths_on"]

_TIMEOUT_S = 2.0
"""A board answers in some hundredths of a second, and a person at a TAB waits."""

_CODE = """\
def _belay_list(p):
 import os
 try:
  for e in os.ilistdir(p):print((e[0],e[1]&16384))
 except AttributeError:
  for e in os.listdir(p):print((e,os.stat(p+'/'+e)[0]&16384))
_belay_list({path!r})
del _belay_list
"""


def complete_board_path(asked: Asked) -> Iterator[Candidate]:
    """Give what is on the board that the words before name; `:` and `/` in front may be left out, or not."""
    return paths_on(_named(asked), asked.word)


def complete_copied(asked: Asked) -> Iterator[Candidate]:
    """Give files of this computer, or of the board behind a `:`."""
    if asked.word.startswith(":"):
        yield from complete_board_path(asked)
        return
    yield from complete_file(asked)
    yield Candidate(":", "on the board")


def paths_on(named: str | None, word: str) -> Iterator[Candidate]:
    """Give what is on a board.

    Args:
        named: the word that names the board, or None.
        word: the path as far as it is typed.
    """
    path = word.removeprefix(":")
    folder = path.rpartition("/")[0]
    above = word[: len(word) - len(path.rpartition("/")[2])]
    try:
        entries = _listed(named, f"/{folder.lstrip('/')}")
    except (BelayException, CommandError, OSError, ValueError, SyntaxError):
        return  # what is wrong is told by the command itself
    for name, is_folder in entries:
        yield Candidate(f"{above}{name}{'/' if is_folder else ''}")


def _named(asked: Asked) -> str | None:
    if "--port" in asked.options:
        return asked.options["--port"]
    if asked.command == "sync" and asked.words and is_board(asked.words[0]):
        return asked.words[0]
    return None


def _listed(named: str | None, folder: str) -> list[tuple[str, bool]]:
    address = parse_address(find_address(named))
    if isinstance(address, UsbAddress):
        address = SerialAddress(address.specifier.to_port())
    if not _may_be_opened(address):
        return []
    link = open_link(address)
    try:
        told = ask(link, _CODE.format(path=folder), timeout_s=_TIMEOUT_S)
    except NotAskedError:
        return []
    finally:
        link.close()
    return [_entry(line) for line in told.splitlines()]


def _may_be_opened(address: object) -> bool:
    if isinstance(address, SimAddress):
        disk = dict(address.pairs).get("disk")
        # Opening one that is not there would make it.
        return (address.name is None or address.name in kept_simulated()) and (
            disk is None or os.path.exists(disk)  # noqa: PTH110 - `pathlib` takes 4 ms
        )
    return (
        isinstance(address, SerialAddress) and "://" not in address.port and not find_occupants(address.port)
    )


def _entry(line: str) -> tuple[str, bool]:
    name, mode = ast.literal_eval(line)
    if not isinstance(name, str) or "/" in name:
        raise ValueError(line)  # no name of a file
    return name, bool(mode)
