"""Options that several commands have, for those commands that only typer can read."""

from __future__ import annotations

from typing import Annotated

import typer

from belay_pm.commands.options import OFFLINE, VARIABLES

__all__ = ["Offline", "Variables"]

Offline = Annotated[bool, typer.Option(*OFFLINE.names, help=OFFLINE.help)]

Variables = Annotated[
    list[str] | None, typer.Option(*VARIABLES.names, metavar=VARIABLES.metavar, help=VARIABLES.help)
]
