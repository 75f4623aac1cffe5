"""`belay bundle`: as `belay-pm bundle`, and what is not compiled is minified."""

from __future__ import annotations

from typing import Any

from belay_pm.commands import bundle
from belay_pm.commands.options import NO_MINIFY

__all__ = ["SYNTAX", "run"]

SYNTAX = bundle.SYNTAX._replace(
    options=(
        *bundle.SYNTAX.options,
        NO_MINIFY,
    )
)


def run(output: str, *, no_minify: bool, **options: Any) -> None:  # Any: those of `belay-pm bundle`
    """Write everything that a board gets of the project."""
    from belay import minify

    shorter = None if no_minify else lambda code: minify(code, is_file=True)
    bundle.bundle_project(output, **options, minify=shorter)
