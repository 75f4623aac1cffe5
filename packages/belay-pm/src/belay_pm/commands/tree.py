"""`belay tree`: which package needs which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay_pm.command_line.syntax import Syntax

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from belay_pm.packages import Package

__all__ = ["SYNTAX", "run"]

SYNTAX = Syntax(details="What was shown with its needs before ends with `…` when it comes again.")


def run() -> None:
    """Print a tree for each group of the project."""
    from belay_pm.command_line.console import data
    from belay_pm.commands.getting import locked_project

    project, lock = locked_project()
    packages = {package.name: package for package in lock.packages}
    for group in project.groups.values():
        data(group.name)
        names = [each.name for each in group.requirements if each.name in packages]
        for line in _lines(names, packages):
            data(line)


def _lines(names: Sequence[str], packages: Mapping[str, Package]) -> Iterator[str]:
    from belay_pm.updating import shown_version

    shown: set[str] = set()
    todo = _branches(names, "")  # no recursion: a chain may be long
    while todo:
        name, indent, last = todo.pop()
        needs = [need for need in packages[name].requires if need in packages]
        again = name in shown and bool(needs)
        version = shown_version(packages[name])
        yield f"{indent}{'└─' if last else '├─'} {name} {version}{' …' if again else ''}"
        if not again:
            shown.add(name)
            todo += _branches(needs, indent + ("   " if last else "│  "))


def _branches(names: Sequence[str], indent: str) -> list[tuple[str, str, bool]]:
    """Return what to show below a line, the first at the end; each with whether it is the last to show."""
    return [(name, indent, name == names[-1]) for name in reversed(names)]
