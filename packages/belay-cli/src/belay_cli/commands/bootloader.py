"""`belay bootloader`: have a board wait for new firmware."""

from __future__ import annotations

from belay_cli.actions.starting import enter_bootloader
from belay_cli.commands.starting import SYNTAX, carry_out

__all__ = ["SYNTAX", "run"]


def run(word: str | None, *, port: str | None, password: str | None) -> None:
    """Send it there."""
    carry_out(enter_bootloader, word, port, password)
