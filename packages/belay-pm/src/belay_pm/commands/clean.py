"""`belay clean`: remove what the project does not ask for any more."""

from __future__ import annotations

from belay_pm.command_line.syntax import Option, Syntax

__all__ = ["SYNTAX", "run"]

_DETAILS = """\
Only files that `belay update` put there are removed, and folders that become empty by that.
`belay update` ends with this; `clean` alone asks nobody and gets nothing.
"""

SYNTAX = Syntax(
    options=(Option("overwrite_edits", ("--overwrite-edits",), "", "Also remove what was changed by hand"),),
    details=_DETAILS,
)


def run(*, overwrite_edits: bool) -> None:
    """Remove it, and tell what."""
    from belay_pm.command_line.console import words
    from belay_pm.command_line.counting import counted
    from belay_pm.commands.getting import project_here
    from belay_pm.updating import clean

    laid = clean(project_here(), overwrite_edits=overwrite_edits)
    for path in laid.removed:
        words(f"Removed `{path}`")
    words(f"{counted(len(laid.removed), 'file')} removed" if laid.removed else "There is nothing to remove")
