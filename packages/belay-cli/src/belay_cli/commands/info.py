"""`belay info`: print what runs on a board."""

from __future__ import annotations

from typing import Annotated

import typer

from belay_cli.targets import ABOUT_PORT, Password, Port, split_port

__all__ = ["app", "run"]

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command(epilog=ABOUT_PORT)
def run(
    word: Annotated[str | None, typer.Argument(metavar="PORT", help="The board's address or alias")] = None,
    *,
    port: Port = None,
    password: Password = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print all that is known as JSON")] = False,
) -> None:
    """Ask the board, and print one line, or JSON."""
    from belay_cli.boards import connected
    from belay_cli.console import data

    named, _ = split_port([] if word is None else [word], port, others=0)
    with connected(named, password=password, startup="") as device:
        facts = device.implementation
    if as_json:
        import json

        data(json.dumps(facts._asdict()))
    else:
        data(f"{facts.name} v{'.'.join(map(str, facts.version))} - {facts.platform}")
