"""What of this computer keeps boards from working: each finding with the command that mends it."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NamedTuple

from belay.exceptions import ConnectionFailedError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from belay_transport.ports import UsbSpecifier

__all__ = ["Finding", "examine_fence", "examine_host", "examine_ports"]


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


def examine_ports(boards: Iterable[UsbSpecifier]) -> list[Finding]:
    """Return whether this user may open the port of each board plugged in; none is opened."""
    return [_examine_port(board) for board in boards if board.device]


def _examine_port(board: UsbSpecifier) -> Finding:
    port = str(board.device)
    if sys.platform == "win32" or os.access(port, os.R_OK | os.W_OK):
        return Finding(port, "may be opened")
    rule = f'SUBSYSTEM=="tty", ATTRS{{idVendor}}=="{board.vid or 0:04x}", TAG+="uaccess"'
    return Finding(
        port,
        "may not be opened by this user",
        f"echo '{rule}' | sudo tee /etc/udev/rules.d/70-belay.rules && "
        "sudo udevadm control --reload && sudo udevadm trigger",
    )


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
