"""What boards call themselves, `machine.unique_id()`, asked of all of them at once.

Knows one question and its answer. Which boards are asked, and what follows from it, is for others to know.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay.exceptions import BelayException
from belay_cli.boards import opened
from belay_cli.fleet.crew import Crew

if TYPE_CHECKING:
    from collections.abc import Sequence

    from belay import Device
    from belay_cli.fleet.finding import Member

__all__ = ["ask_identities"]

_QUESTIONS = {"circuitpython": "bytes(__import__('microcontroller').cpu.uid)"}
_QUESTION = "__import__('machine').unique_id()"


def ask_identities(members: Sequence[Member], *, password: str | None) -> dict[str, str]:
    """Return for the name of each board its identity in hex, or why it told none."""
    told: dict[str, str] = {}

    def ask(number: int) -> None:
        member = members[number]
        try:
            with (
                opened(member.address, password=password, startup="", stream_out=None) as device,
                crew.holding(device),
            ):
                told[member.name] = _identity(device)
        except BelayException as error:
            told[member.name] = str(error).rstrip().splitlines()[-1]

    crew = Crew(len(members), ask)
    crew.run()
    return told


def _identity(device: Device) -> str:
    identity = device(_QUESTIONS.get(device.implementation.name, _QUESTION), record=False)
    return identity.hex() if isinstance(identity, bytes) else f"{identity!r} is no identity"
