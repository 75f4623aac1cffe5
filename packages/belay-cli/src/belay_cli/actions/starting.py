"""Starting a board anew, in three ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from belay import Device

__all__ = ["clear", "enter_bootloader", "reset", "soft_reset"]

_RESET = """\
import time
try:
    from machine import reset
except ImportError:
    from microcontroller import reset
time.sleep(.1)
reset()
"""

_BOOTLOADER = """\
import time
try:
    from machine import bootloader
except ImportError:
    import microcontroller
    microcontroller.on_next_reset(microcontroller.RunMode.BOOTLOADER)
    bootloader = microcontroller.reset
time.sleep(.1)
bootloader()
"""

# Both wait as mpremote's do, until the answer that the code has begun has crossed the wire.


def clear(device: Device) -> None:
    """Start the interpreter anew, and stay connected; `boot.py` runs, `main.py` does not.

    A link that the board itself serves would be gone: there everything stays as it is.

    Raises:
        ConnectionLost: the link broke.
        ProtocolError: the board does not come back to its prompt.
    """
    runtime = device._belay_runtime  # noqa: SLF001 - a device has no such verb: its own promises are kept
    if runtime.session.link.survives_reset:
        runtime.clear()


def soft_reset(device: Device) -> None:
    """Start the interpreter anew; `boot.py` and `main.py` run, and go on when the device is closed.

    Raises:
        ConnectionLost: the link broke.
    """
    _leave_alone(device)
    device.soft_reset()


def reset(device: Device) -> None:
    """Start the board anew, as its reset button does; the link may go away.

    Raises:
        ConnectionLost: the link broke before.
    """
    _start(device, _RESET)


def enter_bootloader(device: Device) -> None:
    """Have the board wait for new firmware; the link goes away.

    Raises:
        ConnectionLost: the link broke before.
    """
    _start(device, _BOOTLOADER)


def _leave_alone(device: Device) -> None:
    """Drop what the board prints from now on: what it is left to is no part of a command's output."""
    device._belay_writer.drop()  # noqa: SLF001 - it belongs to the device


def _start(device: Device, code: str) -> None:
    _leave_alone(device)
    device._belay_runtime.session.start(code)  # noqa: SLF001 - nobody answers, so it is no call
