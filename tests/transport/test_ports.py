"""Which serial port is meant, and what is said when none or several fit."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys

import pytest
from serial.tools.list_ports_common import ListPortInfo

from belay_transport.errors import (
    AddressError,
    ArgumentTypeError,
    DeviceNotFoundError,
    InsufficientSpecifierError,
)
from belay_transport.ports import UsbSpecifier, list_devices, usb_identity

PICO = {
    "vid": 0x2E8A,
    "pid": 5,
    "serial_number": "E6614C311B137637",
    "manufacturer": "MicroPython",
    "product": "Board in FS mode",
    "location": "1-1.3",
}


def port(device: str, **fields: int | str | None) -> ListPortInfo:
    """Return what pyserial tells of a port."""
    info = ListPortInfo(device)
    for name, value in fields.items():
        setattr(info, name, value)
    return info


def test_only_set_fields_are_shown() -> None:
    """The text of a specifier can be pasted back."""
    specifier = UsbSpecifier(vid=11914, product="Board in FS mode")

    assert repr(specifier) == "UsbSpecifier(vid=11914, product='Board in FS mode')"
    assert repr(UsbSpecifier()) == "UsbSpecifier()"


def test_json_there_and_back() -> None:
    """What `to_json` writes, `from_json` reads; the manual's example too."""
    text = '{"vid": 11914, "pid": 5, "serial_number": "e6614c311b137637", "location": null}'

    specifier = UsbSpecifier.from_json(text)

    assert specifier == UsbSpecifier(vid=11914, pid=5, serial_number="e6614c311b137637")
    assert UsbSpecifier.from_json(specifier.to_json()) == specifier
    assert specifier.to_json() == '{"vid": 11914, "pid": 5, "serial_number": "e6614c311b137637"}'


def test_specifiers_are_values() -> None:
    """They are frozen, compared by their fields, hashable, and survive copy and pickle."""
    specifier = UsbSpecifier(vid=1, product="x", device="/dev/ttyACM0")

    assert specifier == UsbSpecifier(vid=1, product="x")
    assert specifier != UsbSpecifier(vid=1)
    assert specifier != 1
    assert len({specifier, UsbSpecifier(vid=1, product="x")}) == 1
    for twin in (copy.deepcopy(specifier), pickle.loads(pickle.dumps(specifier))):
        assert twin == specifier
        assert twin.device == "/dev/ttyACM0"
    with pytest.raises(AttributeError, match="frozen"):
        specifier.vid = 2
    with pytest.raises(AttributeError, match="frozen"):
        del specifier.vid


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"vid": "2e8a"}, "`vid` of a USB specifier is a number, not '2e8a'"),
        ({"vid": True}, "`vid` of a USB specifier is a number, not True"),
        ({"pid": 65536}, "`pid` of a USB specifier is 0 to 65535, not 65536"),
        ({"pid": -1}, "`pid` of a USB specifier is 0 to 65535, not -1"),
        ({"serial_number": 12}, "`serial_number` of a USB specifier is text, not 12"),
        ({"product": ""}, "`product` of a USB specifier is empty"),
    ],
)
def test_wrong_values_are_refused(fields: dict[str, object], message: str) -> None:
    """A specifier that no board can fit is never made."""
    with pytest.raises(AddressError) as caught:
        UsbSpecifier(**fields)

    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[1]", "`[1]` is a JSON list, not an object"),
        ("{", "`{` is not JSON: "),
        ('{"Vid": 1}', "`Vid` is not a field of a USB specifier"),
    ],
)
def test_wrong_json_is_refused(text: str, message: str) -> None:
    """A typo is an error: it must not match any board."""
    with pytest.raises(AddressError) as caught:
        UsbSpecifier.from_json(text)

    assert str(caught.value).startswith(message)
    assert caught.value.hint is not None


def test_json_is_text() -> None:
    """What is no text is refused as such, with an example."""
    with pytest.raises(ArgumentTypeError, match=r"not from 3 \(int\)") as caught:
        UsbSpecifier.from_json(3)  # type: ignore[arg-type] # the point

    assert '"vid"' in str(caught.value.hint)


def test_listing_leaves_out_what_tells_nothing_of_usb() -> None:
    """Every USB port is listed in natural order, and knows its name; on-board UARTs are not."""
    ports = [
        port("/dev/ttyACM10", **PICO),
        port("/dev/ttyS0"),
        port("/dev/ttyACM9", vid=0x10C4, pid=0xEA60, product=""),
    ]

    devices = list_devices(ports=ports)

    assert devices == [UsbSpecifier(vid=0x10C4, pid=0xEA60), UsbSpecifier(**PICO)]
    assert [device.device for device in devices] == ["/dev/ttyACM9", "/dev/ttyACM10"]


def test_this_machine_can_be_listed() -> None:
    """Without given ports the machine's own are asked; there may be none."""
    assert all(device.fields() and device.device for device in list_devices())


@pytest.mark.parametrize(
    "specifier",
    [
        UsbSpecifier(),
        UsbSpecifier(vid=0x2E8A),
        UsbSpecifier(serial_number="e6614c311b137637"),
        UsbSpecifier(product="BOARD IN FS MODE", location="1-1.3"),
        UsbSpecifier(**PICO),
    ],
)
def test_a_specifier_fits_if_its_set_fields_do(specifier: UsbSpecifier) -> None:
    """What is not set does not matter, and neither does the case of text."""
    assert specifier.to_port(ports=[port("/dev/ttyS0"), port("/dev/ttyACM0", **PICO)]) == "/dev/ttyACM0"


