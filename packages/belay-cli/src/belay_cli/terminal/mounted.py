"""A terminal on a board that sees a folder of this computer, also when the board has started anew."""

from __future__ import annotations

import threading
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

_SIGNS = (b"soft reboot", b'Type "help()" for more information.')
"""What MicroPython prints when it starts anew: at Ctrl-D the one, before its first prompt the other.

The other comes at Ctrl-B as well, so that the board is asked.
"""


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
    waits: bool = False,
) -> None:
    """Have a person talk to a board until they leave; each time it starts anew, its folder is mounted again.

    What `main.py` runs then is interrupted for that.

    Args:
        device: the board; one that is waited for was made with its address.
        mount: the folder on it.
        keyboard: gives the keys.
        write: gets what the board prints.
        keys: what keys do besides.
        tell: shows a sentence.
        again: what is told when the folder is mounted again; None for words of ours.
        waits: whether a board that goes away is waited for.

    Raises:
        BelayException: the link broke and is not waited for, or the folder could not be mounted again.
    """
    is_new = True
    while True:
        try:
            if is_new:
                go_to_mount(device, mount)
            if not _talk(device, keyboard, write, keys=keys, tell=tell):
                return
            is_new = _has_started_anew(device)
            if is_new:
                tell(again or f"mounting again at {mount.at}")
        except ConnectionLost as error:  # noqa: PERF203 - each time round is a person's session
            if not (waits and _is_gone(device)):
                raise
            tell(f"\n{error}; waiting until it is back")
            if not _wait(device, keyboard, keys):
                with suppress(ConnectionLost):
                    mount.unmount()  # it is gone with the board
                return
            is_new = True
            tell(f"Back, and mounted again at {mount.at}")


def _talk(
    device: Device,
    keyboard: Console,
    write: Callable[[bytes], None],
    *,
    keys: Keys,
    tell: Callable[[str], None],
) -> bool:
    """Have a person talk to a board until they leave; True if the board seems to have started anew before."""
    watch = _Watch(keyboard, write)

    def work(link: Link) -> None:
        write(b">>> ")
        be_at_prompt(link, keyboard, watch.write, keys=keys, tell=tell, is_over=lambda: watch.rebooted)

    device._belay_runtime.session.lend(work)  # noqa: SLF001 - as `Device.terminal` does
    if watch.rebooted and not watch.is_at_line_start:
        write(b"\r\n")
    return watch.rebooted


def _has_started_anew(device: Device) -> bool:
    """Ask a board; from then on it has what it had, but for what was in its memory."""
    try:
        device("None", record=False)
    except ConnectionLost:
        if device._belay_runtime.session.is_lost:  # noqa: SLF001 - as above
            raise
        return True
    return False


def _is_gone(device: Device) -> bool:
    """Tell whether the link to a board is broken; whoever was lent it has not told its session."""
    with suppress(ConnectionLost):
        device("None", record=False)
    return device._belay_runtime.session.is_lost  # noqa: SLF001 - as above


def _wait(device: Device, keyboard: Console, keys: Keys) -> bool:
    """Wait until a board is back and has what it had; False when the person leaves first."""
    waiting = _Waiting(device, keyboard)
    waiting.start()
    while not waiting.ended.is_set():
        pressed = keyboard.read()
        if pressed == b"" or any(char.encode() in pressed for char in keys.exits if pressed):
            device.close()  # ends the waiting as well
            waiting.join()
            return False
    waiting.join()
    if waiting.failure is not None:
        raise waiting.failure
    return True


class _Waiting(threading.Thread):
    """Waits for a board, in a thread of its own, so that keys are read meanwhile."""

    def __init__(self, device: Device, keyboard: Console) -> None:
        super().__init__(name="belay mount search", daemon=True)
        self.ended = threading.Event()
        self.failure: Exception | None = None
        self._device = device
        self._keyboard = keyboard

    def run(self) -> None:
        try:
            self._device.wait_for_board()
        except Exception as error:  # noqa: BLE001 - the thread that waits for keys must hear of it
            self.failure = error
        self.ended.set()
        self._keyboard.wake()


class _Watch:
    """Passes output on, and wakes the keyboard when the board says what it says when it starts anew."""

    def __init__(self, keyboard: Console, write: Callable[[bytes], None]) -> None:
        self.rebooted = False
        self._keyboard = keyboard
        self._write = write
        self._tail = b""

    @property
    def is_at_line_start(self) -> bool:
        """Whether the last line has ended."""
        return self._tail.endswith(b"\n")

    def write(self, data: bytes) -> None:
        """Take what the board prints."""
        self._write(data)
        seen = self._tail + data
        self._tail = seen[-max(map(len, _SIGNS)) :]
        if not self.rebooted and any(sign in seen for sign in _SIGNS):
            self.rebooted = True
            self._keyboard.wake()
