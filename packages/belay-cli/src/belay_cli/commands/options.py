"""Options that several commands have, as typer reads them."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = [
    "Binary",
    "DryRun",
    "Json",
    "Mpy",
    "NoMinify",
    "Password",
    "Port",
    "Watch",
    "Word",
    "refuse_watched_dry_run",
]

Word = Annotated[
    str | None, typer.Argument(metavar="[PORT]", help="The board's address or alias", show_default=False)
]
Port = Annotated[
    str | None,
    typer.Option("-p", "--port", metavar="PORT", help="The board's address or alias", show_default=False),
]
Password = Annotated[
    str | None,
    typer.Option("--password", metavar="TEXT", help="For boards that ask for one", show_default=False),
]
NoMinify = Annotated[bool, typer.Option("--no-minify", help="Send `.py` files as they are")]
Mpy = Annotated[bool, typer.Option("--mpy", help="Compile `.py` files")]
Binary = Annotated[
    str | None,
    typer.Option(
        "--mpy-cross-binary", metavar="FILE", help="Compile with this mpy-cross", show_default=False
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Change nothing, and tell what would be")]
Json = Annotated[bool, typer.Option("--json", help="Print it as JSON")]
Watch = Annotated[bool, typer.Option("--watch", help="Do it again whenever a file is saved, until Ctrl-C")]


def refuse_watched_dry_run(*, dry_run: bool) -> None:
    """Refuse `--dry-run` beside `--watch`.

    Raises:
        MisuseError: it is there.
    """
    if dry_run:
        from belay_pm.command_line.errors import MisuseError

        raise MisuseError(
            "`--watch` and `--dry-run` are given: what is watched is done, again and again",
            hint="leave one of them out",
        )
