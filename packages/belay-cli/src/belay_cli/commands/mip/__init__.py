"""`belay mip`: packages on a board, without a project. The commands are in the rooms beside."""

from __future__ import annotations

import typer

from belay_cli.commands.mip.installing import SOURCES, install
from belay_cli.commands.mip.listing import list_packages, remove
from belay_pm.command_line.group import NearGroup

__all__ = ["app"]

app = typer.Typer(cls=NearGroup, rich_markup_mode=None, add_completion=False, no_args_is_help=True)

app.command(epilog=SOURCES)(install)
app.command("list")(list_packages)
app.command()(remove)
