"""`belay fs`: the files of a board. The commands are in the rooms beside, by what they do to them."""

from __future__ import annotations

from belay_cli.commands.fs.changing import mkdir, mv, rm, rmdir, touch
from belay_cli.commands.fs.copying import cp
from belay_cli.commands.fs.looking import cat, df, du, ls, sha256sum, tree
from belay_cli.targets import ABOUT_PORT
from belay_pm.command_line.group import command_group

__all__ = ["app"]

app = command_group()

for _command in (ls, tree, cat, cp, mv, rm, mkdir, rmdir, touch, sha256sum, df, du):
    app.command(epilog=ABOUT_PORT)(_command)
