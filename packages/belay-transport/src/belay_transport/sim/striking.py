"""How a fault strikes a simulated board: when it is at rest, the power goes.

Knows what it does; behind how many bytes or writes is for faults.py to know.
"""

from __future__ import annotations

from belay_transport.sim.moment import clock_us
from belay_transport.sim.power import Boot

TYPE_CHECKING = False  # see control.py
if TYPE_CHECKING:
    from collections.abc import Callable

    from belay_transport.sim.faults import FlashLimit, Strikes
    from belay_transport.sim.power import Power
    from belay_transport.sim.wire import Wire

__all__ = ["Striker"]


class Striker:
    """Lets faults strike one board.

    Args:
        power: the board's.
        wire: the board's.
        flash_limit: is called off by any fault.
        tell: sends the host a message.
        strikes: the faults that wait.

    Attributes:
        is_unplugged: the board was taken away for good.
    """

    def __init__(
        self, power: Power, wire: Wire, flash_limit: FlashLimit, tell: Callable[..., None], strikes: Strikes
    ) -> None:
        self.is_unplugged = False
        self._power = power
        self._wire = wire
        self._flash_limit = flash_limit
        self._tell = tell
        self._strikes = strikes

    def order(self, fault: str, number: int | None = None) -> None:
        """Let a fault strike as soon as the board has done with all that it got."""
        self._strikes.add(fault, number, clock_us())

    def call_off(self) -> None:
        """Let none of those strike that wait, and answer who ordered them."""
        while waiting := self._strikes.take(is_at_rest=True, now_us=clock_us()):
            self._answer(waiting[1])

    def times_us(self, now_us: int) -> list[int]:
        """Return when to look again."""
        return self._strikes.times_us(now_us)

    def strike_when_at_rest(self, now_us: int) -> None:
        """Let a fault strike whose time has come."""
        if not self._strikes.times_us(now_us):
            return
        struck = self._strikes.take(is_at_rest=self._is_at_rest(), now_us=now_us)
        if struck:
            self.strike(*struck)

    def strike(self, fault: str, number: int | None = None) -> None:
        """Cut the power in this moment, for good or with a reset behind it, and answer who ordered that."""
        self._flash_limit.clear()
        is_reset = fault == "reset"
        self._power.reset(Boot.reset() if is_reset else None)
        if is_reset:
            self._wire.drop_inbound()
        self._answer(number)
        if not is_reset:
            self.take_away("The simulated board was unplugged")

    def take_away(self, reason: str) -> None:
        """Take the board off the wire for good, as when its USB port vanishes, and tell the host why."""
        self._power.reset(None)
        self.is_unplugged = True
        self._tell(0, "unplugged", reason)

    def _answer(self, number: int | None) -> None:
        if number is not None:
            self._tell(number, "ok", None)

    def _is_at_rest(self) -> bool:
        """Say whether the board has read all that came, and waits."""
        if self._power.is_booting:
            return False
        board = self._power.board
        return board is None or (not self._wire.has_unread(board.requests) and board.is_waiting())
