"""`belay lock`: bring the lock up to date."""

from __future__ import annotations

import typer

from belay_pm.commands.getting import Offline, Trusted, Variables  # noqa: TC001 - typer reads them

__all__ = ["app"]

app = typer.Typer(rich_markup_mode=None, add_completion=False)

_DETAILS = """\
What the lock has already stays as it is, as long as that suits `pyproject.toml`;
`belay update` gets what is new.
No package is laid: `belay update --locked` does that.
"""


@app.command(epilog=_DETAILS)
def lock(*, offline: Offline = False, variables: Variables = None, trusted: Trusted = None) -> None:
    """Bring `belay.lock` up to date, with as few changes as possible."""
    import sys

    from belay_pm.command_line.console import coloured, words
    from belay_pm.command_line.progress import showing_progress
    from belay_pm.commands.getting import (
        counted,
        parse_variables,
        project_here,
        tell_changes,
        tell_notes,
    )
    from belay_pm.updating import lock as do_lock

    with showing_progress() as progress:
        result = do_lock(
            project_here(),
            offline=offline,
            variables=parse_variables(variables),
            trusted=trusted or (),
            progress=progress,
        )
    tell_changes(result.changes)
    tell_notes(result)
    many = counted(len(result.packages), "package")
    said = f"{many} locked" if result.laid.lock_written else f"{many} locked already"
    words(coloured(said, "green", sys.stderr))
