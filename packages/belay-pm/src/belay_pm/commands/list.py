"""`belay list`: the packages of a project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay_pm.command_line.syntax import Option, Syntax

if TYPE_CHECKING:
    from belay_pm.packages import Package

__all__ = ["SYNTAX", "run"]

SYNTAX = Syntax(
    options=(Option("as_json", ("--json",), "", "Print a JSON array of objects"),),
    details="What `belay.lock` has, also what other packages need.",
)


def run(*, as_json: bool) -> None:
    """List them, as a table or as JSON."""
    from belay_pm.command_line.console import data, print_json, words
    from belay_pm.command_line.tables import table
    from belay_pm.commands.getting import locked_project
    from belay_pm.updating import shown_version

    _, lock = locked_project()
    if as_json:
        print_json([_facts(package) for package in lock.packages])
    elif lock.packages:
        rows = [
            (
                package.name,
                shown_version(package),
                ",".join(package.groups),
                " ".join(part.entry.text for part in package.parts),
            )
            for package in lock.packages
        ]
        data(table(("NAME", "VERSION", "GROUPS", "SOURCE"), rows))
    else:
        words("There are no packages; `belay add` adds one")


def _facts(package: Package) -> dict[str, object]:
    return {
        "name": package.name,
        "version": package.version,
        "groups": package.groups,
        "develop": package.develop,
        "requires": package.requires,
        "files": len(package.files),
        "size_bytes": sum(file.size_bytes for file in package.files),
        "sources": [
            {
                "text": part.entry.text,
                "url": part.fetched.resolved.url,
                "commit": part.fetched.resolved.commit,
                "version": part.fetched.resolved.version,
                "path": part.fetched.resolved.path,
            }
            for part in package.parts
        ],
    }
