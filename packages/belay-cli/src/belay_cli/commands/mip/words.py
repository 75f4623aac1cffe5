"""What the commands for packages on a board share: the folder that is meant, and JSON."""

from __future__ import annotations

from typing import Annotated

import typer

from belay_pm.command_line.errors import MisuseError

__all__ = ["Target", "named_folder"]


def _not_empty(target: str | None) -> str | None:
    if target == "":
        raise MisuseError("`--target` is empty", hint="`--target /` is the root of the board")
    return target


Target = Annotated[
    str | None,
    typer.Option(
        "--target",
        metavar="FOLDER",
        help="On the board; else the first of `sys.path` that ends in `/lib`",
        show_default=False,
        callback=_not_empty,
    ),
]


def named_folder(target: str | None) -> str | None:
    """Return the folder that is meant: `:` in front may be left out, `/` too."""
    if target is None:
        return None
    path = target.removeprefix(":")
    return path if path.startswith("/") else f"/{path}"
