"""Options that several commands have, as typer reads them."""

from __future__ import annotations

from typing import Annotated

import typer

from belay_cli.fleet.choice import ALL_HELP, IDS_HELP, PORTS_HELP, USB_HELP
from belay_cli.targets import PASSWORD, PORT
from belay_pm.commands.options import BINARY, MPY, NO_MINIFY
from belay_pm.commands.typed_options import Level

__all__ = [
    "All",
    "Binary",
    "DryRun",
    "Ids",
    "Json",
    "Level",
    "Mpy",
    "NoMinify",
    "Password",
    "Port",
    "Ports",
    "Usb",
    "Watch",
    "Word",
]

Word = Annotated[
    str | None, typer.Argument(metavar="[PORT]", help="The board's address or alias", show_default=False)
]
Port = Annotated[
    str | None,
    typer.Option(*PORT.names, metavar=PORT.metavar, help=PORT.help, show_default=False),
]
Ports = Annotated[
    list[str] | None,
    typer.Option("-p", "--port", metavar="PORT", help=PORTS_HELP, show_default=False),
]
All = Annotated[bool, typer.Option("--all", help=ALL_HELP)]
Usb = Annotated[list[str] | None, typer.Option("--usb", metavar="WHAT", help=USB_HELP, show_default=False)]
Ids = Annotated[list[str] | None, typer.Option("--id", metavar="ID", help=IDS_HELP, show_default=False)]
Password = Annotated[
    str | None,
    typer.Option(*PASSWORD.names, metavar=PASSWORD.metavar, help=PASSWORD.help, show_default=False),
]
NoMinify = Annotated[bool, typer.Option("--no-minify", help=NO_MINIFY.help)]
Mpy = Annotated[bool, typer.Option(*MPY.names, help=MPY.help)]
Binary = Annotated[
    str | None,
    typer.Option(*BINARY.names, metavar=BINARY.metavar, help=BINARY.help, show_default=False),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Change nothing, and print what would be done")]
Json = Annotated[bool, typer.Option("--json", help="Print it as JSON")]
Watch = Annotated[bool, typer.Option("--watch", help="Do it again whenever a file is saved, until Ctrl-C")]
