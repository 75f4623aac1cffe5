"""Rules of udev, which say on Linux who may open a port: is there one for a board, and how is one made?

Reads rules as far as they name a vendor; what udev makes of them only udev knows.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from belay_transport.ports import UsbSpecifier

__all__ = ["APPLYING", "RULE_FOLDERS", "find_rule", "making"]

RULE_FOLDERS = (
    "/etc/udev/rules.d",
    "/run/udev/rules.d",
    "/usr/local/lib/udev/rules.d",
    "/usr/lib/udev/rules.d",
)
"""Source: udev(7), "RULES FILES"."""

APPLYING = "sudo udevadm control --reload && sudo udevadm trigger"
"""What has udev read its rules anew, and apply them to what is plugged in."""

_MATCH = re.compile(r'ATTRS?\{(idVendor|idProduct)\}\s*==\s*"([^"]*)"')
_GRANT = re.compile(r'TAG\s*\+?=\s*"uaccess"|MODE\s*:?=|GROUP\s*:?=')
_MOST_BYTES = 1_000_000  # of a file; the largest that a distribution brings has 100 kB


def find_rule(board: UsbSpecifier) -> str | None:
    """Return the path of a file with a rule that lets somebody open the port of this board, or None."""
    for folder in RULE_FOLDERS:
        for path in sorted(Path(folder).glob("*.rules")):
            if any(_fits(line, board) for line in _lines(path)):
                return str(path)
    return None


def making(board: UsbSpecifier) -> str:
    """Return the command that makes a rule for the vendor of this board; rules that are there stay."""
    # 70 comes before 73-seat-late, which is what gives the port to whoever sits at the computer.
    rule = f'SUBSYSTEM=="tty", ATTRS{{idVendor}}=="{board.vid or 0:04x}", TAG+="uaccess"'
    return f"echo '{rule}' | sudo tee -a /etc/udev/rules.d/70-belay.rules && {APPLYING}"


def _lines(path: Path) -> Iterator[str]:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            text = file.read(_MOST_BYTES)
    except OSError:
        return
    for line in text.replace("\\\n", " ").splitlines():
        if not line.lstrip().startswith("#"):
            yield line


def _fits(line: str, board: UsbSpecifier) -> bool:
    wanted = {"idVendor": f"{board.vid or 0:04x}", "idProduct": f"{board.pid or 0:04x}"}
    matches = _MATCH.findall(line)
    return (
        any(name == "idVendor" for name, _ in matches)
        and all(_any_fits(wanted[name], patterns) for name, patterns in matches)
        and _GRANT.search(line) is not None
    )


def _any_fits(value: str, patterns: str) -> bool:
    return any(fnmatchcase(value, pattern.lower()) for pattern in patterns.split("|"))
