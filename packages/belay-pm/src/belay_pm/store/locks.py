"""Locks between processes and threads: a file that is locked for as long as a block runs.

Knows files and the two ways in which computers lock them. A lock's file stays: whoever removed it would let
two in, each with a file of its own.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from threading import local
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Locks"]


class Locks:
    """Locks by name. The thread that holds one may take it again.

    Args:
        folder: where their files lie.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._mine = local()

    @contextmanager
    def hold(self, name: str) -> Iterator[None]:
        """Hold a lock in the block, and wait for it before, however long another holds it.

        Raises:
            OSError: the file cannot be made, or its disk has no locks.
        """
        held: set[str] = self._mine.__dict__.setdefault("names", set())
        if name in held:
            yield
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / f"{name}.lock").open("ab") as file:
            _acquire(file.fileno())
            held.add(name)
            try:
                yield
            finally:
                held.discard(name)
                _release(file.fileno())


if sys.platform == "win32":
    import errno
    import msvcrt

    def _acquire(descriptor: int) -> None:
        while not _acquired(descriptor):
            pass

    def _acquired(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)
        except OSError as error:
            if error.errno == errno.EDEADLOCK:  # another held it for all of ten tries, one a second
                return False
            raise
        return True

    def _release(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _acquire(descriptor: int) -> None:
        # `flock` and not `lockf`: it holds off the other threads of this process as well.
        fcntl.flock(descriptor, fcntl.LOCK_EX)

    def _release(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)
