"""The launcher of one simulated board: waits for whatever comes next, and sees that it is done.

One loop, single-threaded; ends when the host's end of the control socket does, also when the host was
killed, and takes the board with it.
"""

from __future__ import annotations

import os
import select
import time

from belay_transport.sim.booting import Booter
from belay_transport.sim.control import pack
from belay_transport.sim.faults import Countdown, FlashLimit, Strikes
from belay_transport.sim.moment import clock_us
from belay_transport.sim.peripherals import Peripherals
from belay_transport.sim.power import Boot, Power
from belay_transport.sim.questions import Desk
from belay_transport.sim.rom import Rom
from belay_transport.sim.striking import Striker
from belay_transport.sim.wire import Wire

TYPE_CHECKING = False  # see control.py
if TYPE_CHECKING:
    from typing import Any

    from belay_transport.sim.control import Message, Unpacker
    from belay_transport.sim.interpreter import Interpreter

__all__ = ["Launcher"]

_READ_BYTES = 65536
_SOFT_REBOOT = b"MPY: soft reboot\r\n"
_GONE = {
    "bootloader": "The simulated board went to its bootloader",
    "deepsleep": "The simulated board sleeps for ever",
}
# What takes a board off the wire for good, and what the host hears then.
_LONG_S = 3600.0
# Longer waits are cut here: a timer of a thousand years must not overflow the system's clock.


class Launcher:
    """One simulated board.

    Args:
        control: descriptor of the socket that the host's questions come from.
        config: what the board is like, see starting.py.
        unpacker: of that socket, with what has come already.
    """

    def __init__(self, control: int, config: dict[str, Any], unpacker: Unpacker) -> None:
        self._control = control
        self._unpacker = unpacker
        self._rom = Rom(config["rom_path"], config["rom_bytes"])
        self._booter = Booter(config, f"{os.path.dirname(__file__)}/_onboard", self._rom.memory)  # noqa: PTH120 - loads slowly
        self._outside = Peripherals(self._booter.page)
        self._flash_limit = FlashLimit(self._booter.page)
        self._faults = Countdown(unplug_after=config["unplug_after"], reset_after=config["reset_after"])
        strikes = Strikes()
        self._wire = Wire(
            config,
            self._faults,
            interrupt=self._interrupt,
            strike=lambda fault: strikes.add(fault, None, clock_us()),
        )
        self._power = Power(
            self._booter, self._wire, self._outside, soft_reboot=_soft_reboot(config["personality"])
        )
        self._striker = Striker(self._power, self._wire, self._flash_limit, self._tell, strikes)
        self._desk = Desk(
            self._tell,
            erase=self._erase,
            power=self._power,
            wire=self._wire,
            outside=self._outside,
            striker=self._striker,
            faults=self._faults,
            flash_limit=self._flash_limit,
        )
        self._is_over = False

    def run(self) -> None:
        """Serve until the host goes away."""
        try:
            while not (self._is_over or self._power.is_abandoned or self._striker.is_unplugged):
                self._power.boot_when_due()
                self._serve()
        finally:
            self._power.end()

    def _serve(self) -> None:
        """Wait until something is to be done, and do it."""
        board = self._power.board
        readers = [self._control, *([board.requests] if board else []), *self._wire.readers()]
        ready, _, _ = select.select(readers, self._wire.writers(), [], self._patience_s())
        if board and board.requests in ready:
            self._serve_board(board)
        if self._control in ready:
            self._serve_host()
        self._wire.move(ready, time.monotonic())
        self._serve_clock()

    def _patience_s(self) -> float | None:
        now = clock_us()
        due_us = self._desk.times_us() + self._outside.timers.times_us()
        for room in (self._power, self._striker, self._wire):
            due_us += room.times_us(now)
        return min(_LONG_S, max(0.0, (min(due_us) - now) / 1e6)) if due_us else None

    def _serve_board(self, board: Interpreter) -> None:
        try:
            data = os.read(board.requests, _READ_BYTES)
        except BlockingIOError:
            return
        if not data:
            self._power.boot_after(board.wait())
            return
        for word, value in self._outside.feed(data, clock_us()):
            self._carry_out(board, word, value)
        self._desk.answer_waits()

    def _carry_out(self, board: Interpreter, word: str, value: int | bytes) -> None:
        """Do what the board's program asked for."""
        if word == "reply" and isinstance(value, bytes):
            board.tell(board.replies, value)
        elif word == "poke":
            self._power.poke()
        elif word == "save rom" and isinstance(value, bytes):
            board.tell(board.replies, b"%s %d\n" % (value, -self._rom.save()))
        elif word == "reset":
            self._power.reset(Boot.reset())
        elif word == "deepsleep" and isinstance(value, int) and value:
            self._power.reset(Boot.deep_sleep(value))
        elif word == "softreset":
            self._power.reset(Boot.soft_reset(is_raw=bool(value)))
        elif word == "cut":
            self._striker.strike(self._flash_limit.fault)
        elif word == "fail":
            self._power.boot_after(board.end())
        elif word in _GONE:
            self._striker.take_away(_GONE[word])

    def _serve_host(self) -> None:
        try:
            data = os.read(self._control, _READ_BYTES)
        except ConnectionResetError:
            data = b""
        if not data:
            self._is_over = True
            return
        self.serve(self._unpacker.feed(data))

    def serve(self, questions: list[Message]) -> None:
        """Answer the host's questions: a number, a verb, its arguments."""
        for number, verb, *arguments in questions:
            board = self._power.board
            if board and select.select([board.requests], [], [], 0)[0]:
                self._serve_board(board)  # what happened before the question is in the answer
            self._desk.answer(number, verb, arguments)

    def _erase(self) -> None:
        """Take the power off and be a new board, whose power comes on when the host is ready for it."""
        self._power.reset(None)
        self._striker.call_off()
        self._booter.erase()
        self._rom.erase()
        self._outside.begin_anew()
        self._flash_limit.clear()
        self._faults.begin_anew()
        self._wire.begin_anew()

    def _interrupt(self) -> bool:
        return self._power.interrupt()

    def _serve_clock(self) -> None:
        now = clock_us()
        self._desk.answer_waits()
        self._striker.strike_when_at_rest(now)
        board = self._power.board
        if board is None:
            return
        if self._outside.timers.bites(now):
            self._power.reset(Boot.watchdog())
            return
        self._power.remind(now)
        for number in self._outside.timers.take_due(now):
            board.tell(board.events, b"timer %d\n" % number)

    def _tell(self, *message: object) -> None:
        data = pack(message)
        while data:
            data = data[os.write(self._control, data) :]


def _soft_reboot(personality: str) -> bytes:
    """Return what the board prints at a soft reset."""
    if personality != "circuitpython":
        return _SOFT_REBOOT
    from belay_transport.sim.costume import SOFT_REBOOT  # noqa: PLC0415 - the usual board does without

    return SOFT_REBOOT
