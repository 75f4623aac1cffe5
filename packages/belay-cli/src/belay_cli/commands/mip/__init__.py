"""`belay mip`: packages on a board, without a project. The commands are in the rooms beside."""

from __future__ import annotations

from belay_cli.commands.mip.installing import SOURCES, install
from belay_cli.commands.mip.listing import list_packages, remove
from belay_pm.command_line.group import command_group

__all__ = ["app"]

app = command_group()

app.command(epilog=SOURCES)(install)
app.command("list")(list_packages)
app.command()(remove)
