"""The same work on many boards, in a thread each, and the end of it, whoever asks for that.

Knows threads and open devices. What the work is, and how its outcome is shown, is for others to know.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from belay.exceptions import BelayException

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from belay import Device

__all__ = ["Crew", "StoppedError"]

_AT_ONCE = 127
"""Boards that are worked on at the same time: so many devices a USB bus has addresses for. Nearly all of the
time is spent waiting for wires, so that fewer at once would only take longer; of a larger fleet, which is one
in the network, the rest waits for its turn. Source: USB 2.0 specification, section 4.1.1."""

_LOOK_EVERY_S = 0.2
"""Windows interrupts no wait for Ctrl-C: it is noticed between two of them."""


class StoppedError(Exception):
    """The command was ended before this board was done."""


class Crew:
    """Works on boards that are known by number.

    Args:
        count: how many boards there are.
        work: does everything for one of them; what it raises ends the work on all.

    Attributes:
        stopping: set once nobody shall go on; a program on a board is interrupted then.
    """

    def __init__(self, count: int, work: Callable[[int], None]) -> None:
        self._work = work
        self._slots = threading.Semaphore(_AT_ONCE)
        self._lock = threading.Lock()
        self._open: list[Device] = []
        self._failed: list[BaseException] = []
        # A second Ctrl-C ends the process, whatever they are doing then.
        self._threads = [
            threading.Thread(target=self._run, args=(number,), daemon=True) for number in range(count)
        ]
        self.stopping = threading.Event()

    def run(self) -> None:
        """Work on all of them, and wait for the last; Ctrl-C stops the boards' programs first, then us.

        Raises:
            KeyboardInterrupt: Ctrl-C; all boards are left by then.
            BaseException: what the work on one of them raised, likewise.
        """
        try:
            for thread in self._threads:
                thread.start()
            self._wait(until_failed=True)
        except KeyboardInterrupt:
            self._stop()
            raise
        if self._failed:
            self._stop()
            raise self._failed[0]

    @contextmanager
    def holding(self, device: Device) -> Iterator[None]:
        """In the block the device can be stopped.

        Raises:
            StoppedError: nobody shall go on.
        """
        with self._lock:
            self._open.append(device)
        try:
            if self.stopping.is_set():
                raise StoppedError
            yield
        finally:
            with self._lock:
                self._open.remove(device)

    def _run(self, number: int) -> None:
        with self._slots:
            if self.stopping.is_set():
                return
            try:
                self._work(number)
            except BaseException as error:  # noqa: BLE001 - it is raised where the command runs
                self._failed.append(error)

    def _stop(self) -> None:
        """End the work on all boards at the same time; a call that runs on one of them is interrupted."""
        self.stopping.set()
        with self._lock:
            closing = [threading.Thread(target=_close, args=(device,), daemon=True) for device in self._open]
        for thread in closing:
            thread.start()
        self._threads += closing
        self._wait()

    def _wait(self, *, until_failed: bool = False) -> None:
        for thread in self._threads:
            while thread.is_alive() and not (until_failed and self._failed):
                thread.join(_LOOK_EVERY_S)


def _close(device: Device) -> None:
    with suppress(BelayException):  # whoever works on it hears of it
        device.close()
