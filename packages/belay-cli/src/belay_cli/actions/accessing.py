"""May a port be opened? If not: why, and what mends it. Nothing is opened for the answer."""

from __future__ import annotations

import os
import stat
import sys
from typing import TYPE_CHECKING, NamedTuple

from belay_cli.actions.udev import APPLYING, find_rule, making
from belay_cli.occupants import find_occupants

if TYPE_CHECKING:
    from belay_transport.ports import UsbSpecifier

__all__ = ["Access", "examine_access"]


class Access(NamedTuple):
    """Whether a port may be opened, as far as that is seen from outside.

    Attributes:
        state: "free", "busy", "denied" or "gone".
        told: how it is, one sentence.
        mending: what to do when it is not free.
    """

    state: str
    told: str = "may be opened"
    mending: str | None = None


def examine_access(board: UsbSpecifier) -> Access:
    """Return how it stands with the port of a board plugged in."""
    port = str(board.device)
    if sys.platform == "win32":
        return Access("free")  # there only opening tells
    try:
        status = os.stat(port)  # noqa: PTH116 - a port is no file to walk paths with
    except OSError:
        return Access("gone", "is gone", "unplug the board, plug it in, and look again")
    if not os.access(port, os.R_OK | os.W_OK):
        return _denied(board, status)
    occupants = find_occupants(port)
    if occupants:
        names = ", ".join(f"`{each.name}` (process {each.pid})" for each in occupants)
        return Access("busy", f"is open in {names}", "close that program")
    return Access("free")


def _denied(board: UsbSpecifier, status: os.stat_result) -> Access:
    told = f"may not be opened by this user ({stat.filemode(status.st_mode)})"
    group = _group_of(status)
    if group is not None and _is_member(group):
        return Access(
            "denied", f"{told}; its group `{group}` is yours from your next login on", "log in again"
        )
    if sys.platform != "linux":
        return Access("denied", told, None if group is None else f"ask for the group `{group}`")
    rule = find_rule(board)
    if rule is not None:
        return Access("denied", f"{told}, although `{rule}` has a rule for it", APPLYING)
    mending = making(board)
    if group is not None:
        mending += f"; or `sudo usermod -aG {group} $USER`, and log in again"
    return Access("denied", told, mending)


def _group_of(status: os.stat_result) -> str | None:
    """Return the group whose members may open the port, or None when nobody should join it."""
    import grp  # noqa: PLC0415 - only POSIX has it

    if status.st_gid == 0 or not status.st_mode & stat.S_IWGRP:
        return None
    try:
        return grp.getgrgid(status.st_gid).gr_name
    except KeyError:
        return None


def _is_member(group: str) -> bool:
    import grp  # noqa: PLC0415 - as above
    import pwd  # noqa: PLC0415 - as above

    try:
        return pwd.getpwuid(os.geteuid()).pw_name in grp.getgrnam(group).gr_mem
    except KeyError:
        return False
