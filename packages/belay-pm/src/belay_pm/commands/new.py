"""`belay new`: make a project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay_pm.command_line.syntax import Argument, Option, Syntax, not_empty

if TYPE_CHECKING:
    from belay_pm.creating import Created

__all__ = ["NAME", "SYNTAX", "run", "tell_created"]

_DETAILS = """\
PATH is not there yet, or is empty; `init` makes a project of a folder that is not.
The project has a package, a `main.py`, tests that pass at once on a simulated board, and a `pyproject.toml`.
"""

NAME = Option("name", ("--name",), "NAME", "What is imported, when PATH should not say it", parse=not_empty)

SYNTAX = Syntax(
    Argument("path", "PATH", "The folder of the project", required=True), options=(NAME,), details=_DETAILS
)


def run(path: str, *, name: str | None) -> None:
    """Make it, and tell what was written."""
    from pathlib import Path

    from belay_pm.command_line.errors import MisuseError
    from belay_pm.creating import new_project

    if not path:
        raise MisuseError("`PATH` is empty", hint="write it as in `belay new my-project`")
    tell_created(new_project(Path(path), name=name))


def tell_created(created: Created) -> None:
    """Tell what was written, what stayed, and what the package is called."""
    import sys

    from belay_pm.command_line.console import coloured, words

    for path in created.written:
        words(f"Wrote `{path}`")
    for path in created.kept:
        words(f"Kept `{path}`, which was there")
    if created.package != created.folder.name:
        words(f"The package of `{created.folder.name}` is called `{created.package}`: that can be imported")
    words(coloured(f"`{created.folder}` is a project", "green", sys.stderr))
