"""What `help` says, from the tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .grammar import usage_line
from .macros import BUILTIN
from .table import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["command_help", "whole_help"]


def whole_help(own: Mapping[str, object]) -> str:
    """Return the lists of commands and shortcuts.

    Args:
        own: the user's macros, and what they say of themselves.
    """
    shortcuts: dict[str, object] = {name: macro.help for name, macro in BUILTIN.items()}
    shortcuts |= {name: shape.help for name, shape in COMMANDS.items() if not shape.help}
    shortcuts |= own
    commands = {name: shape.help for name, shape in COMMANDS.items() if shape.help and name not in own}
    lines = ["belay remote -- MicroPython remote control, in mpremote's words", "", "List of commands:"]
    lines += [f"  {name:11} {text}" for name, text in sorted(commands.items())]
    lines += ["", "List of shortcuts:"]
    lines += [f"  {name:11} {text}".rstrip() for name, text in sorted(shortcuts.items())]
    return "\n".join(lines)


def command_help(name: str) -> str:
    """Return how a command is written, and its options."""
    shape = COMMANDS[name]
    lines = [usage_line(name, shape), *(["", shape.help] if shape.help else [])]
    if shape.flags:
        lines += ["", "options:"]
        lines += [
            f"  {f'-{flag.letter}, ' if flag.letter else '    '}--{flag.name:20} {flag.help}"
            for flag in shape.flags
        ]
    return "\n".join(lines)
