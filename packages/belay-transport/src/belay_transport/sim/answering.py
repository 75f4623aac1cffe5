"""What the host may ask of a simulated board's outside: one table of verbs.

Knows the host's verbs and the peripherals; must not know descriptors or processes.
"""

from __future__ import annotations

TYPE_CHECKING = False  # see control.py
if TYPE_CHECKING:
    from collections.abc import Callable

    from belay_transport.sim.peripherals import Peripherals
    from belay_transport.sim.timeline import Entry, Identifier, Value

__all__ = ["ANSWERS"]


def _timeline(outside: Peripherals) -> tuple[list[Entry], int]:
    return outside.timeline.read()


def _clear_timeline(outside: Peripherals) -> None:
    outside.timeline.clear()


def _pin(outside: Peripherals, identifier: Identifier) -> tuple[str | None, int | None, int, int | None]:
    pin = outside.pins.pin(identifier)
    return pin.mode, pin.pull, pin.level, pin.driven


def _state(outside: Peripherals, kind: str, identifier: Identifier, what: str) -> Value:
    return outside.states.get((kind, identifier, what))


def _analog(outside: Peripherals, identifier: Identifier, value: int) -> None:
    outside.pins.set_analog(identifier, value)


def _attach(
    outside: Peripherals, bus: Identifier, address: int, registers: bytes, pointer_bytes: int
) -> None:
    outside.attached.attach(bus, address, registers, pointer_bytes)


def _detach(outside: Peripherals, bus: Identifier, address: int) -> None:
    outside.attached.detach(bus, address)


def _registers(outside: Peripherals, bus: Identifier, address: int) -> bytes:
    return bytes(outside.attached.device(bus, address).registers)


def _set_registers(outside: Peripherals, bus: Identifier, address: int, start: int, values: bytes) -> None:
    outside.attached.device(bus, address).registers[start : start + len(values)] = values


def _feed(outside: Peripherals, kind: str, bus: Identifier, data: bytes) -> None:
    outside.attached.feed(kind, bus, data)


def _fence(outside: Peripherals) -> tuple[bool, bool]:
    return outside.fence


ANSWERS: dict[str, Callable[..., object]] = {
    "timeline": _timeline,
    "clear timeline": _clear_timeline,
    "pin": _pin,
    "state": _state,
    "analog": _analog,
    "attach": _attach,
    "detach": _detach,
    "registers": _registers,
    "set registers": _set_registers,
    "feed": _feed,
    "fence": _fence,
}
