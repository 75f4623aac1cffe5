from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from serial.tools.list_ports_common import ListPortInfo

if TYPE_CHECKING:
    from collections.abc import Callable


def _port(device: str, **facts: object) -> ListPortInfo:
    """A serial port with these facts."""
    port = ListPortInfo(device)
    for name, value in facts.items():
        setattr(port, name, value)
    return port


@pytest.fixture
def two_boards(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two boards, and a serial port that is no USB device."""
    ports = [
        _port("/dev/ttyS0"),
        _port(
            "/dev/ttyACM1",
            vid=0x2E8A,
            pid=5,
            serial_number="E6614",
            manufacturer="MicroPython",
            product="Board in FS mode",
            location="1-1.3",
        ),
        _port("/dev/ttyUSB0", vid=0x10C4, pid=0xEA60),
    ]
    monkeypatch.setattr("serial.tools.list_ports.comports", lambda: ports)


@pytest.mark.usefixtures("two_boards")
def test_a_table_of_what_is_plugged_in(command: Callable[..., object]) -> None:
    """A line per USB port, in columns; what the port does not tell is a dash."""
    assert command("devices") == (
        0,
        (
            "PORT          VID:PID    SERIAL  MANUFACTURER  PRODUCT\n"
            "/dev/ttyACM1  2e8a:0005  E6614   MicroPython   Board in FS mode\n"
            "/dev/ttyUSB0  10c4:ea60  -       -             -\n"
        ),
        "",
    )


@pytest.mark.usefixtures("two_boards")
def test_json_has_the_facts_that_choose_a_board(command: Callable[..., tuple[int, str, str]]) -> None:
    """`--json` is an array of objects, with the fields that are known."""
    exit_code, stdout, stderr = command("devices", "--json")

    assert (exit_code, stderr) == (0, "")
    assert json.loads(stdout) == [
        {
            "device": "/dev/ttyACM1",
            "vid": 0x2E8A,
            "pid": 5,
            "serial_number": "E6614",
            "manufacturer": "MicroPython",
            "product": "Board in FS mode",
            "location": "1-1.3",
        },
        {"device": "/dev/ttyUSB0", "vid": 0x10C4, "pid": 0xEA60},
    ]


@pytest.mark.usefixtures("no_ports")
def test_none_is_no_failure(command: Callable[..., object]) -> None:
    """Nothing plugged in is an answer: words on stderr, an empty array as JSON."""
    words = "No board is plugged in; `sim:` is the address of a simulated one\n"

    assert command("devices") == (0, "", words)
    assert command("devices", "--json") == (0, "[]\n", "")


@pytest.mark.usefixtures("two_boards")
def test_several_boards_are_listed_when_none_is_named(command: Callable[..., object]) -> None:
    """A command that needs one board shows which there are, and how to choose."""
    assert command("info") == (
        1,
        "",
        (
            "error: 2 boards are plugged in:\n"
            "  /dev/ttyACM1: UsbSpecifier(vid=11914, pid=5, serial_number='E6614', "
            "manufacturer='MicroPython', product='Board in FS mode', location='1-1.3')\n"
            "  /dev/ttyUSB0: UsbSpecifier(vid=4292, pid=60000)\n"
            "\n"
            "hint: choose one, for example `UsbSpecifier(serial_number='E6614')` "
            'or `BELAY_DEVICE=\'{"serial_number": "E6614"}\'`\n'
        ),
    )
