"""A terminal on a board that sees a folder of this computer, and sees it again after Ctrl-D."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from belay.exceptions import ConnectionLost

from .prompt import be_at_prompt

if TYPE_CHECKING:
    from collections.abc import Callable

    from belay import Device
    from belay.keyboards import Console
    from belay.mounting import Mount
    from belay_transport.links import Link

    from .prompt import Keys

__all__ = ["be_mounted_at_prompt", "go_to_mount"]

_REBOOT = b"soft reboot"
"""What MicroPython and CircuitPython print when they start anew."""


def go_to_mount(device: Device, mount: Mount) -> None:
    """Make the mounted folder the board's current one, so that its modules are found by name."""
    device(f"__import__('os').chdir({mount.at!r})", record=False)


def be_mounted_at_prompt(
    device: Device,
    mount: Mount,
    keyboard: Console,
    write: Callable[[bytes], None],
    *,
    keys: Keys,
    tell: Callable[[str], None],
    again: str | None = None,
) -> None:
    """Have a person talk to a board until they leave; each time it starts anew, its folder is mounted again.

    What `main.py` runs then is interrupted for that.

    Args:
        device: the board.
        mount: the folder on it.
        keyboard: gives the keys.
        write: gets what the board prints.
        keys: what keys do besides.
        tell: shows a sentence.
        again: what is told when the folder is mounted again; None for words of ours.

    Raises:
        BelayException: the link broke, or the folder could not be mounted again.
    """
    while True:
        go_to_mount(device, mount)
        watch = _Watch(keyboard, write)

        def work(link: Link, watch: _Watch = watch) -> None:
            write(b">>> ")
            be_at_prompt(link, keyboard, watch.write, keys=keys, tell=tell, is_over=lambda: watch.rebooted)

        device._belay_runtime.session.lend(work)  # noqa: SLF001 - as `Device.terminal` does
        if not watch.rebooted:
            return
        tell(again or f"mounting again at {mount.at}")
        with suppress(ConnectionLost):
            device("None", record=False)  # hears that the board has started anew, which is no news here


class _Watch:
    """Passes output on, and wakes the keyboard when the board says that it starts anew."""

    def __init__(self, keyboard: Console, write: Callable[[bytes], None]) -> None:
        self.rebooted = False
        self._keyboard = keyboard
        self._write = write
        self._tail = b""

    def write(self, data: bytes) -> None:
        """Take what the board prints."""
        self._write(data)
        seen = self._tail + data
        self._tail = seen[-len(_REBOOT) :]
        if not self.rebooted and _REBOOT in seen:
            self.rebooted = True
            self._keyboard.wake()
