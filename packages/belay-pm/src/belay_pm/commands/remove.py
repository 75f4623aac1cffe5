"""`belay remove`: remove a dependency from the project."""

from __future__ import annotations

from belay_pm.command_line.syntax import Argument, Option, Syntax
from belay_pm.commands.options import NO_UPDATE

__all__ = ["SYNTAX", "run"]

_DETAILS = """\
Its files, and those of packages that nothing else needs, are removed too; files of your own stay.
"""

SYNTAX = Syntax(
    Argument("names", "NAME...", "The packages to remove", several=True),
    options=(
        Option("group", ("-g", "--group"), "GROUP", "The group that has them, when several have"),
        NO_UPDATE,
    ),
    details=_DETAILS,
)


def run(names: list[str], *, group: str | None, no_update: bool) -> None:
    """Remove them, bring the lock up to date, and remove their files."""
    from pathlib import Path

    from belay_pm.command_line.console import words
    from belay_pm.editing import remove_dependency, undo
    from belay_pm.project import find_project
    from belay_pm.updating import lock, places_of, update

    folder = find_project(Path.cwd())
    changes = []
    gone: list[str] = []
    try:
        for name in names:
            changes.append(remove_dependency(folder, name, group=group))  # noqa: PERF401 - what is done is undone
        project = changes[-1].project
        if not no_update and places_of(project).lock.exists():
            lock(project)
            gone += map(str, update(project, locked=True).laid.removed)
    except BaseException:  # also Ctrl-C: what was not removed is still there
        for change in reversed(changes):
            undo(change)
        raise
    for name in names:
        words(f"Removed `{name}` from `pyproject.toml`")
    for path in gone:
        words(f"Removed `{path}`")
