"""The package manager's commands, as `belay-pm` has them and `belay` mounts them.

A line each, in the order of the help; the module of a command is loaded when it is chosen.
"""

from __future__ import annotations

from belay_pm.command_line.table import Command

__all__ = ["COMMANDS"]

COMMANDS: tuple[Command, ...] = (
    Command("new", "belay_pm.commands.new", "Make a project"),
    Command("init", "belay_pm.commands.init", "Make a folder a project"),
    Command("add", "belay_pm.commands.add", "Add a dependency to the project, and get it"),
    Command("remove", "belay_pm.commands.remove", "Remove a dependency from the project"),
    Command("update", "belay_pm.commands.update", "Get the packages of the project"),
    Command("lock", "belay_pm.commands.lock", "Bring the lock of the packages up to date"),
    Command("verify", "belay_pm.commands.verify", "Compare the packages with their lock"),
    Command("clean", "belay_pm.commands.clean", "Remove packages that nothing asks for any more"),
    Command("list", "belay_pm.commands.list", "List the packages of the project"),
    Command("tree", "belay_pm.commands.tree", "Show which package needs which"),
    Command("why", "belay_pm.commands.why", "Show through whom a package came"),
    Command("outdated", "belay_pm.commands.outdated", "List the packages that are not the newest"),
    Command("search", "belay_pm.commands.search", "Find a package by words"),
    Command("manifest", "belay_pm.commands.manifest", "Show, check or write a `manifest.py`"),
    Command("bundle", "belay_pm.commands.bundle", "Write what a board gets as a folder, zip or ROMFS"),
    Command("run", "belay_pm.commands.run", "Run a program that finds the packages of the project"),
    Command("cache", "belay_pm.commands.cache", "Show or clear what is kept of downloads"),
)
"""Everything that `belay-pm` can do, in the order of its help."""
