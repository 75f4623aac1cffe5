"""The flash of a simulated board: memory that ends with it, or a file that is kept.

Knows which of them is meant.
"""

from __future__ import annotations

import os
import sys
from typing import NamedTuple

__all__ = ["Flash", "open_flash", "open_memory"]

_DEFAULT_BYTES = 2 * 1024 * 1024
_IDENTITY_BYTES = 8


class Flash(NamedTuple):
    """An opened flash.

    Attributes:
        descriptor: of the file that holds it; the caller closes it.
        path: where it is kept, None when it is memory only.
        identity: 8 bytes: always the same for a kept flash, new for each fresh one.
    """

    descriptor: int
    path: str | None
    identity: bytes


def open_flash(name: str | None, disk: str | None, flash_bytes: int | None) -> Flash:
    """Open the flash of a board; a kept one is locked until the last copy of the descriptor is closed.

    Args:
        name: the board's name; its flash is kept in the user's data folder.
        disk: the path of a file instead; one that is not there is made.
        flash_bytes: its size; None for 2 MB, or for what a kept flash has.

    Raises:
        AddressError: the name cannot be one.
        ConnectionFailedError: the file cannot be opened, is in use, has another size or holds something else.
    """
    if not name and not disk:
        return Flash(open_memory(flash_bytes or _DEFAULT_BYTES), None, os.urandom(_IDENTITY_BYTES))
    from pathlib import Path  # noqa: PLC0415 - a fresh board, the usual one, opens without

    from belay_transport.sim.kept import identity, kept_path, open_kept  # noqa: PLC0415 - as above

    path = Path(disk).absolute() if disk else kept_path(name or "")
    descriptor = open_kept(path, wanted_bytes=flash_bytes, default_bytes=_DEFAULT_BYTES)
    return Flash(descriptor, str(path), identity(path, _IDENTITY_BYTES))


def open_memory(size_bytes: int) -> int:
    """Return the descriptor of a file of zeros that is in no folder."""
    if sys.platform == "linux":
        descriptor = os.memfd_create("belay-sim")
    else:
        import tempfile  # noqa: PLC0415 - loads slowly, and Linux does without

        with tempfile.TemporaryFile() as file:
            descriptor = os.dup(file.fileno())
    os.truncate(descriptor, size_bytes)
    return descriptor
