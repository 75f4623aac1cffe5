"""What the commands share that start a board anew: their words, and how they are carried out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay_cli.targets import ABOUT_PORT, PASSWORD, PORT, named_once
from belay_pm.command_line.syntax import Argument, Syntax

if TYPE_CHECKING:
    from collections.abc import Callable

    from belay import Device

__all__ = ["SYNTAX", "carry_out"]

SYNTAX = Syntax(
    Argument("word", "PORT", "The board's address or alias"),
    options=(PORT, PASSWORD),
    details=ABOUT_PORT,
)


def carry_out(
    action: Callable[[Device], None], word: str | None, port: str | None, password: str | None
) -> None:
    """Connect, and do it."""
    named = named_once(word, port)

    from belay_cli.boards import connected

    with connected(named, password=password, startup="") as device:
        action(device)