def test_when_none_fits_every_port_is_named_with_its_reason() -> None:
    """The error lists what was looked at and why each was refused."""
    ports = [port("/dev/ttyS0"), port("/dev/ttyACM0", **PICO), port("/dev/ttyUSB0", vid=0x2E8A, pid=None)]

    with pytest.raises(DeviceNotFoundError) as caught:
        UsbSpecifier(vid=0x2E8A, pid=6).to_port(ports=ports)

    assert str(caught.value) == (
        "No board fits UsbSpecifier(vid=11914, pid=6); looked at\n"
        "  /dev/ttyS0: tells nothing of USB\n"
        "  /dev/ttyACM0: pid is 5, not 6\n"
        "  /dev/ttyUSB0: has no pid"
    )
    assert caught.value.hint is not None
    assert "`sim:`" in caught.value.hint


def test_when_nothing_is_plugged_in_that_is_said() -> None:
    """No board and no port at all are told apart."""
    with pytest.raises(
        DeviceNotFoundError, match=r"(?m)^No board is plugged in: this machine has no serial port$"
    ):
        UsbSpecifier().to_port(ports=[])
    with pytest.raises(
        DeviceNotFoundError, match=r"(?m)^No board is plugged in; looked at\n  COM1: tells nothing of USB$"
    ):
        UsbSpecifier().to_port(ports=[port("COM1")])


def test_when_several_fit_all_are_listed_and_one_can_be_pasted() -> None:
    """The error lists the candidates; the hint names the first by what tells it from the others."""
    second = {**PICO, "serial_number": "SECOND", "location": "1-1.4"}
    ports = [port("COM3", **PICO), port("COM4", **second), port("COM5", vid=1)]

    with pytest.raises(InsufficientSpecifierError) as caught:
        UsbSpecifier(vid=0x2E8A).to_port(ports=ports)

    lines = str(caught.value).splitlines()
    assert lines[0] == "2 boards fit UsbSpecifier(vid=11914):"
    assert lines[1].startswith("  COM3: UsbSpecifier(vid=11914, pid=5, serial_number='E6614C311B137637', ")
    assert lines[2].startswith("  COM4: UsbSpecifier(vid=11914, pid=5, serial_number='SECOND', ")
    assert len(lines) == 3
    assert caught.value.hint == (
        "choose one, for example `UsbSpecifier(serial_number='E6614C311B137637')` "
        """or `BELAY_DEVICE='{"serial_number": "E6614C311B137637"}'`"""
    )


def test_boards_that_are_the_same_are_chosen_by_their_port() -> None:
    """Where no field differs, the hint names the port; what `list_devices` returned finds its own."""
    ports = [port("COM3", vid=1, pid=2), port("COM4", vid=1, pid=2)]

    with pytest.raises(InsufficientSpecifierError) as caught:
        UsbSpecifier().to_port(ports=ports)
    second = list_devices(ports=ports)[1]

    assert str(caught.value).startswith("2 boards are plugged in:\n  COM3: ")
    assert caught.value.hint == "choose one by its port, for example `COM3`"
    assert second.to_port(ports=ports) == "COM4"


def test_a_listed_board_is_found_after_it_moved() -> None:
    """What a board tells of itself counts more than the port it was seen at."""
    [seen] = list_devices(ports=[port("COM3", vid=1, serial_number="a")])

    assert seen.to_port(ports=[port("COM3", vid=2), port("COM7", vid=1, serial_number="A")]) == "COM7"


def test_importing_loads_no_third_party_module() -> None:
    """pyserial, json and dataclasses load when they are needed, not before."""
    code = (
        "import sys, belay_transport.opening, belay_transport.ports\n"
        "heavy = {'serial', 'json', 'dataclasses', 'inspect', 'subprocess', 'socket', 'logging', 'shlex'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )

    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert shown == "[]\n"


def test_the_identity_finds_a_board_under_another_name() -> None:
    """A board with a serial number is found by it, in whatever socket and under whatever name it is now."""
    before = [port("/dev/ttyACM0", **PICO), port("/dev/ttyACM1", **PICO | {"serial_number": "other"})]
    after = [
        port("/dev/ttyACM0", **PICO | {"serial_number": "other"}),
        port("/dev/ttyACM7", **PICO | {"location": "2-2"}),
    ]

    identity = usb_identity("/dev/ttyACM0", ports=before)

    assert identity == UsbSpecifier(vid=0x2E8A, pid=5, serial_number="E6614C311B137637")
    assert identity.to_port(ports=after) == "/dev/ttyACM7"


def test_without_a_serial_number_the_place_is_the_identity() -> None:
    """A board without a serial number is the one in the same socket."""
    ports = [port("/dev/ttyUSB0", vid=0x1A86, pid=0x7523, location="1-1.2")]

    assert usb_identity("/dev/ttyUSB0", ports=ports) == UsbSpecifier(vid=0x1A86, pid=0x7523, location="1-1.2")


@pytest.mark.parametrize("name", ["/dev/ttyS0", "/dev/ttyACM9", "/dev/pts/1"])
def test_a_port_that_tells_nothing_has_no_identity(name: str) -> None:
    """A port without USB, or one that is not there, has no identity."""
    ports = [port("/dev/ttyS0"), port("/dev/pts/1", vid=1, pid=2)]

    assert usb_identity(name, ports=ports) is None
