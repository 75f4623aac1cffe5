"""`belay init`: make a folder a project."""

from __future__ import annotations

from belay_pm.command_line.syntax import Argument, Syntax
from belay_pm.commands.new import NAME

__all__ = ["SYNTAX", "run"]

_DETAILS = """\
Files that are there stay as they are, and in `pyproject.toml` only what is missing is filled in.
"""

SYNTAX = Syntax(
    Argument("path", "[PATH]", "The folder; this one, when none is given"), options=(NAME,), details=_DETAILS
)


def run(path: str | None, *, name: str | None) -> None:
    """Make it one, and tell what was written."""
    from pathlib import Path

    from belay_pm.command_line.errors import MisuseError
    from belay_pm.commands.new import tell_created
    from belay_pm.creating import init_project

    if path == "":  # a variable of a shell that is not set
        raise MisuseError("`PATH` is empty", hint="`.` is the current folder")
    tell_created(init_project(Path(path or "."), name=name))
