"""Whether a simulated board runs: when it boots, what happens when it ends, who can wake it.

Knows the booter and the causes of a boot; must not know who orders one.
"""

from __future__ import annotations

from belay_transport.sim.moment import clock_us
from belay_transport.sim.page import IS_INTERRUPTED, IS_WRITABLE
from belay_transport.sim.timers import Reminders

TYPE_CHECKING = False  # see control.py
if TYPE_CHECKING:
    from belay_transport.sim.booting import Booter
    from belay_transport.sim.interpreter import Ending, Interpreter
    from belay_transport.sim.peripherals import Peripherals
    from belay_transport.sim.wire import Wire

__all__ = ["Boot", "Power"]

_POWER_ON, _HARD_RESET, _WATCHDOG, _DEEP_SLEEP, _SOFT_RESET = 1, 2, 3, 4, 5
# The values of machine.reset_cause().
_CRASHES_MAX = 3
# So often in a row an interpreter may end before its own boot code is through; then it never will be.
_AFTER_CRASH_US = 100_000
# A program that crashes the interpreter at once must not fill the machine with restarts.
_QUICK_US = 100_000
_LOOPS_MIN = 2
# A board that resets itself so soon after a boot, and so often in a row, does so in a loop.
_RETRY_US = 5_000


class Boot:
    """A boot that is to come."""

    def __init__(
        self, cause: str, number: int, *, at_us: int = 0, is_raw: bool = False, keeps_input: bool = False
    ) -> None:
        self.cause = cause
        self.number = number
        self.at_us = at_us
        self.is_raw = is_raw
        self.keeps_input = keeps_input

    @classmethod
    def power_on(cls, *, keeps_input: bool = False) -> Boot:
        """Return that of a board whose power comes on; `keeps_input` if what the host sent is for it."""
        return cls("power on", _POWER_ON, keeps_input=keeps_input)

    @classmethod
    def reset(cls) -> Boot:
        """Return that of a board whose reset button was pressed, or which did so itself."""
        return cls("reset", _HARD_RESET)

    @classmethod
    def watchdog(cls) -> Boot:
        """Return that of a board that was reset by its watchdog."""
        return cls("watchdog", _WATCHDOG)

    @classmethod
    def deep_sleep(cls, milliseconds: int) -> Boot:
        """Return that of a board that sleeps for so long."""
        return cls("deep sleep", _DEEP_SLEEP, at_us=clock_us() + milliseconds * 1000)

    @classmethod
    def soft_reset(cls, *, is_raw: bool) -> Boot:
        """Return that of a board that was reset softly, in raw mode or not."""
        return cls("soft reset", _SOFT_RESET, is_raw=is_raw, keeps_input=True)


class Power:
    """The power of one board; it comes on with the first `boot_when_due`.

    Args:
        booter: starts interpreters.
        wire: the board's.
        outside: the board's.
        soft_reboot: what it prints at a soft reset.

    Attributes:
        board: the interpreter that runs, None while there is none.
        is_abandoned: nobody is there any more to read what it prints.
    """

    def __init__(self, booter: Booter, wire: Wire, outside: Peripherals, *, soft_reboot: bytes) -> None:
        self.board: Interpreter | None = None
        self.is_abandoned = False
        self._booter = booter
        self._wire = wire
        self._outside = outside
        self._soft_reboot = soft_reboot
        self._boot: Boot | None = Boot.power_on(keeps_input=True)
        self._reminders = Reminders()
        self._crashes = 0
        self._booted_us = 0
        self._loops = 0

    @property
    def is_booting(self) -> bool:
        """Whether a boot is to come."""
        return self._boot is not None

    def times_us(self, now_us: int) -> list[int]:
        """Return when to look again."""
        boots = [max(self._boot.at_us, now_us + _RETRY_US)] if self._boot else []
        return boots + self._reminders.times_us()

    def boot_when_due(self) -> None:
        """Boot if it is time."""
        boot = self._boot
        if boot is None or boot.at_us > clock_us():
            return
        is_soft = boot.number == _SOFT_RESET
        if is_soft and not self._wire.has_room():
            return  # the host does not read, so the board cannot print; asked again soon
        if is_soft and not self._wire.print(self._soft_reboot):
            self.is_abandoned = True  # the host is going away
            return
        if not boot.keeps_input:
            self._wire.drop_input()
        self._boot = None
        if not is_soft:
            self._booter.page[IS_WRITABLE] = 0  # until `boot.py` says otherwise
        if self._loops < _LOOPS_MIN:
            self._booter.page[IS_INTERRUPTED] = 0
        self._booted_us = clock_us()
        self._outside.boot(self._booted_us, boot.cause, is_power_on=boot.number == _POWER_ON)
        self.board = self._booter.boot(
            is_raw=boot.is_raw,
            runs_main=not boot.is_raw,
            reset_cause=boot.number,
            rtc_offset_us=self._outside.rtc_offset_us,
        )

    def boot_after(self, ending: Ending) -> None:
        """Boot again after the interpreter has ended by itself.

        Raises:
            RuntimeError: it never gets through its boot code.
        """
        self.board = None
        if ending.is_soft_reset and self._outside.is_up:
            self._crashes = 0
            self._boot = Boot.soft_reset(is_raw=ending.is_raw)
            return
        self._crashes = 0 if self._outside.is_up else self._crashes + 1
        if self._crashes >= _CRASHES_MAX:
            why = self._outside.failure or f"the interpreter {ending.text}"
            raise RuntimeError(f"{_CRASHES_MAX} boots in a row failed: {why}")
        self._boot = Boot(f"crash: it {ending.text}", _WATCHDOG, at_us=clock_us() + _AFTER_CRASH_US)

    def reset(self, boot: Boot | None) -> None:
        """Cut the program off, without a word from it, and boot as told; None leaves the power off."""
        self.end()
        self._boot = boot
        self._loops = self._loops + 1 if clock_us() - self._booted_us < _QUICK_US else 0

    def come_on(self) -> None:
        """Boot a board whose power is off; what the host has sent since then is for it."""
        self._crashes = self._loops = 0
        self._boot = Boot.power_on(keeps_input=True)

    def end(self) -> None:
        """Cut the program off."""
        if self.board:
            self.board.end()
        self.board = None

    def interrupt(self) -> bool:
        """Interrupt the program with Ctrl-C; say whether it took that.

        While the boot code runs, Ctrl-C is a byte like any other, as in a board's firmware.
        """
        is_taken = self.board is not None and self._outside.is_up and self.board.interrupt()
        if is_taken:
            self._reminders.start(clock_us())
        elif self._loops >= _LOOPS_MIN and not (self.board and self._outside.is_up):
            # A board spends most of such a loop in its files; this one boots so quickly that hardly a
            # Ctrl-C would ever meet them.
            self._booter.page[IS_INTERRUPTED] = 1
            is_taken = True
        return is_taken

    def poke(self) -> None:
        """Let what is scheduled on the board run soon."""
        if self.board:
            self.board.poke()
            self._reminders.start(clock_us())

    def remind(self, now_us: int) -> None:
        """Poke once more if it is time."""
        if self.board and self._reminders.is_due(now_us):
            self.board.poke()
