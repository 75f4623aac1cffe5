"""`belay bundle`: as `belay-pm bundle`, and what is not compiled is minified."""

from __future__ import annotations

from typing import Annotated

import typer

from belay_pm.commands.bundle import (
    DETAILS,
    Arch,
    Binary,
    Force,
    Format,
    Main,
    Mpy,
    Opt,
    Output,
    With,
    bundle_project,
)

__all__ = ["app"]

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command(epilog=DETAILS)
def bundle(
    output: Output,
    *,
    groups: With = None,
    main: Main = None,
    mpy: Mpy = False,
    opt: Opt = None,
    arch: Arch = None,
    binary: Binary = None,
    kind: Format = None,
    force: Force = False,
    no_minify: Annotated[
        bool, typer.Option("--no-minify", help="Leave Python as it is, comments and all")
    ] = False,
) -> None:
    """Write everything that a board gets of the project."""
    from belay import minify

    bundle_project(
        output,
        groups=groups,
        main=main,
        mpy=mpy,
        opt=opt,
        arch=arch,
        binary=binary,
        kind=kind,
        force=force,
        minify=None if no_minify else lambda code: minify(code, is_file=True),
    )
