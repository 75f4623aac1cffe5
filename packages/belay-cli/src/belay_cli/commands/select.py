"""`belay select`: choose one of the boards plugged in, and get the lines that name it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay_cli.targets import PASSWORD
from belay_pm.command_line.syntax import Syntax

if TYPE_CHECKING:
    from collections.abc import Sequence

    from belay import Device
    from belay_transport.ports import UsbSpecifier

__all__ = ["SYNTAX", "run"]

SYNTAX = Syntax(
    options=(PASSWORD,),
    details="""\
Asks for the number of a board, says what runs on it, and blinks a LED if you give the number of its pin.
Questions go to stderr, and what to write into a shell or a program to stdout.""",
)

_ANSWER = """\
Either set the BELAY_DEVICE environment variable:
  export BELAY_DEVICE={quoted}
And in python code, instantiate Device without arguments:
  device = belay.Device()

Or, add the following (or a subset) to your python code:
  spec = belay.{spec!r}
  device = belay.Device(spec)"""


def run(*, password: str | None) -> None:
    """Ask, look, and print the lines."""
    import shlex

    from belay_cli.boards import connected
    from belay_cli.console import data, words
    from belay_pm.command_line.errors import CommandError
    from belay_transport.ports import list_devices

    found = list_devices()
    if not found:
        raise CommandError(
            "No board is plugged in", hint="plug one in; `sim:` is the address of a simulated one"
        )
    spec = _chosen(found)
    with connected(spec.device, password=password, startup="") as device:
        facts = device.implementation
        words(f"{facts.name} v{'.'.join(map(str, facts.version))} - {facts.platform}")
        _blink(device)
    data(_ANSWER.format(quoted=shlex.quote(spec.to_json()), spec=spec))


def _chosen(found: Sequence[UsbSpecifier]) -> UsbSpecifier:
    from belay_cli.actions.accessing import examine_access
    from belay_cli.commands.devices import describe
    from belay_cli.console import words

    titles, *rows = describe(found, [examine_access(each).state for each in found])
    width = len(str(len(rows)))
    words(f"{'':{width}}  {titles}")
    for number, row in enumerate(rows, 1):
        words(f"{number:{width}}  {row}")
    while True:
        said = _asked(f"Which one, 1 to {len(found)}? ")
        if said.isascii() and said.isdecimal() and 0 < int(said[:9]) <= len(found):
            return found[int(said) - 1]
        words(f"`{said}` is not the number of a board")


def _blink(device: Device) -> None:
    """Blink; a board that cannot is still chosen."""
    from belay.exceptions import BoardException
    from belay_cli.actions.blinking import blink
    from belay_cli.console import words

    said = _asked("Blink LED Pin Number [skip]? ")
    if not said or said == "skip":
        return
    try:
        blink(device, int(said) if said.isascii() and said.isdecimal() else said)
    except BoardException as error:
        words(f"Pin `{said}` does not blink: {str(error.args[0]).rstrip().splitlines()[-1]}")


def _asked(question: str) -> str:
    """Return what somebody types.

    Raises:
        CommandError: nobody is there to type.
    """
    from belay_pm.command_line.console import ask
    from belay_pm.command_line.errors import CommandError

    said = ask(question)
    if said is None:
        raise CommandError(
            "Nobody has answered: the input has ended",
            hint="`belay devices --json` lists the boards for a program",
        )
    return said
