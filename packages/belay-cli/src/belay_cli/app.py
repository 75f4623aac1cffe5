"""The `belay` command: the visible table of what it can do.

Knows names and help lines. A command's module, and with it everything heavy, is loaded when it is chosen.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from belay_cli.neighbours import MENDING, find_namesake
from belay_pm.command_line.completion.answering import answer
from belay_pm.command_line.memory import let_collector_sleep
from belay_pm.command_line.table import Command, Program
from belay_pm.commands import COMMANDS as PM_COMMANDS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from belay_pm.command_line.completion.candidates import Sources
    from belay_pm.command_line.table import Failure

__all__ = ["COMMANDS", "MOUNTED", "PROGRAM", "main", "run"]

_OWN_COMMANDS = (
    Command("run", "belay_cli.commands.run", "Run a script on a board"),
    Command("exec", "belay_cli.commands.exec", "Run code on a board"),
    Command("eval", "belay_cli.commands.eval", "Evaluate an expression on a board and print its value"),
    Command("terminal", "belay_cli.commands.terminal", "Be at a board's own prompt"),
    Command("mount", "belay_cli.commands.mount", "Have a board see a folder of this computer"),
    Command("info", "belay_cli.commands.info", "Print what runs on a board"),
    Command("install", "belay_cli.commands.install", "Bring the project to a board"),
    Command("fs", "belay_cli.commands.fs", "Files of a board: list, copy, remove and more"),
    Command("edit", "belay_cli.commands.edit", "Change files of a board in your editor"),
    Command("sync", "belay_cli.commands.sync", "Make a folder of a board what a folder here is"),
    Command("mip", "belay_cli.commands.mip", "Packages on a board: install, list, remove"),
    Command("rtc", "belay_cli.commands.rtc", "Show or set the clock of a board"),
    Command("reset", "belay_cli.commands.reset", "Start a board anew"),
    Command("soft-reset", "belay_cli.commands.soft_reset", "Start the interpreter of a board anew"),
    Command("bootloader", "belay_cli.commands.bootloader", "Have a board wait for new firmware"),
    Command("latency", "belay_cli.commands.latency", "Measure how long a call of a board takes"),
    Command("devices", "belay_cli.commands.devices", "List the boards plugged in"),
    Command("select", "belay_cli.commands.select", "Choose one of the boards plugged in"),
    Command("doctor", "belay_cli.commands.doctor", "Look at what keeps boards from working"),
    Command("bundle", "belay_cli.commands.bundle", "Write what a board gets as a folder, zip or ROMFS"),
    Command("romfs", "belay_cli.commands.romfs", "ROM partitions of a board: look, build, deploy"),
    Command("remote", "belay_cli.commands.remote", "Speak to a board in mpremote's words"),
    Command("sleep", "belay_cli.commands.sleep", "Wait some seconds"),
    Command("sim", "belay_cli.commands.sim", "Keep a simulated board running for other tools"),
)

MOUNTED: tuple[str, ...] = (
    "new",
    "init",
    "add",
    "remove",
    "update",
    "lock",
    "verify",
    "clean",
    "list",
    "tree",
    "why",
    "outdated",
    "search",
    "manifest",
    "cache",
)
"""The package manager's commands that `belay` has too, by name.

`belay-pm run` is only there, and `belay bundle` minifies as well.
"""

COMMANDS = _OWN_COMMANDS + tuple(command for command in PM_COMMANDS if command.name in MOUNTED)
"""Everything that `belay` can do, in the order of its help."""


def _failures() -> Mapping[type[BaseException], Callable[[BaseException], Failure | None]]:
    from belay_cli.failures import RULES  # noqa: PLC0415 - only a failure needs it

    return RULES


def _sources() -> Sources:
    from belay_cli.completing import SOURCES  # noqa: PLC0415 - only a shell that completes needs it

    return SOURCES


PROGRAM = Program(
    name="belay",
    distribution="belay-cli",
    help="Run, inspect and deploy to MicroPython and CircuitPython boards",
    commands=COMMANDS,
    failures=_failures,
    sources=_sources,
)


def run(words: Sequence[str]) -> int:
    """Do what the words behind `belay` say, and return the exit code."""
    from belay_pm.command_line.program import run_program  # noqa: PLC0415 - reading the table needs no typer

    if words[:1] and words[0] == "remote":
        return _run_remote(list(words[1:]))
    return run_program(PROGRAM, words)


def _run_remote(words: list[str]) -> int:
    """Do a chain of mpremote's commands, whose words only their own grammar can read."""
    try:
        from belay_cli.remote.program import run_remote  # noqa: PLC0415 - as above

        return run_remote(words)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - what no rule fits is raised again
        from belay_pm.command_line.program import tell_failure  # noqa: PLC0415 - only a failure needs it

        return tell_failure(PROGRAM, error)


def main() -> None:
    """Run the command that was typed, and end the process with its exit code."""
    let_collector_sleep()
    if answer(PROGRAM):
        return
    sys.exit(_refuse_namesake() or run(sys.argv[1:]))


def _refuse_namesake() -> int:
    """Return 1, and tell why, when another project's files are mixed with ours; else 0."""
    noted = find_namesake()
    if noted is None:
        return 0
    from belay_pm.command_line import console  # noqa: PLC0415 - seldom needed
    from belay_pm.command_line.table import Failure  # noqa: PLC0415

    message = f"Another project's `belay` is installed too, and its files are mixed with ours: `{noted}`"
    console.fail(Failure(1, message, MENDING))
    return 1
