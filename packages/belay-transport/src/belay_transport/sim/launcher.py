"""The launcher of one simulated board: boots it, resets it, sends it Ctrl-C, keeps its outside.

One loop, single-threaded; ends when the host's end of the control socket does, also when the host was
killed, and takes the board with it.
"""

from __future__ import annotations

import os
import select
import time

from belay_transport.sim.answering import ANSWERS
from belay_transport.sim.booting import Booter
from belay_transport.sim.control import pack
from belay_transport.sim.faults import Countdown, FlashLimit, Strikes
from belay_transport.sim.page import IS_WRITABLE
from belay_transport.sim.peripherals import Peripherals
from belay_transport.sim.rom import Rom
from belay_transport.sim.timers import Reminders
from belay_transport.sim.waiting import Waits

TYPE_CHECKING = False  # see control.py
if TYPE_CHECKING:
    from typing import Any

    from belay_transport.sim.control import Message, Unpacker
    from belay_transport.sim.interpreter import Ending, Interpreter
    from belay_transport.sim.relay import Relay
    from belay_transport.sim.timeline import Identifier

__all__ = ["Launcher"]

_READ_BYTES = 65536
_SOFT_REBOOT = b"MPY: soft reboot\r\n"
_POWER_ON, _HARD_RESET, _WATCHDOG, _DEEP_SLEEP, _SOFT_RESET = 1, 2, 3, 4, 5
# The values of machine.reset_cause().
_CRASHES_MAX = 3
# So often in a row an interpreter may end before its own boot code is through; then it never will be.
_AFTER_CRASH_US = 100_000
# A program that crashes the interpreter at once must not fill the machine with restarts.
_RETRY_US = 5_000
_LONG_S = 3600.0
# Longer waits are cut here: a timer of a thousand years must not overflow the system's clock.


