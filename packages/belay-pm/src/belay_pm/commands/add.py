"""`belay add`: add a dependency to the project, and get it."""

from __future__ import annotations

from typing import Annotated

import typer

from belay_pm.commands.typed_options import Level, NoUpdate, Offline  # noqa: TC001 - typer reads them

__all__ = ["app"]

app = typer.Typer(rich_markup_mode=None, add_completion=False)

_DETAILS = """\
One word is a source, whose name is told from it: a path (`./x`), a link, `github:o/r/x@v1`, a git URL, or a
package of the index (`pathlib`, `aioble@^1.0`). Two words are NAME and source.
It is got at once; when that fails, `pyproject.toml` is as it was.
"""


@app.command(epilog=_DETAILS)
def add(
    words: Annotated[
        list[str],
        typer.Argument(metavar="[NAME] SOURCE", help="What to add, and where it is", show_default=False),
    ],
    *,
    group: Annotated[
        str, typer.Option("-g", "--group", metavar="GROUP", help="The group it is for")
    ] = "main",
    develop: Annotated[bool, typer.Option("--develop", help="Use a local source where it lies")] = False,
    rename_to_init: Annotated[
        bool,
        typer.Option(help="A lone module becomes the `__init__` of its package"),
    ] = True,
    opt: Level = None,
    offline: Offline = False,
    no_update: NoUpdate = False,
) -> None:
    """Add a dependency to `pyproject.toml`, and get it."""
    from pathlib import Path

    from belay_pm.command_line import console
    from belay_pm.command_line.errors import MisuseError
    from belay_pm.commands.getting import means_of, tell_changes, tell_notes
    from belay_pm.editing import add_dependency, undo
    from belay_pm.project import find_project
    from belay_pm.updating import update

    if len(words) > 2:  # noqa: PLR2004 - NAME and SOURCE
        raise MisuseError(
            "more than NAME and SOURCE are given", hint="add one after the other, and put blanks in quotes"
        )
    here = Path.cwd()
    added = add_dependency(
        find_project(here),
        tuple(words),
        group=group,
        develop=develop,
        rename_to_init=rename_to_init,
        opt=opt,
        here=here,
    )
    is_new = ", which is new" if added.made_group else ""
    said = f"`{added.name}` is `{added.value}` in the group `{group}`{is_new}"
    if no_update:
        console.words(said)
        return
    try:
        with means_of(offline=offline) as means:
            result = update(added.project, packages=(added.name,), **means)
    except BaseException:  # also Ctrl-C: a dependency that was not got is not added
        undo(added)
        raise
    console.words(said)
    tell_changes(result.changes)
    tell_notes(result)
