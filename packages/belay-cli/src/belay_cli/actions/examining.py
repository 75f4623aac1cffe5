"""What of this computer keeps boards from working: each finding with the command that mends it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

from belay.exceptions import ConnectionFailedError
from belay_cli.actions.accessing import examine_access
from belay_cli.actions.udev import find_rule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from belay import Device
    from belay_transport.ports import UsbSpecifier

__all__ = ["Finding", "examine_board", "examine_fence", "examine_host", "examine_ports", "examine_rules"]


class Finding(NamedTuple):
    """One thing that was looked at.

    Attributes:
        subject: what.
        told: how it is.
        mending: what to type when it is not well; None when it is.
    """

    subject: str
    told: str
    mending: str | None = None


def examine_host() -> Finding:
    """Return what runs here."""
    import platform  # noqa: PLC0415 - only this needs it

    return Finding("host", f"Python {platform.python_version()} on {platform.system()} {platform.machine()}")


def examine_ports(boards: Sequence[UsbSpecifier]) -> list[Finding]:
    """Return whether this user may open the port of each board plugged in; none is opened."""
    return [
        Finding(str(board.device), access.told, access.mending)
        for board in boards
        for access in [examine_access(board)]
    ]


def examine_rules(boards: Sequence[UsbSpecifier]) -> list[Finding]:
    """Return which rules of udev there are for the boards plugged in; that one is missing is no fault.

    Whether it is needed is said with the port.
    """
    if sys.platform != "linux":
        return []
    vendors = {board.vid: board for board in boards if board.vid is not None}
    return [
        Finding(f"udev rule for {vid:04x}", "none" if rule is None else f"`{rule}`")
        for vid, board in vendors.items()
        for rule in [find_rule(board)]
    ]


def examine_board(device: Device) -> Finding:
    """Return what runs on a board, and how much room it has."""
    facts = device.implementation
    memory = device("__import__('gc').mem_free()")
    room = device.fs.free("/")
    told = (
        f"{facts.name} v{'.'.join(map(str, facts.version))} - {facts.platform}; "
        f"free are {memory} bytes of memory, {room.free_bytes} of {room.total_bytes} for files"
    )
    is_full = room.total_bytes > 0 and room.free_bytes == 0
    return Finding("board", told, "belay fs du, and remove what takes the room" if is_full else None)


def examine_fence() -> Finding:
    """Return how well a simulated board is fenced off from this computer; one is started for it."""
    from belay_transport.opening import serve_simulated  # noqa: PLC0415 - loads what starts boards

    try:
        with serve_simulated() as board:
            fence = board.fence()
    except ConnectionFailedError as error:
        return Finding("fence of `sim:`", str(error), error.hint or "python -m pip install 'belay-cli[sim]'")
    held = f"empty root: {_yes(fence.empty_root)}, system call filter: {_yes(fence.system_call_filter)}"
    if fence.is_closed:
        return Finding("fence of `sim:`", f"fenced off ({held})")
    return Finding(
        "fence of `sim:`", f"not fenced off ({held})", "run only code that you trust on `sim:` here"
    )


def _yes(holds: bool) -> str:  # noqa: FBT001 - it is the only one
    return "yes" if holds else "no"
