"""`belay search`: find a package by words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay_pm.command_line.syntax import Argument, Option, Syntax
from belay_pm.commands.options import OFFLINE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from belay_pm.project import Project

__all__ = ["SYNTAX", "run"]

_DETAILS = """\
A line for each package that has all of the words in its name or description: name, newest version,
description. `belay add NAME` adds one. The indexes are the project's `package_indices`, with
`--circuitpython` the bundles its `circuitpython_bundles`; outside of a project, the usual ones.
"""

SYNTAX = Syntax(
    Argument("words", "WORD...", "What the name or the description has", several=True),
    options=(
        Option("in_bundles", ("--circuitpython",), "", "Search the bundles of CircuitPython libraries"),
        Option("as_json", ("--json",), "", "Print a JSON array of objects"),
        OFFLINE,
    ),
    details=_DETAILS,
)


def run(words: Sequence[str], *, in_bundles: bool, as_json: bool, offline: bool) -> None:
    """Search, and print what was found."""
    from belay_pm.command_line import console
    from belay_pm.command_line.errors import CommandError
    from belay_pm.searching import search
    from belay_pm.store import Store

    project = _project()
    asked, key = (
        (project.circuitpython_bundles, "circuitpython_bundles")
        if in_bundles
        else (project.package_indices, "package_indices")
    )
    if not asked:
        raise CommandError(
            f"There is nothing to search: `{key}` is empty", hint=f"name one there, or leave `{key}` out"
        )
    hits, near, unlisted = search(project, Store(), words, in_bundles=in_bundles, offline=offline)
    for url in unlisted:
        console.words(f"note: `{url}` has no list of its packages, and cannot be searched")
    if as_json:
        import json

        console.data(json.dumps([hit._asdict() for hit in hits]))
        return
    for name, version, description in hits:
        line = f"{name} {version}  {description}".rstrip()
        # A stranger wrote it.
        console.data("".join(letter if letter.isprintable() else "?" for letter in line))
    if not hits:
        raise CommandError(
            f"No package has {' and '.join(f'`{word}`' for word in words)} in its name or description",
            hint=f"did you mean `{near}`?" if near else None,
        )


def _project() -> Project:
    """Return the project that the current folder is in, or one that says nothing."""
    from pathlib import Path

    from belay_pm.errors import ProjectError
    from belay_pm.project import DEFAULT_DEPENDENCIES_PATH, Project, find_project, read_project

    here = Path.cwd()
    try:
        folder = find_project(here)
    except ProjectError:
        return Project(here, None, {}, here / DEFAULT_DEPENDENCIES_PATH)
    return read_project(folder)
