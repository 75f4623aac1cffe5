"""Packages on a board, each recorded by name: `places` where, `record` which, `installing` and `removing`.

All files of an install are staged beside their places (`staging`), then swapped in; what was cut off is
finished by the next one.
"""

from __future__ import annotations

from .installing import Done, Package, install_packages
from .places import Facts, board_facts, default_target, package_folders
from .record import RECORD, Recorded, read_record
from .removing import Removed, remove_packages

__all__ = [
    "RECORD",
    "Done",
    "Facts",
    "Package",
    "Recorded",
    "Removed",
    "board_facts",
    "default_target",
    "install_packages",
    "package_folders",
    "read_record",
    "remove_packages",
]
