"""The package manager's commands, as `belay-pm` has them and `belay` mounts them.

A line each, in the order of the help; the module of a command is loaded when it is chosen.
"""

from __future__ import annotations

from belay_pm.command_line.table import Command

__all__ = ["COMMANDS"]

COMMANDS: tuple[Command, ...] = (
    Command("cache", "belay_pm.commands.cache", "Show or clear what is kept of downloads"),
)
"""Everything that `belay-pm` can do, in the order of its help."""
