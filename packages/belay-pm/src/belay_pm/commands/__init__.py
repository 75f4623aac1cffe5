"""The package manager's commands, as `belay-pm` has them and `belay` mounts them.

A line each, in the order of the help; the module of a command is loaded when it is chosen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from belay_pm.command_line.table import Command

__all__ = ["COMMANDS"]

COMMANDS: tuple[Command, ...] = ()
"""None yet: the commands come with the package manager."""
