"""`belay bundle`: as `belay-pm bundle`, and what is not compiled is minified."""

from __future__ import annotations

from typing import Any

from belay_pm.command_line.syntax import Option
from belay_pm.commands import bundle

__all__ = ["SYNTAX", "run"]

SYNTAX = bundle.SYNTAX._replace(
    options=(
        *bundle.SYNTAX.options,
        Option("no_minify", ("--no-minify",), "", "Leave Python as it is, comments and all"),
    )
)


def run(output: str, *, no_minify: bool, **options: Any) -> None:  # Any: those of `belay-pm bundle`
    """Write everything that a board gets of the project."""
    from belay import minify

    shorter = None if no_minify else lambda code: minify(code, is_file=True)
    bundle.bundle_project(output, **options, minify=shorter)
