"""What `help` says, from the tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .grammar import usage_line
from .macros import BUILTIN
from .table import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .macros import Macro

__all__ = ["command_help", "whole_help"]


def whole_help(macros: Mapping[str, Macro]) -> str:
    """Return the lists of commands and shortcuts, the user's own macros among them."""
    shortcuts = {name: macro.help for name, macro in BUILTIN.items()}
    shortcuts |= {name: shape.help for name, shape in COMMANDS.items() if not shape.help}
    shortcuts |= {name: macro.help for name, macro in macros.items()}
    commands = {name: shape.help for name, shape in COMMANDS.items() if shape.help and name not in macros}
    lines = ["belay remote -- MicroPython remote control, in mpremote's words", "", "List of commands:"]
    lines += [f"  {name:11} {text}" for name, text in sorted(commands.items())]
    lines += ["", "List of shortcuts:"]
    lines += [f"  {name:11} {text}".rstrip() for name, text in sorted(shortcuts.items())]
    return "\n".join(lines)


def command_help(name: str) -> str:
    """Return how a command is written, and its options."""
    shape = COMMANDS[name]
    lines = [usage_line(name, shape), "", shape.help]
    if shape.flags:
        lines += ["", "options:"]
        lines += [
            f"  {f'-{flag.letter}, ' if flag.letter else '    '}--{flag.name:20} {flag.help}"
            for flag in shape.flags
        ]
    return "\n".join(lines)
