"""`belay why`: through whom a package came."""

from __future__ import annotations

from belay_pm.command_line.errors import CommandError
from belay_pm.command_line.syntax import Argument, Syntax

__all__ = ["SYNTAX", "run"]

SYNTAX = Syntax(
    Argument("name", "NAME", "A package, as `belay list` shows it", required=True),
    details="A line for each group that has it: the shortest way from what the project asks for.",
)


def run(name: str) -> None:
    """Print the ways to it."""
    from belay_pm.command_line.console import data
    from belay_pm.commands.getting import locked_project
    from belay_pm.near import near_miss
    from belay_pm.resolving import ways

    project, lock = locked_project()
    packages = {package.name: package for package in lock.packages}
    if name not in packages:
        near = near_miss(name, packages)
        raise CommandError(
            f"`{name}` is no package of the project",
            hint=f"did you mean `{near}`?" if near else "`belay list` lists what there is",
        )
    wanted = {group.name: [each.name for each in group.requirements] for group in project.groups.values()}
    found = ways(name, wanted, {package.name: package.requires for package in lock.packages})
    for way in found:
        data(" → ".join(way))
    if not found:
        raise CommandError(
            f"`{name}` is in `belay.lock`, and nothing asks for it any more", hint="`belay update` removes it"
        )
