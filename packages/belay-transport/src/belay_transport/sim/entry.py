"""Where the launcher's process begins: takes its configuration, serves one board, and says why it ends."""

from __future__ import annotations

import os
import sys

from belay_transport.sim.control import Unpacker, pack
from belay_transport.sim.launcher import Launcher
from belay_transport.sim.standard import fill_standard_descriptors

TYPE_CHECKING = False  # see control.py
if TYPE_CHECKING:
    from belay_transport.sim.control import Message

__all__ = ["main"]

_READ_BYTES = 65536
_DESCRIPTORS = ("wire", "near", "outside", "flash", "page")
# What the configuration hands over; None for what this board does without.


def main() -> None:
    """Read the configuration from the control socket that the first argument names, then serve."""
    fill_standard_descriptors()
    control = _low(int(sys.argv[1]))
    unpacker = Unpacker()
    messages: list[Message] = []
    while not messages:
        data = os.read(control, _READ_BYTES)
        if not data:
            os._exit(0)
        messages = unpacker.feed(data)
    config = messages[0][0]
    for name in _DESCRIPTORS:
        if config[name] is not None:
            config[name] = _low(config[name])
    try:
        launcher = Launcher(control, config, unpacker)
        launcher.serve(messages[1:])  # questions that came right behind
        launcher.run()
    except BaseException as error:  # noqa: BLE001 - the last words of this process, told to the host
        _say_last(control, f"{type(error).__name__}: {error}")
        os._exit(1)
    os._exit(0)


def _low(descriptor: int) -> int:
    """Return another number for a descriptor: the host may have many, and `select` takes none above 1023."""
    low = os.dup(descriptor)
    os.close(descriptor)
    return low


def _say_last(control: int, text: str) -> None:
    try:  # noqa: SIM105 - `contextlib` loads slowly
        os.write(control, pack((0, "fatal", text)))
    except OSError:
        pass  # the host is gone, which may be the very reason
