"""What a test attaches to the buses of a simulated board: register devices, answers, received bytes.

Knows bytes only; must not know processes or the board's program.
"""

from __future__ import annotations

TYPE_CHECKING = False  # see control.py
if TYPE_CHECKING:
    from belay_transport.sim.timeline import Identifier

__all__ = ["Attached", "NoDeviceError", "RegisterDevice"]

_QUEUE_MAX_BYTES = 1024 * 1024
# Far more than a test feeds a UART at once; a caller that sends for ever hears of it.


class NoDeviceError(Exception):
    """Nothing answers at that address."""


class RegisterDevice:
    """A device on an I2C bus: registers, and a pointer that moves on with every byte.

    Args:
        registers: what they hold.
        pointer_bytes: how many bytes of a write set the pointer, 1 or 2, big end first.
    """

    def __init__(self, registers: bytes, pointer_bytes: int) -> None:
        self.registers = bytearray(registers)
        self._pointer_bytes = pointer_bytes
        self._pointer = 0

    def write(self, data: bytes) -> None:
        """Take a write: the pointer, then what to store from there on; beyond the end it starts over."""
        if not data:
            return  # only knocked, as a scan does
        self._pointer = int.from_bytes(data[: self._pointer_bytes], "big")
        for value in data[self._pointer_bytes :]:
            self.registers[self._next()] = value

    def read(self, count: int) -> bytes:
        """Give `count` bytes from the pointer on."""
        return bytes(self.registers[self._next()] for _ in range(count))

    def _next(self) -> int:
        place = self._pointer % len(self.registers)
        self._pointer = place + 1
        return place


class Attached:
    """Everything that is attached, by kind and identifier of the bus."""

    def __init__(self) -> None:
        self._devices: dict[tuple[Identifier, int], RegisterDevice] = {}
        self._queues: dict[tuple[str, Identifier], bytearray] = {}

    def attach(self, bus: Identifier, address: int, registers: bytes, pointer_bytes: int) -> None:
        """Attach a register device to an I2C bus, in place of what was at that address."""
        self._devices[bus, address] = RegisterDevice(registers, pointer_bytes)

    def detach(self, bus: Identifier, address: int) -> None:
        """Take a device off its bus."""
        self._devices.pop((bus, address), None)

    def device(self, bus: Identifier, address: int) -> RegisterDevice:
        """Return the device at that address.

        Raises:
            NoDeviceError: there is none.
        """
        try:
            return self._devices[bus, address]
        except KeyError:
            raise NoDeviceError(f"no device at {address:#x} on I2C {bus}") from None

    def addresses(self, bus: Identifier) -> list[int]:
        """Return the addresses that answer on an I2C bus."""
        return sorted(address for at, address in self._devices if at == bus)

    def feed(self, kind: str, bus: Identifier, data: bytes) -> None:
        """Queue bytes that the board will read on that SPI bus or UART.

        Raises:
            ValueError: the board has not read what was queued before.
        """
        queue = self._queues.setdefault((kind, bus), bytearray())
        if len(queue) + len(data) > _QUEUE_MAX_BYTES:
            raise ValueError(f"{len(queue)} bytes wait for the board already, {_QUEUE_MAX_BYTES} at most")
        queue += data

    def waiting(self, kind: str, bus: Identifier) -> int:
        """Return how many queued bytes the board has not read."""
        return len(self._queues.get((kind, bus), b""))

    def take(self, kind: str, bus: Identifier, count: int) -> bytes:
        """Take up to `count` of the queued bytes."""
        queue = self._queues.get((kind, bus), bytearray())
        data = bytes(queue[:count])
        del queue[:count]
        return data
