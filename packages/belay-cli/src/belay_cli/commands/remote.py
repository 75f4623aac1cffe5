"""`belay remote`: mpremote's commands. Its words are read by a grammar of their own, see `belay_cli.app`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay_pm.command_line.syntax import Argument, Syntax

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["SYNTAX", "run"]

SYNTAX = Syntax(
    Argument("words", "[COMMAND]...", "As behind `mpremote`", several=True),
    details="`belay remote help` lists the commands.",
)


def run(words: Sequence[str]) -> None:
    """Do what the words say; only a program that calls this by itself comes here."""
    from belay_cli.remote.program import run_remote

    raise SystemExit(run_remote(list(words)))