class _Boot:
    """A boot that is to come."""

    def __init__(
        self, cause: str, number: int, *, at_us: int = 0, is_raw: bool = False, keeps_input: bool = False
    ) -> None:
        self.cause = cause
        self.number = number
        self.at_us = at_us
        self.is_raw = is_raw
        self.keeps_input = keeps_input


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
        self._wire: int = config["wire"]
        self._soft_reboot = _soft_reboot(config["personality"])
        self._rom = Rom(config["rom_path"], config["rom_bytes"])
        self._booter = Booter(config, f"{os.path.dirname(__file__)}/_onboard", self._rom.memory)  # noqa: PTH120 - loads slowly
        self._outside = Peripherals(self._booter.page)
        self._faults = Countdown(unplug_after=config["unplug_after"], reset_after=config["reset_after"])
        self._relay, self._path = _open_relay(config, self._faults, self._interrupt, self._strike)
        self._flash_limit = FlashLimit(self._booter.page)
        self._strikes = Strikes()
        self._board: Interpreter | None = None
        self._boot: _Boot | None = _Boot("power on", _POWER_ON, keeps_input=True)
        self._waits = Waits()
        self._reminders = Reminders()
        self._crashes = 0
        self._is_over = False

    def run(self) -> None:
        """Serve until the host goes away."""
        try:
            while not self._is_over:
                self._boot_when_due()
                self._serve()
        finally:
            if self._board:
                self._board.end()

    def _serve(self) -> None:
        """Wait until something is to be done, and do it."""
        readers, writers = [self._control], list[int]()
        if self._board:
            readers.append(self._board.requests)
        if self._relay:
            readers += self._relay.readers()
            writers = self._relay.writers()
        ready, _, _ = select.select(readers, writers, [], self._patience_s())
        if self._board and self._board.requests in ready:
            self._serve_board(self._board)
        if self._control in ready:
            self._serve_host()
        if self._relay:
            self._relay.move(ready, time.monotonic())
        self._serve_clock()

    def _patience_s(self) -> float | None:
        now_us = _now_us()
        due_us = self._waits.times_us() + self._outside.timers.times_us() + self._reminders.times_us()
        due_us += self._strikes.times_us(now_us)
        if self._boot:
            due_us.append(max(self._boot.at_us, now_us + _RETRY_US))
        if self._relay:
            due_us += [int(time_s * 1e6) for time_s in self._relay.times_s(now_us / 1e6)]
        return min(_LONG_S, max(0.0, (min(due_us) - now_us) / 1e6)) if due_us else None

    def _boot_when_due(self) -> None:
        boot = self._boot
        if boot is None or boot.at_us > _now_us():
            return
        is_soft = boot.number == _SOFT_RESET
        if is_soft and not select.select([], [self._wire], [], 0)[1]:
            return  # the host does not read, so the board cannot print; asked again soon
        if is_soft and not self._print(self._soft_reboot):
            return
        if not boot.keeps_input:
            self._drop_input()
        self._boot = None
        if not is_soft:
            self._booter.page[IS_WRITABLE] = 0  # until `boot.py` says otherwise
        self._outside.boot(_now_us(), boot.cause, is_power_on=boot.number == _POWER_ON)
        self._board = self._booter.boot(
            is_raw=boot.is_raw,
            runs_main=not boot.is_raw,
            reset_cause=boot.number,
            rtc_offset_us=self._outside.rtc_offset_us,
        )

    def _print(self, text: bytes) -> bool:
        """Print as the board; say whether somebody is there to read it."""
        try:
            os.write(self._wire, text)
        except BrokenPipeError:
            self._is_over = True  # the host is going away
        return not self._is_over

    def _drop_input(self) -> None:
        """Forget what came for the program that is gone, as a hard reset does."""
        while select.select([self._wire], [], [], 0)[0]:
            if not os.read(self._wire, _READ_BYTES):
                return

    def _serve_board(self, board: Interpreter) -> None:
        try:
            data = os.read(board.requests, _READ_BYTES)
        except BlockingIOError:
            return
        if not data:
            self._restart_after(board.wait())
            return
        for word, value in self._outside.feed(data, _now_us()):
            self._carry_out(board, word, value)
        self._answer_waits()

    def _carry_out(self, board: Interpreter, word: str, value: int | bytes) -> None:
        if word == "reply" and isinstance(value, bytes):
            board.tell(board.replies, value)
        elif word == "poke":
            board.poke()
            self._reminders.start(_now_us())
        elif word == "save rom" and isinstance(value, bytes):
            board.tell(board.replies, b"%s %d\n" % (value, -self._rom.save()))
        elif word == "reset":
            self._reset(_Boot("reset", _HARD_RESET))
        elif word == "deepsleep" and isinstance(value, int):
            self._reset(_Boot("deep sleep", _DEEP_SLEEP, at_us=_now_us() + value * 1000))
        elif word == "softreset":
            self._reset(_Boot("soft reset", _SOFT_RESET, is_raw=bool(value), keeps_input=True))
        elif word == "cut":
            self._fail(self._flash_limit.fault)
        elif word == "fail":
            self._restart_after(board.end())
        elif word == "bootloader":
            self._reset(None)  # only a power cycle brings it back

    def _restart_after(self, ending: Ending) -> None:
        """Boot again after the interpreter has ended by itself."""
        self._board = None
        if ending.is_soft_reset and self._outside.is_up:
            self._crashes = 0
            self._boot = _Boot("soft reset", _SOFT_RESET, is_raw=ending.is_raw, keeps_input=True)
            return
        self._crashes = 0 if self._outside.is_up else self._crashes + 1
        if self._crashes >= _CRASHES_MAX:
            why = self._outside.failure or f"the interpreter {ending.text}"
            raise RuntimeError(f"{_CRASHES_MAX} boots in a row failed: {why}")
        self._boot = _Boot(f"crash: it {ending.text}", _WATCHDOG, at_us=_now_us() + _AFTER_CRASH_US)

    def _reset(self, boot: _Boot | None) -> None:
        """Cut the program off, without a word from it, and boot as told."""
        if self._board:
            self._board.end()
        self._board = None
        self._boot = boot

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
            if self._board and select.select([self._board.requests], [], [], 0)[0]:
                self._serve_board(self._board)  # what happened before the question is in the answer
            self._answer(number, verb, arguments)

    def _answer(self, number: int, verb: str, arguments: list[Any]) -> None:
        if verb == "strike":
            self._strike(arguments[0], number)
            return
        if verb.startswith("wait"):
            timeout_us, *what = arguments
            self._waits.add(number, verb, what, _now_us() + timeout_us)
            self._answer_waits()
            return
        try:
            answer = self._do(verb, arguments)
        except Exception as error:  # noqa: BLE001 - told to who asked, as it is
            self._tell(number, "error", str(error))
            return
        self._tell(number, "ok", answer)

    def _do(self, verb: str, arguments: list[Any]) -> object:
        if verb == "interrupt":
            return self._interrupt()
        if verb == "path":
            return self._path
        if verb in {"received", "arm", "arm flash", "disarm"}:
            return self._manage_faults(verb, arguments)
        if verb == "drive":
            self._drive(*arguments)
            return None
        if verb == "restart":
            self._reset(_Boot("power on", _POWER_ON))
            return None
        return ANSWERS[verb](self._outside, *arguments)

    def _manage_faults(self, verb: str, arguments: list[Any]) -> int:
        """Arm a fault or disarm all; return how many bytes the board has received through a relay."""
        if verb == "arm":
            self._faults.arm(*arguments)
        elif verb == "arm flash":
            self._flash_limit.arm(*arguments)
        elif verb == "disarm":
            self._faults.clear()
            self._flash_limit.clear()
        return self._faults.count

    def _strike(self, fault: str, number: int | None = None) -> None:
        """Let a fault strike as soon as the board has done with all that it got."""
        self._strikes.add(fault, number, _now_us())

    def _strike_when_at_rest(self) -> None:
        struck = self._strikes.take(is_at_rest=self._is_at_rest(), now_us=_now_us())
        if struck:
            fault, number = struck
            self._fail(fault, number)

    def _is_at_rest(self) -> bool:
        """Say whether the board has read all that came, and waits."""
        if self._boot:
            return False
        if self._board is None:
            return True
        unread, _, _ = select.select([self._wire, self._board.requests], [], [], 0)
        return not unread and self._board.is_waiting()

    def _fail(self, fault: str, number: int | None = None) -> None:
        """Cut the power in this moment, for good or with a reset behind it, and answer who ordered that."""
        self._flash_limit.clear()
        is_reset = fault == "reset"
        self._reset(_Boot("reset", _HARD_RESET) if is_reset else None)
        if is_reset and self._relay:
            self._relay.drop_inbound()
        if number is not None:
            self._tell(number, "ok", None)
        if not is_reset:
            self._is_over = True
            self._tell(0, "unplugged", "The simulated board was unplugged")

    def _interrupt(self) -> bool:
        # While the boot code runs, Ctrl-C is a byte like any other, as in a board's firmware.
        is_taken = self._board is not None and self._outside.is_up and self._board.interrupt()
        if is_taken:
            self._reminders.start(_now_us())
        return is_taken

    def _drive(self, identifier: Identifier, level: int | None) -> None:
        edges = self._outside.pins.drive(identifier, level)
        self._outside.note(_now_us(), "Pin", identifier, "driven", level)
        if edges and self._board:
            place = self._outside.pins.pin(identifier).place
            self._board.tell(self._board.events, b"irq %d %d\n" % (place, edges))
        self._answer_waits()

    def _answer_waits(self) -> None:
        for number, is_so in self._waits.take_answered(self._outside, _now_us()):
            self._tell(number, "ok", is_so)

    def _serve_clock(self) -> None:
        now_us = _now_us()
        self._answer_waits()
        if self._strikes.times_us(now_us):
            self._strike_when_at_rest()
        if self._board is None:
            return
        if self._outside.timers.bites(now_us):
            self._reset(_Boot("watchdog", _WATCHDOG))
            return
        if self._reminders.is_due(now_us):
            self._board.poke()
        for number in self._outside.timers.take_due(now_us):
            self._board.tell(self._board.events, b"timer %d\n" % number)

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


def _now_us() -> int:
    """Return microseconds of the clock that the board's `time.ticks_us()` shows as well."""
    return time.monotonic_ns() // 1000


def _open_relay(
    config: dict[str, Any],
    faults: Countdown,
    interrupt: Any,  # Any: see Relay
    strike: Any,  # Any: as above
) -> tuple[Relay | None, str | None]:
    """Return the relay that the configuration asks for, and the path of its pty if it has one."""
    if config["near"] is None:
        return None, None
    from belay_transport.sim.relay import Relay  # noqa: PLC0415 - only a shaped link or a pty needs it

    outside, path = config["outside"], None
    if outside is None:
        from belay_transport.sim.terminal import open_terminal  # noqa: PLC0415 - as above

        outside, path = open_terminal()
    relay = Relay(
        outside, config["near"], config["wire"], config, faults=faults, interrupt=interrupt, strike=strike
    )
    return relay, path
