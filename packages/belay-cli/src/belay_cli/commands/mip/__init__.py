"""`belay mip`: packages on a board, without a project. The commands are in the rooms beside."""

from __future__ import annotations

from belay_cli.commands.mip.installing import SOURCES, install
from belay_cli.commands.mip.listing import list_packages, remove
from belay_cli.targets import ABOUT_PORT
from belay_pm.command_line.group import command_group

__all__ = ["app"]

app = command_group()

app.command(epilog=f"{SOURCES}\n{ABOUT_PORT}")(install)
app.command("list", epilog=ABOUT_PORT)(list_packages)
app.command(epilog=ABOUT_PORT)(remove)
