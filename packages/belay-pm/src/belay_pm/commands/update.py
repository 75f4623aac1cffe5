"""`belay update`: get the packages of a project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay_pm.command_line.syntax import Argument, Option, Syntax
from belay_pm.commands.options import OFFLINE, TRUSTED, VARIABLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from belay_pm.updating import UpdateResult

__all__ = ["SYNTAX", "run"]

_DETAILS = """\
What comes lies below `.belay/dependencies/<group>/`, and `belay.lock` says what it was: commit both.
Files that were put there before and belong to no package any more are removed, and nothing else is.
"""

SYNTAX = Syntax(
    Argument(
        "packages",
        "[PACKAGES]...",
        "Those to get anew: all others stay as `belay.lock` has them",
        several=True,
        required=False,
    ),
    options=(
        Option("locked", ("--locked",), "", "Get exactly what `belay.lock` says, or fail"),
        Option("frozen", ("--frozen",), "", "The same as `--locked`"),
        OFFLINE,
        Option(
            "overwrite_edits", ("--overwrite-edits",), "", "Lose what was changed by hand in the packages"
        ),
        VARIABLES,
        TRUSTED,
    ),
    details=_DETAILS,
)


def run(
    packages: Sequence[str],
    *,
    locked: bool,
    frozen: bool,
    offline: bool,
    overwrite_edits: bool,
    variables: Sequence[str],
    trusted: Sequence[str],
) -> None:
    """Get what the project asks for, and all that it needs."""
    from belay_pm.command_line.errors import MisuseError
    from belay_pm.commands.getting import means_of, project_here, tell_changes, tell_notes
    from belay_pm.updating import update

    if (locked or frozen) and packages:
        typed = "--locked" if locked else "--frozen"
        raise MisuseError(
            f"`{typed}` takes all packages as they are locked, and PACKAGES are to be got anew",
            hint="give one of them",
        )
    with means_of(offline=offline, variables=variables, trusted=trusted) as means:
        result = update(
            project_here(),
            packages=packages,
            locked=locked or frozen,
            overwrite_edits=overwrite_edits,
            **means,
        )
    tell_changes(result.changes)
    tell_notes(result)
    _tell_end(result)


def _tell_end(result: UpdateResult) -> None:
    import sys

    from belay_pm.command_line.console import coloured, words
    from belay_pm.command_line.counting import counted

    many = counted(len(result.packages), "package")
    laid = result.laid
    if not laid.changed:
        words(coloured(f"{many} up to date", "green", sys.stderr))
        return
    words(
        coloured(
            f"{many}: {counted(len(laid.written), 'file')} written, {len(laid.removed)} removed",
            "green",
            sys.stderr,
        )
    )
