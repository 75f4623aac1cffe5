"""The outside of a simulated board, for the host: `SimulatedBoard` over the launcher's control socket.

Knows which question gives what; the answers are in the launcher.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay_transport.errors import ArgumentValueError, ConnectionLost
from belay_transport.sim.checking import to_bytes, to_identifier, to_level, to_number, to_seconds
from belay_transport.sim.page import FLASH_WRITES
from belay_transport.simulated import FenceReport, TimelineEntry

if TYPE_CHECKING:
    import mmap
    from collections.abc import Callable

    from belay_transport.sim.faults import Countdown
    from belay_transport.sim.launching import Launcher

__all__ = ["Board"]

Identifier = int | str

_PULLS = {1: "PULL_UP", 2: "PULL_DOWN"}
_SPARE_S = 5.0
_ANALOG_MAX = 65535
_FIRST_ADDRESS, _LAST_ADDRESS = 0x08, 0x77
# What is below and above has other meanings. Source: I2C-bus specification UM10204, table 4.


class _Pin:
    def __init__(self, launcher: Launcher, identifier: Identifier) -> None:
        self._launcher = launcher
        self._identifier = identifier

    @property
    def value(self) -> int:
        return int(self._ask()[2])

    @property
    def mode(self) -> str | None:
        return self._ask()[0]

    @property
    def pull(self) -> str | None:
        return _PULLS.get(self._ask()[1] or 0)

    def drive(self, level: int | None) -> None:
        self._launcher.ask("drive", self._identifier, None if level is None else to_level(level))

    def wait_for(self, level: int, *, timeout_s: float = 5.0) -> bool:
        level, timeout_s = to_level(level), to_seconds("timeout_s", timeout_s)
        timeout_us = int(timeout_s * 1_000_000)
        # The launcher keeps the time; ours is only for the case that it is gone.
        return bool(
            self._launcher.ask(
                "wait for pin", timeout_us, self._identifier, level, timeout_s=timeout_s + _SPARE_S
            )
        )

    def __repr__(self) -> str:
        return f"<pin {self._identifier!r} of a simulated board: mode={self.mode}, value={self.value}>"

    def _ask(self) -> tuple[str | None, int | None, int, int | None]:
        mode, pull, level, driven = self._launcher.ask("pin", self._identifier)
        return mode, pull, level, driven


class _PWM:
    def __init__(self, launcher: Launcher, identifier: Identifier) -> None:
        self._launcher = launcher
        self._identifier = identifier

    @property
    def freq(self) -> int | None:
        return self._state("freq")

    @property
    def duty_u16(self) -> int | None:
        return self._state("duty_u16")

    def _state(self, what: str) -> int | None:
        value = self._launcher.ask("state", "PWM", self._identifier, what)
        return None if value is None else int(value)


class _I2CDevice:
    def __init__(self, launcher: Launcher, bus: Identifier, address: int) -> None:
        self._launcher = launcher
        self._at = (bus, address)

    @property
    def registers(self) -> bytes:
        return bytes(self._launcher.ask("registers", *self._at))

    def set(self, start: int, values: bytes) -> None:
        start, values = to_number("start", start), to_bytes("values", values)
        size = len(self.registers)
        if start < 0 or start + len(values) > size:
            raise ArgumentValueError(f"registers {start} to {start + len(values) - 1} of {size}")
        self._launcher.ask("set registers", *self._at, start, values)

    def detach(self) -> None:
        self._launcher.ask("detach", *self._at)


class Board:
    """`SimulatedBoard`, for a board that a launcher keeps.

    Attributes:
        heap_bytes: the memory for programs that was asked for.

    Args:
        launcher: keeps the board.
        heap_bytes: see above.
        page: the memory that is shared with the board, see page.py; its owner closes it.
        faults: what the link counts with; None where the launcher does.
        begin_link_anew: has the host's end forget what is under way, once the board was erased.
    """

    def __init__(
        self,
        launcher: Launcher,
        *,
        heap_bytes: int,
        page: mmap.mmap,
        faults: Countdown | None = None,
        begin_link_anew: Callable[[], None] = lambda: None,
    ) -> None:
        self._launcher = launcher
        self._page = page
        self._faults = faults
        self._begin_link_anew = begin_link_anew
        self.heap_bytes = heap_bytes

    def pin(self, identifier: Identifier) -> _Pin:
        """Return a pin."""
        identifier = to_identifier("identifier", identifier)
        self._launcher.ask("pin", identifier)  # raises for one that cannot be
        return _Pin(self._launcher, identifier)

    def pwm(self, identifier: Identifier) -> _PWM:
        """Return a pin's PWM."""
        return _PWM(self._launcher, to_identifier("identifier", identifier))

    def set_analog(self, identifier: Identifier, value: int) -> None:
        """Set what an analog converter reads."""
        identifier, value = to_identifier("identifier", identifier), to_number("value", value)
        if not 0 <= value <= _ANALOG_MAX:
            raise ArgumentValueError(f"an analog input reads 0 to 65535, not {value}")
        self._launcher.ask("analog", identifier, value)

    def attach_i2c(
        self, address: int, registers: bytes, *, bus: Identifier = 0, pointer_bytes: int = 1
    ) -> _I2CDevice:
        """Attach a device with registers to an I2C bus."""
        address, bus = to_number("address", address), to_identifier("bus", bus)
        registers = to_bytes("registers", registers)
        if not _FIRST_ADDRESS <= address <= _LAST_ADDRESS:
            raise ArgumentValueError(f"an I2C device has an address from 0x08 to 0x77, not {address:#x}")
        if to_number("pointer_bytes", pointer_bytes) not in {1, 2} or not registers:
            raise ArgumentValueError("an I2C device has at least one register and a pointer of 1 or 2 bytes")
        self._launcher.ask("attach", bus, address, registers, pointer_bytes)
        return _I2CDevice(self._launcher, bus, address)

    def feed_spi(self, data: bytes, *, bus: Identifier = 0) -> None:
        """Queue what the board will read on an SPI bus."""
        self._launcher.ask("feed", "SPI", to_identifier("bus", bus), to_bytes("data", data))

    def feed_uart(self, data: bytes, *, uart: Identifier = 1) -> None:
        """Queue what the board will read on a UART."""
        self._launcher.ask("feed", "UART", to_identifier("uart", uart), to_bytes("data", data))

    def timeline(
        self, *, kind: str | None = None, identifier: Identifier | None = None
    ) -> list[TimelineEntry]:
        """Return what happened since the power came on."""
        entries, _ = self._launcher.ask("timeline")
        return [
            TimelineEntry(*entry)
            for entry in entries
            if kind in {None, entry[1]} and identifier in {None, entry[2]}
        ]

    def clear_timeline(self) -> None:
        """Forget what happened so far."""
        self._launcher.ask("clear timeline")

    def restart(self) -> None:
        """Take the power off and on again."""
        self._launcher.ask("restart")

    def erase(self) -> None:
        """Make it a new board."""
        self._launcher.ask("erase")
        self._begin_link_anew()  # while nothing comes
        self._launcher.ask("come on")

    @property
    def bytes_received(self) -> int:
        """Return how many bytes from the host the board has received."""
        return int(self._launcher.ask("received")) if self._faults is None else self._faults.count

    @property
    def flash_writes(self) -> int:
        """Return how many times the board has written to its flash."""
        try:
            return int.from_bytes(self._page[FLASH_WRITES : FLASH_WRITES + 4], "little")
        except ValueError:
            raise ConnectionLost("The simulated board is closed") from None

    def unplug(self, *, after_bytes: int | None = None, after_flash_writes: int | None = None) -> None:
        """Take the power off, now or later."""
        self._arm("unplug", after_bytes, after_flash_writes)

    def reset(self, *, after_bytes: int | None = None, after_flash_writes: int | None = None) -> None:
        """Press the reset button, now or later."""
        self._arm("reset", after_bytes, after_flash_writes)

    def call_off_faults(self) -> None:
        """Let none of the faults strike that were ordered for later."""
        if self._faults is not None:
            self._faults.clear()
        self._launcher.ask("disarm")

    def _arm(self, fault: str, after_bytes: int | None, after_flash_writes: int | None) -> None:
        if after_bytes is not None:
            after_bytes = to_number("after_bytes", after_bytes, least=0)
        if after_flash_writes is not None:
            after_flash_writes = to_number("after_flash_writes", after_flash_writes, least=0)
        if after_flash_writes is not None:
            self._launcher.ask("arm flash", fault, after_flash_writes)
        if not after_bytes:
            if after_bytes == 0 or after_flash_writes is None:
                self._launcher.ask("strike", fault)
                if fault == "unplug":
                    self._launcher.end_itself()
        elif self._faults is not None:
            self._faults.arm(fault, after_bytes)
        else:
            self._launcher.ask("arm", fault, after_bytes)

    def fence(self) -> FenceReport:
        """Return which fences stand around this board, once it has booted."""
        self._launcher.ask("wait for boot", int(_SPARE_S * 1_000_000))
        return FenceReport(*self._launcher.ask("fence"))
