"""`belay soft-reset`: start the interpreter of a board anew; `boot.py` and `main.py` run."""

from __future__ import annotations

from belay_cli.actions.starting import soft_reset
from belay_cli.commands.starting import SYNTAX, carry_out

__all__ = ["SYNTAX", "run"]


def run(word: str | None, *, port: str | None, password: str | None) -> None:
    """Reset it."""
    carry_out(soft_reset, word, port, password)
