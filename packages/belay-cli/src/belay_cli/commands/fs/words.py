"""What the commands for a board's files share: their words, paths and JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from belay_pm.command_line.errors import MisuseError

if TYPE_CHECKING:
    from belay.files.facts import Entry

__all__ = ["Paths", "PathsOrRoot", "Recursive", "board_path", "entry_facts", "print_json"]

Paths = Annotated[list[str], typer.Argument(metavar="PATH...", help="On the board", show_default=False)]
PathsOrRoot = Annotated[
    list[str] | None, typer.Argument(metavar="[PATH]...", help="On the board; else `/`", show_default=False)
]
Recursive = Annotated[bool, typer.Option("-r", "--recursive", help="Folders with all that is in them, too")]


def board_path(word: str) -> str:
    """Return the absolute path that a word means: `:` in front may be left out, `/` too.

    Raises:
        MisuseError: it is empty, which a variable of a shell is that nobody has set.
    """
    if not word:
        raise MisuseError("A path is empty", hint="`/` is the root folder of the board")
    path = word.removeprefix(":")
    return path if path.startswith("/") else f"/{path}"


def entry_facts(entry: Entry) -> dict[str, object]:
    """Return what JSON tells of a file or folder."""
    return {"path": entry.path, "is_dir": entry.is_dir, "size_bytes": entry.size_bytes}


def print_json(value: object) -> None:
    """Print a value for a program."""
    import json

    from belay_cli.console import data

    data(json.dumps(value, ensure_ascii=False))
