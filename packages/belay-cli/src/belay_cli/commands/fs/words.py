"""What the commands for a board's files share: their words, paths and JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from belay_pm.command_line.errors import MisuseError

if TYPE_CHECKING:
    from belay.files.facts import Entry

__all__ = ["Paths", "PathsOrRoot", "Recursive", "board_path", "entry_facts", "not_empty"]


def not_empty(value: Any) -> Any:  # Any: a word, several, or None
    """Refuse a path that is empty, as a shell's variable is that is not set: it does not mean the root.

    Raises:
        MisuseError: it is.
    """
    if value == "" or (isinstance(value, list | tuple) and "" in value):
        raise MisuseError("`PATH` is empty", hint="`/` is the root of the board")
    return value


Paths = Annotated[
    list[str],
    typer.Argument(metavar="PATH...", help="On the board", show_default=False, callback=not_empty),
]
PathsOrRoot = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[PATH]...", help="On the board; else `/`", show_default=False, callback=not_empty
    ),
]
Recursive = Annotated[bool, typer.Option("-r", "--recursive", help="Folders with all that is in them, too")]


def board_path(word: str) -> str:
    """Return the absolute path that a word means: `:` in front may be left out, `/` too."""
    path = word.removeprefix(":")
    return path if path.startswith("/") else f"/{path}"


def entry_facts(entry: Entry) -> dict[str, object]:
    """Return what JSON tells of a file or folder."""
    return {"path": entry.path, "is_dir": entry.is_dir, "size_bytes": entry.size_bytes}
