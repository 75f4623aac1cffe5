"""`belay update`: get the packages of a project."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from belay_pm.commands.getting import Offline, Trusted, Variables  # noqa: TC001 - typer reads them

if TYPE_CHECKING:
    from belay_pm.updating import UpdateResult

__all__ = ["app"]

app = typer.Typer(rich_markup_mode=None, add_completion=False)

_DETAILS = """\
What comes lies below `.belay/dependencies/<group>/`, and `belay.lock` says what it was: commit both.
Files that were put there before and belong to no package any more are removed, and nothing else is.
"""


@app.command(epilog=_DETAILS)
def update(
    packages: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PACKAGES]...",
            help="Those to get anew: all others stay as `belay.lock` has them",
            show_default=False,
        ),
    ] = None,
    *,
    locked: Annotated[
        bool, typer.Option("--locked", help="Get exactly what `belay.lock` says, or fail")
    ] = False,
    frozen: Annotated[bool, typer.Option("--frozen", help="The same as `--locked`")] = False,
    offline: Offline = False,
    overwrite_edits: Annotated[
        bool, typer.Option("--overwrite-edits", help="Lose what was changed by hand in the packages")
    ] = False,
    variables: Variables = None,
    trusted: Trusted = None,
) -> None:
    """Get what the project asks for, and all that it needs."""
    from belay_pm.command_line.errors import MisuseError
    from belay_pm.command_line.progress import showing_progress
    from belay_pm.commands.getting import parse_variables, project_here, tell_changes, tell_notes
    from belay_pm.updating import update as do_update

    if (locked or frozen) and packages:
        typed = "--locked" if locked else "--frozen"
        raise MisuseError(
            f"`{typed}` takes all packages as they are locked, and PACKAGES are to be got anew",
            hint="give one of them",
        )
    with showing_progress() as progress:
        result = do_update(
            project_here(),
            packages=packages or (),
            locked=locked or frozen,
            offline=offline,
            overwrite_edits=overwrite_edits,
            variables=parse_variables(variables),
            trusted=trusted or (),
            progress=progress,
        )
    tell_changes(result.changes)
    tell_notes(result)
    _tell_end(result)


def _tell_end(result: UpdateResult) -> None:
    import sys

    from belay_pm.command_line.console import coloured, words
    from belay_pm.commands.getting import counted

    many = counted(len(result.packages), "package")
    laid = result.laid
    if not laid.changed:
        words(coloured(f"{many} up to date", "green", sys.stderr))
        return
    words(
        coloured(
            f"{many}: {counted(len(laid.written), 'file')} written, {len(laid.removed)} removed",
            "green",
            sys.stderr,
        )
    )
