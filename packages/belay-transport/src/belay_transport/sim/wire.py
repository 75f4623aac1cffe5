"""The wire of a simulated board as its launcher sees it: direct to the host, or through a relay.

Knows the descriptors; what happens to the bytes on their way is for the relay to know.
"""

from __future__ import annotations

import os
import select

TYPE_CHECKING = False  # see control.py
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from belay_transport.sim.faults import Countdown
    from belay_transport.sim.relay import Relay

__all__ = ["Wire"]

_READ_BYTES = 65536


class Wire:
    """The wire of one board.

    Args:
        config: what the board is like, see starting.py.
        faults: counts what the board gets through a relay.
        interrupt: called for each Ctrl-C that arrives; says whether a program took it.
        strike: called with the fault that is due.

    Attributes:
        path: of the pty that it ends in, if it has one.
    """

    def __init__(
        self,
        config: dict[str, Any],
        faults: Countdown,
        *,
        interrupt: Callable[[], bool],
        strike: Callable[[str], None],
    ) -> None:
        self.path: str | None = None
        self._end: int = config["wire"]
        self._relay: Relay | None = None
        if config["near"] is None:
            return
        from belay_transport.sim.relay import Relay  # noqa: PLC0415 - only a shaped link or a pty needs it

        outside, near = config["outside"], config["near"]
        if outside is None:
            from belay_transport.sim.terminal import open_terminal  # noqa: PLC0415 - as above

            outside, self.path = open_terminal()
        self._far_ends = (outside, near)

        def new_relay() -> Relay:
            return Relay(outside, near, self._end, config, faults=faults, interrupt=interrupt, strike=strike)

        self._new_relay = new_relay
        self._relay = new_relay()

    def readers(self) -> list[int]:
        """Return the descriptors to wait for bytes on."""
        return self._relay.readers() if self._relay else []

    def writers(self) -> list[int]:
        """Return the descriptors to wait for room on."""
        return self._relay.writers() if self._relay else []

    def times_us(self, now_us: int) -> list[int]:
        """Return when to call `move` at the latest."""
        return [int(time_s * 1e6) for time_s in self._relay.times_s(now_us / 1e6)] if self._relay else []

    def move(self, ready: list[int], now_s: float) -> None:
        """Move the bytes that can move now; `ready` are the descriptors that have some."""
        if self._relay:
            self._relay.move(ready, now_s)

    def has_unread(self, *others: int) -> bool:
        """Say whether the board has not read all that came for it, on the wire or on `others`."""
        return bool(select.select([self._end, *others], [], [], 0)[0])

    def has_room(self) -> bool:
        """Say whether the board can print: the host reads."""
        return bool(select.select([], [self._end], [], 0)[1])

    def print(self, text: bytes) -> bool:
        """Print as the board; say whether somebody is there to read it."""
        try:
            os.write(self._end, text)
        except BrokenPipeError:
            return False
        return True

    def drop_input(self) -> None:
        """Forget what came for the program that is gone, as a hard reset does."""
        _empty(self._end)

    def drop_inbound(self) -> None:
        """Lose what is on its way to the board: it was reset, and now listens again."""
        if self._relay:
            self._relay.drop_inbound()

    def begin_anew(self) -> None:
        """Lose all that is under way, both ways, and be as a new one."""
        self.drop_input()
        if self._relay:
            for descriptor in self._far_ends:
                _empty(descriptor)
            self._relay = self._new_relay()


def _empty(descriptor: int) -> None:
    while select.select([descriptor], [], [], 0)[0]:
        if not os.read(descriptor, _READ_BYTES):
            return
