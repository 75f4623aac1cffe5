"""The host's questions to the launcher of a simulated board: who answers which, and when.

Knows the verbs; those about the outside alone are in answering.py.
"""

from __future__ import annotations

from belay_transport.sim.answering import ANSWERS
from belay_transport.sim.moment import clock_us
from belay_transport.sim.power import Boot
from belay_transport.sim.waiting import Waits

TYPE_CHECKING = False  # see control.py
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from belay_transport.sim.faults import Countdown, FlashLimit
    from belay_transport.sim.peripherals import Peripherals
    from belay_transport.sim.power import Power
    from belay_transport.sim.striking import Striker
    from belay_transport.sim.timeline import Identifier
    from belay_transport.sim.wire import Wire

__all__ = ["Desk"]


class Desk:
    """Answers the host.

    Args:
        tell: sends the host a message.
        erase: takes the power off and makes the board a new one.
        power, wire, outside, striker, faults, flash_limit: the board's, to be asked or moved.
    """

    def __init__(
        self,
        tell: Callable[..., None],
        *,
        erase: Callable[[], None],
        power: Power,
        wire: Wire,
        outside: Peripherals,
        striker: Striker,
        faults: Countdown,
        flash_limit: FlashLimit,
    ) -> None:
        self._tell = tell
        self._power = power
        self._wire = wire
        self._outside = outside
        self._striker = striker
        self._faults = faults
        self._flash_limit = flash_limit
        self._waits = Waits()
        self._verbs: dict[str, Callable[..., object]] = {
            "interrupt": power.interrupt,
            "path": lambda: wire.path,
            "received": lambda: faults.count,
            "arm": faults.arm,
            "arm flash": flash_limit.arm,
            "disarm": self._disarm,
            "drive": self._drive,
            "erase": erase,
            "come on": power.come_on,
            "restart": lambda: power.reset(Boot.power_on()),
        }

    def times_us(self) -> list[int]:
        """Return when an answer is due at the latest."""
        return self._waits.times_us()

    def answer(self, number: int, verb: str, arguments: list[Any]) -> None:
        """Answer a question, now or when it can be answered."""
        if verb == "strike":
            self._striker.order(arguments[0], number)
            return
        if verb.startswith("wait"):
            timeout_us, *what = arguments
            self._waits.add(number, verb, what, clock_us() + timeout_us)
            self.answer_waits()
            return
        try:
            own = self._verbs.get(verb)
            answer = own(*arguments) if own else ANSWERS[verb](self._outside, *arguments)
        except Exception as error:  # noqa: BLE001 - told to who asked, as it is
            self._tell(number, "error", str(error))
            return
        self._tell(number, "ok", answer)

    def answer_waits(self) -> None:
        """Answer the questions that waited until the outside is so, or until now."""
        for number, is_so in self._waits.take_answered(self._outside, clock_us()):
            self._tell(number, "ok", is_so)

    def _disarm(self) -> None:
        self._faults.clear()
        self._flash_limit.clear()

    def _drive(self, identifier: Identifier, level: int | None) -> None:
        edges = self._outside.pins.drive(identifier, level)
        self._outside.note(clock_us(), "Pin", identifier, "driven", level)
        board = self._power.board
        if edges and board:
            place = self._outside.pins.pin(identifier).place
            board.tell(board.events, b"irq %d %d\n" % (place, edges))
        self.answer_waits()
