"""Which serial ports there are, and which of them a `UsbSpecifier` means.

Knows what the operating system tells about USB serial ports (through pyserial, loaded when first
needed). Opens no port, and knows no other kind of address.

The specifier is written out by hand rather than as a dataclass: `dataclasses` costs 10 ms at
import (it loads `inspect`), a fifth of what `import belay` may take.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol

from belay_transport.errors import (
    AddressError,
    ArgumentTypeError,
    DeviceNotFoundError,
    InsufficientSpecifierError,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["PTYS", "PortInfo", "UsbSpecifier", "list_devices", "usb_identity"]

PTYS = ("/dev/pts/", "/dev/ttys")
"""How the names of ptys begin, on Linux and on macOS."""

_NUMBERS = ("vid", "pid")
_TEXTS = ("serial_number", "manufacturer", "product", "location")
_FIELDS = _NUMBERS + _TEXTS

_LARGEST_ID = 0xFFFF
"""USB vendor and product numbers are 16 bits wide. Source: USB 2.0 specification, table 9-8."""


class PortInfo(Protocol):
    """What is read of a port; pyserial's `ListPortInfo` has it."""

    device: str
    vid: int | None
    pid: int | None
    serial_number: str | None
    manufacturer: str | None
    product: str | None
    location: str | None


class UsbSpecifier:
    """Say which USB board is meant, by what its USB interface tells; what is None fits any board.

    Text is compared without regard to case. Values are frozen, compared by their six fields, and
    show only the fields that are set:

        >>> UsbSpecifier(vid=11914, product="Board in FS mode")
        UsbSpecifier(vid=11914, product='Board in FS mode')

    Args:
        vid: vendor number, 0 to 65535.
        pid: product number, 0 to 65535.
        serial_number: as the board reports it.
        manufacturer: as the board reports it.
        product: as the board reports it.
        location: which socket of which hub, as the operating system names it: "1-1.3".
        device: the port that `list_devices` saw the board at: "/dev/ttyACM0". It decides between
            boards that are otherwise the same, and is no part of the value.

    Raises:
        AddressError: a value is of the wrong type or out of its range.
    """

    __slots__ = ("device", "location", "manufacturer", "pid", "product", "serial_number", "vid")

    vid: int | None
    pid: int | None
    serial_number: str | None
    manufacturer: str | None
    product: str | None
    location: str | None
    device: str | None

    def __init__(
        self,
        *,
        vid: int | None = None,
        pid: int | None = None,
        serial_number: str | None = None,
        manufacturer: str | None = None,
        product: str | None = None,
        location: str | None = None,
        device: str | None = None,
    ) -> None:
        values = (vid, pid, serial_number, manufacturer, product, location)
        for name, value in zip(_FIELDS, values, strict=True):
            if value is not None:
                _check_field(name, value)
            object.__setattr__(self, name, value)
        object.__setattr__(self, "device", device)

    @classmethod
    def from_json(cls, text: str) -> UsbSpecifier:
        """Read what `to_json` writes: an object with any of the six fields.

        Raises:
            ArgumentTypeError: it is no text.
            AddressError: the text is no JSON object, or a key or value is not one of a specifier.
        """
        if not isinstance(text, (str, bytes, bytearray)):
            raise ArgumentTypeError(
                f"a USB specifier is read from JSON as a text, not from {text!r} ({type(text).__name__})",
                hint=_JSON_EXAMPLE,
            )
        import json  # noqa: PLC0415 - costs 2 ms, and most addresses are no JSON

        try:
            fields = json.loads(text)
        except ValueError as error:
            raise AddressError(f"`{text}` is not JSON: {error}", hint=_JSON_EXAMPLE) from error
        if not isinstance(fields, dict):
            raise AddressError(
                f"`{text}` is a JSON {type(fields).__name__}, not an object", hint=_JSON_EXAMPLE
            )
        for key in fields:
            if key not in _FIELDS:
                raise AddressError(f"`{key}` is not a field of a USB specifier", hint=_nearest_field(key))
        return cls(**fields)

    def to_json(self) -> str:
        """Return the set fields as JSON, for the environment variable `BELAY_DEVICE`."""
        import json  # noqa: PLC0415 - costs 2 ms, and is seldom needed

        return json.dumps(self.fields())

    def to_port(self, *, ports: Iterable[PortInfo] | None = None) -> str:
        """Return the name of the one port that fits: "/dev/ttyACM0".

        Args:
            ports: where to look; None for the ports of this machine.

        Raises:
            DeviceNotFoundError: no port fits; the message lists each and why it was refused.
            InsufficientSpecifierError: several fit; the message lists them, the hint chooses one.
        """
        refusals = []
        fitting = []
        for port in _scan(ports):
            found = _read_port(port)
            refusal = _why_not_usb(found) or self.why_not(found)
            if refusal:
                refusals.append(f"{port.device}: {refusal}")
            else:
                fitting.append(found)
        if len(fitting) > 1:
            # the board that `list_devices` saw, if it is still there
            fitting = [found for found in fitting if found.device == self.device] or fitting
        if not fitting:
            raise _not_found(self, refusals)
        if len(fitting) > 1:
            raise _insufficient(self, fitting)
        device = fitting[0].device
        assert device is not None  # `_read_port` has set it
        return device

    def why_not(self, found: UsbSpecifier) -> str | None:
        """Return why `found` is not what this specifier means ("pid is 5, not 6"), or None."""
        for name, wanted in self.fields().items():
            there = getattr(found, name)
            if there is None:
                return f"has no {name}"
            if _folded(there) != _folded(wanted):
                return f"{name} is {there!r}, not {wanted!r}"
        return None

    def fields(self) -> dict[str, int | str]:
        """Return the fields that are set, by name."""
        return {name: value for name in _FIELDS if (value := getattr(self, name)) is not None}

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"A UsbSpecifier is frozen: `{name}` cannot be set")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"A UsbSpecifier is frozen: `{name}` cannot be deleted")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, UsbSpecifier):
            return NotImplemented
        return self.fields() == other.fields()

    def __hash__(self) -> int:
        return hash(tuple(self.fields().items()))

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in self.fields().items())
        return f"UsbSpecifier({fields})"

    def __reduce__(self) -> tuple[object, ...]:
        # copying and pickling fill the fields one by one otherwise, which frozen values refuse
        return (_restore, (self.fields(), self.device))


