"""`belay lock`: bring the lock up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay_pm.command_line.syntax import Syntax
from belay_pm.commands.options import OFFLINE, TRUSTED, VARIABLES

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["SYNTAX", "run"]

_DETAILS = """\
What the lock has already stays as it is, as long as that suits `pyproject.toml`;
`belay update` gets what is new.
No package is laid: `belay update --locked` does that.
"""

SYNTAX = Syntax(options=(OFFLINE, VARIABLES, TRUSTED), details=_DETAILS)


def run(*, offline: bool, variables: Sequence[str], trusted: Sequence[str]) -> None:
    """Lock, and tell what is another now."""
    import sys

    from belay_pm.command_line.console import coloured, words
    from belay_pm.command_line.counting import counted
    from belay_pm.commands.getting import means_of, project_here, tell_changes, tell_notes
    from belay_pm.updating import lock

    with means_of(offline=offline, variables=variables, trusted=trusted) as means:
        result = lock(project_here(), **means)
    tell_changes(result.changes)
    tell_notes(result)
    many = counted(len(result.packages), "package")
    said = f"{many} locked" if result.laid.lock_written else f"{many} locked already"
    words(coloured(said, "green", sys.stderr))
