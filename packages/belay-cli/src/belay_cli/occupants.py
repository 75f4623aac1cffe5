"""Who has a port open? Asked of the system; the port itself is not opened.

Knows Linux's `/proc`. What a system does not tell, or not to this user, is nobody.
"""

from __future__ import annotations

import os
import re
from typing import NamedTuple

__all__ = ["Occupant", "find_occupants"]

_PROC = "/proc"
_PTY = re.compile(r"/dev/pts/(\d+)")


class Occupant(NamedTuple):
    """A program that has a port open.

    Attributes:
        pid: its process.
        name: what the system calls it: "mpremote", cut to 15 letters.
    """

    pid: int
    name: str


def find_occupants(port: str) -> list[Occupant]:
    """Return the programs that have a port open, except this one and, of a pty, the one that made it."""
    path = os.path.realpath(port)
    try:
        there = os.stat(path)  # noqa: PTH116 - a port is no file to walk paths with
        pids = [name for name in os.listdir(_PROC) if name.isdecimal() and int(name) != os.getpid()]  # noqa: PTH208 - as above
    except OSError:
        return []
    pty = _PTY.fullmatch(path)
    found = []
    for pid in pids:
        folder = f"{_PROC}/{pid}"
        try:
            descriptors = {
                name: os.readlink(f"{folder}/fd/{name}")  # noqa: PTH115 - as above
                for name in os.listdir(f"{folder}/fd")  # noqa: PTH208 - as above
            }
            # In a container the same path may be another port.
            has_it = any(
                target == path and os.path.samestat(os.stat(f"{folder}/fd/{name}"), there)  # noqa: PTH116 - as above
                for name, target in descriptors.items()
            )
            if has_it and not (pty and _made(folder, descriptors, pty[1])):
                found.append(Occupant(int(pid), _read(f"{folder}/comm").strip()))
        except OSError:
            continue  # it has ended, or is another user's
    return found


def _made(folder: str, descriptors: dict[str, str], number: str) -> bool:
    """Tell whether a process has the near end of a pty: what it serves there is the board.

    Source: Linux, Documentation/filesystems/proc.rst, "fdinfo"; `tty-index` is in drivers/tty/pty.c.
    """
    return any(
        re.search(rf"^tty-index:\s*{number}$", _read(f"{folder}/fdinfo/{name}"), re.MULTILINE)
        for name, target in descriptors.items()
        if target.endswith("/ptmx")
    )


def _read(path: str) -> str:
    with open(path, encoding="utf-8", errors="replace") as file:  # noqa: PTH123 - as above
        return file.read()
