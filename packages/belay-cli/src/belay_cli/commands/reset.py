"""`belay reset`: start a board anew, as its reset button does."""

from __future__ import annotations

from belay_cli.actions.starting import reset
from belay_cli.commands.starting import SYNTAX, carry_out

__all__ = ["SYNTAX", "run"]


def run(word: str | None, *, port: str | None, password: str | None) -> None:
    """Reset it."""
    carry_out(reset, word, port, password)
