"""The public face of a simulated board: its pins, inputs, buses and time line, as a test sees them.

Protocols and values only: what `Device.simulated` shows. The board itself is in `belay_transport.sim`.

Pins and analog inputs are named as the board's program names them: by number (0 to 99) or by name
("LED"). Everything here crosses beside the REPL's wire, never on it, and can be used from any
thread while the board's program runs.
An argument that cannot be is an `ArgumentTypeError` or an `ArgumentValueError` that names it.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

__all__ = [
    "SMALLEST_HEAP_BYTES",
    "FenceReport",
    "ServedBoard",
    "SimulatedBoard",
    "SimulatedI2CDevice",
    "SimulatedPWM",
    "SimulatedPin",
    "TimelineEntry",
]

Identifier = int | str

SMALLEST_HEAP_BYTES = 16 * 1024
"""The smallest heap of a simulated board that the device runtime fits into, with 1 kB to spare.

A board whose numbers are 4 bytes wide, not 8 as here, needs about half.
"""


class TimelineEntry(NamedTuple):
    """One thing that happened on the outside of a simulated board.

    Attributes:
        time_us: microseconds since the board's power came on, by the clock of the board's `time.ticks_us()`.
        kind: "Pin", "PWM", "I2C", "SPI", "UART" or "board".
        identifier: which one: the pin's or the bus's number or name; "" for the board.
        what: what changed or was done: "mode", "pull", "value", "driven" (a pin), "freq", "duty_u16" (PWM),
            "write:0x3c", "read:0x3c" (I2C with the device's address), "write", "read" (SPI, UART), "boot".
        value: its new value: a level, "OUT", a number; for buses at most the first 1024 bytes;
            for a boot its cause ("power on", "soft reset", "reset", "watchdog", "deep sleep", "crash: …").
    """

    time_us: int
    kind: str
    identifier: Identifier
    what: str
    value: int | str | bytes | tuple[int, ...] | None


class SimulatedPin(Protocol):
    """A pin, seen from outside."""

    @property
    def value(self) -> int:
        """The level on the pin, 0 or 1: what the board puts out, what drives it, its pull, else 0."""
        ...

    @property
    def mode(self) -> str | None:
        """Its direction: "IN", "OUT" or "OPEN_DRAIN"; None before the board's program has set it up."""
        ...

    @property
    def pull(self) -> str | None:
        """Its pull: "PULL_UP", "PULL_DOWN" or None."""
        ...

    def drive(self, level: int | None) -> None:
        """Put a level on the pin from outside, as a button or a sensor does; None lets go.

        What the board reads changes at once; its interrupt handler, if the edge fits, runs soon.
        """
        ...

    def wait_for(self, level: int, *, timeout_s: float = 5.0) -> bool:
        """Wait until the pin has that level; return whether it came in time."""
        ...


class SimulatedPWM(Protocol):
    """A pin's pulse width modulation."""

    @property
    def freq(self) -> int | None:
        """Hertz; None before the board's program has set it."""
        ...

    @property
    def duty_u16(self) -> int | None:
        """Share of the time that it is high, 0 to 65535; None before the board's program has set it."""
        ...


class SimulatedI2CDevice(Protocol):
    """A device with registers on an I2C bus of the board."""

    @property
    def registers(self) -> bytes:
        """What its registers hold now."""
        ...

    def set(self, start: int, values: bytes) -> None:
        """Store `values` from register `start` on, as the device itself would."""
        ...

    def detach(self) -> None:
        """Take it off the bus: its address does not answer any more."""
        ...


class SimulatedBoard(Protocol):
    """A simulated board, seen from outside."""

    @property
    def heap_bytes(self) -> int:
        """The memory for programs that was asked for."""
        ...

    def pin(self, identifier: Identifier) -> SimulatedPin:
        """Return a pin.

        Raises:
            ArgumentValueError: there is no such pin (0 to 99, or up to 28 names).
        """
        ...

    def pwm(self, identifier: Identifier) -> SimulatedPWM:
        """Return a pin's PWM."""
        ...

    def set_analog(self, identifier: Identifier, value: int) -> None:
        """Set what the analog converter of that number or pin reads.

        Args:
            identifier: as the board's program gives it to `machine.ADC`.
            value: 0 to 65535, as `read_u16` gives it; 65535 are 3.3 V.
        """
        ...

    def attach_i2c(
        self, address: int, registers: bytes, *, bus: Identifier = 0, pointer_bytes: int = 1
    ) -> SimulatedI2CDevice:
        """Attach a device with registers to an I2C bus, in place of what was at that address.

        A write sets its pointer, then stores; a read gives what is there from the pointer on; the
        pointer moves with each byte, and from the last register to the first.

        Args:
            address: 0x08 to 0x77.
            registers: what they hold at first, at least one byte.
            bus: number of the bus; `SoftI2C` is bus 0.
            pointer_bytes: 1, or 2 (big end first) for devices with more than 256 registers.
        """
        ...

    def feed_spi(self, data: bytes, *, bus: Identifier = 0) -> None:
        """Queue what the board will read on an SPI bus; where nothing is queued it reads zeros."""
        ...

    def feed_uart(self, data: bytes, *, uart: Identifier = 1) -> None:
        """Queue what the board will read on a UART, at most 1 MB at a time."""
        ...

    def timeline(
        self, *, kind: str | None = None, identifier: Identifier | None = None
    ) -> list[TimelineEntry]:
        """Return what happened since the power came on, oldest first; of one kind, of one identifier, or all.

        What the board did before it answered a call is in. At most the last 100 000 entries.
        A pin's level is entered when it changes.
        """
        ...

    def clear_timeline(self) -> None:
        """Forget what happened so far."""
        ...

    def restart(self) -> None:
        """Take the power off and on again: memory and clock are lost, flash and inputs are not."""
        ...

    def erase(self) -> None:
        """Make it a new board: as `restart`, and everything else is lost too.

        Flash and ROM are blank, nothing drives its pins, nothing is attached; its counts begin at 0, and only
        the faults of its address are ordered. The link stays open, and loses what was under way. What the
        board is (its size, its unique id) stays.
        """
        ...

    @property
    def bytes_received(self) -> int:
        """How many bytes from the host the board has received since it was opened."""
        ...

    @property
    def flash_writes(self) -> int:
        """How many times the board has written to its flash since it was opened, by 256 bytes or more."""
        ...

    def unplug(self, *, after_bytes: int | None = None, after_flash_writes: int | None = None) -> None:
        """Pull the plug: the link breaks with `ConnectionLost`, and the power is gone.

        What the flash holds is what was written so far; opening the same name or disk again finds it.

        Args:
            after_bytes: so many bytes from the host, counted from now, still reach the board. Then the plug
                is pulled as soon as the board waits for more, or after a second if it does not.
            after_flash_writes: so many writes to the flash, counted from now, are still done; the power goes
                at the next. Without either of the two, the plug is pulled at once.
        """
        ...

    def reset(self, *, after_bytes: int | None = None, after_flash_writes: int | None = None) -> None:
        """Press the reset button, with the arguments of `unplug`: the board starts anew, the link stays.

        What the host was sending in that moment is lost.
        """
        ...

    def call_off_faults(self) -> None:
        """Let nothing strike that `unplug`, `reset` or the address ordered for later."""
        ...


class FenceReport(NamedTuple):
    """Which fences stand around a simulated board on this system.

    Attributes:
        empty_root: its process sees an empty file system.
        system_call_filter: its process cannot open, change or run anything, nor reach a network.
    """

    empty_root: bool
    system_call_filter: bool

    @property
    def is_closed(self) -> bool:
        """Whether a program on the board cannot reach the host's files and programs whatever it does."""
        return self.empty_root or self.system_call_filter


class ServedBoard(Protocol):
    """A simulated board behind the path of a pty, until it is closed; clients may come and go."""

    @property
    def path(self) -> str:
        """What other tools take for a port, such as "/dev/pts/7"."""
        ...

    @property
    def simulated(self) -> SimulatedBoard:
        """The board, seen from outside."""
        ...

    def fence(self) -> FenceReport:
        """Return which fences stand around it on this system."""
        ...

    def close(self) -> None:
        """End the board; closing twice is no error."""
        ...

    def __enter__(self) -> ServedBoard: ...

    def __exit__(self, *_: object) -> None: ...