def list_devices(*, ports: Iterable[PortInfo] | None = None) -> list[UsbSpecifier]:
    """Return what each USB serial port tells about itself, in the order of their names.

    Each knows its `device`, the name of its port. Ports that tell nothing of USB (on-board UARTs,
    Bluetooth) are left out.

    Args:
        ports: where to look; None for the ports of this machine.
    """
    found = [_read_port(port) for port in _scan(ports)]
    return [device for device in found if _why_not_usb(device) is None]


def usb_identity(device: str, *, ports: Iterable[PortInfo] | None = None) -> UsbSpecifier | None:
    """Return the specifier that finds the board of a port again, whatever its port is called then.

    Args:
        device: the name of the port: "/dev/ttyACM0".
        ports: where to look; None for the ports of this machine.

    Returns:
        Numbers and serial number, or without a serial number the place where it is plugged in; None for
        a port that is not there or tells neither.
    """
    if device.startswith(PTYS):
        return None  # and nobody has to wait until all ports are listed
    for found in list_devices(ports=ports):
        # udev rules give a port other names, which are links.
        if found.device in {device, os.path.realpath(device)}:
            if found.serial_number is not None:
                return UsbSpecifier(vid=found.vid, pid=found.pid, serial_number=found.serial_number)
            if found.location is not None:
                return UsbSpecifier(vid=found.vid, pid=found.pid, location=found.location)
    return None


_JSON_EXAMPLE = """a USB specifier looks like `{"vid": 11914, "pid": 5}`"""


