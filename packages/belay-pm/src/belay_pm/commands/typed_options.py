"""Options that several commands have, for those commands that only typer can read."""

from __future__ import annotations

from typing import Annotated

import typer

from belay_pm.commands.options import HIGHEST_LEVEL, LEVEL, NO_UPDATE, OFFLINE, VARIABLES

__all__ = ["Level", "NoUpdate", "Offline", "Variables"]

Level = Annotated[
    int | None,
    typer.Option(
        *LEVEL.names, metavar=LEVEL.metavar, min=0, max=HIGHEST_LEVEL, help=LEVEL.help, show_default=False
    ),
]

NoUpdate = Annotated[bool, typer.Option(*NO_UPDATE.names, help=NO_UPDATE.help)]

Offline = Annotated[bool, typer.Option(*OFFLINE.names, help=OFFLINE.help)]

Variables = Annotated[
    list[str] | None, typer.Option(*VARIABLES.names, metavar=VARIABLES.metavar, help=VARIABLES.help)
]
