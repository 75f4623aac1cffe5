"""`belay outdated`: what `belay update` would change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay_pm.command_line.syntax import Option, Syntax
from belay_pm.commands.options import OFFLINE, TRUSTED, VARIABLES

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["SYNTAX", "run"]

SYNTAX = Syntax(
    options=(
        Option("as_json", ("--json",), "", "Print a JSON array of objects"),
        OFFLINE,
        VARIABLES,
        TRUSTED,
    ),
    details="The cache may get new packages; nothing else is written.",
)

_NONE = "-"


def run(*, as_json: bool, offline: bool, variables: Sequence[str], trusted: Sequence[str]) -> None:
    """List them, as a table or as JSON."""
    from belay_pm.command_line.console import data, print_json, words
    from belay_pm.command_line.tables import table
    from belay_pm.commands.getting import means_of, project_here
    from belay_pm.updating import outdated

    with means_of(offline=offline, variables=variables, trusted=trusted) as means:
        changes = outdated(project_here(), **means)
    if as_json:
        print_json([change._asdict() for change in changes])
    elif changes:
        rows = [(name, before or _NONE, after or _NONE) for name, before, after in changes]
        data(table(("NAME", "LOCKED", "NEW"), rows))
    else:
        words("Everything is up to date")