def _restore(fields: dict[str, int | str], device: str | None) -> UsbSpecifier:
    return UsbSpecifier(**fields, device=device)  # type: ignore[arg-type] # checked by the constructor


def _check_field(name: str, value: object) -> None:
    """Refuse a value that no USB port can have."""
    if name in _NUMBERS:
        if not isinstance(value, int) or isinstance(value, bool):
            raise AddressError(
                f"`{name}` of a USB specifier is a number, not {value!r}",
                hint=f"`{name}=0x2e8a` or `{name}=11914`",
            )
        if not 0 <= value <= _LARGEST_ID:
            raise AddressError(f"`{name}` of a USB specifier is 0 to {_LARGEST_ID}, not {value}")
    elif not isinstance(value, str):
        raise AddressError(
            f"`{name}` of a USB specifier is text, not {value!r}", hint=f"`{name}={str(value)!r}`"
        )
    elif not value:
        raise AddressError(
            f"`{name}` of a USB specifier is empty", hint=f"leave `{name}` out to fit any board"
        )


def _folded(value: int | str) -> int | str:
    return value.casefold() if isinstance(value, str) else value


def _nearest_field(key: str) -> str:
    import difflib  # noqa: PLC0415 - only an error needs it

    near = difflib.get_close_matches(key, _FIELDS, n=1)
    names = ", ".join(f"`{name}`" for name in _FIELDS)
    return f"did you mean `{near[0]}`? The fields are {names}" if near else f"the fields are {names}"


def _scan(ports: Iterable[PortInfo] | None) -> list[PortInfo]:
    if ports is None:
        from serial.tools.list_ports import comports  # noqa: PLC0415 - `import belay` loads no pyserial

        ports = comports()
    return sorted(ports, key=lambda port: (len(port.device), port.device))  # ttyACM9 before ttyACM10


def _read_port(port: PortInfo) -> UsbSpecifier:
    # "" and 0 are how some drivers say that they do not know
    fields = {name: getattr(port, name) or None for name in _FIELDS}
    return UsbSpecifier(**fields, device=port.device)


def _why_not_usb(found: UsbSpecifier) -> str | None:
    return None if found.fields() else "tells nothing of USB"


def _not_found(specifier: UsbSpecifier, refusals: list[str]) -> DeviceNotFoundError:
    wanted = f"No board fits {specifier}" if specifier.fields() else "No board is plugged in"
    if not refusals:
        return DeviceNotFoundError(f"{wanted}: this machine has no serial port", hint=_NONE_HINT)
    looked_at = "\n  ".join(["looked at", *refusals])
    return DeviceNotFoundError(f"{wanted}; {looked_at}", hint=_NONE_HINT)


_NONE_HINT = "plug a board in, name its port (`/dev/ttyACM0`, `COM3`), or use the simulated board `sim:`"


def _insufficient(specifier: UsbSpecifier, fitting: list[UsbSpecifier]) -> InsufficientSpecifierError:
    fit = f"fit {specifier}" if specifier.fields() else "are plugged in"
    candidates = "".join(f"\n  {found.device}: {found}" for found in fitting)
    return InsufficientSpecifierError(
        f"{len(fitting)} boards {fit}:{candidates}", hint=_how_to_choose(fitting)
    )


def _how_to_choose(fitting: list[UsbSpecifier]) -> str:
    """Return the hint that names the first candidate alone."""
    chosen = fitting[0]
    # what stays with the board first, then what stays with its place
    for name in ("serial_number", "product", "manufacturer", "pid", "vid", "location"):
        value = getattr(chosen, name)
        if value is None:
            continue
        shortest = UsbSpecifier(**{name: value})
        if all(shortest.why_not(other) for other in fitting[1:]):
            return f"choose one, for example `{shortest}` or `BELAY_DEVICE='{shortest.to_json()}'`"
    return f"choose one by its port, for example `{chosen.device}`"
