"""`belay outdated`: what `belay update` would change."""

from __future__ import annotations

from typing import Annotated

import typer

from belay_pm.commands.getting import Offline, Trusted, Variables  # noqa: TC001 - typer reads them

__all__ = ["app"]

app = typer.Typer(rich_markup_mode=None, add_completion=False)

_NONE = "-"


@app.command(epilog="The cache may get new packages; nothing else is written.")
def outdated(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON array of objects")] = False,
    offline: Offline = False,
    variables: Variables = None,
    trusted: Trusted = None,
) -> None:
    """List what `update` would change."""
    from belay_pm.command_line.console import data, words
    from belay_pm.command_line.progress import showing_progress
    from belay_pm.command_line.tables import table
    from belay_pm.commands.getting import parse_variables, project_here
    from belay_pm.updating import outdated as find_outdated

    with showing_progress() as progress:
        changes = find_outdated(
            project_here(),
            offline=offline,
            variables=parse_variables(variables),
            trusted=trusted or (),
            progress=progress,
        )
    if as_json:
        import json

        data(json.dumps([change._asdict() for change in changes], ensure_ascii=False))
    elif changes:
        rows = [(name, before or _NONE, after or _NONE) for name, before, after in changes]
        data(table(("NAME", "LOCKED", "NEW"), rows))
    else:
        words("Everything is up to date")
