"""Which boards are meant, from words, aliases and what USB tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from serial.tools.list_ports_common import ListPortInfo

from belay_cli.fleet.choice import Choice
from belay_cli.fleet.finding import Member, find_members, plain_id, with_ids
from belay_pm.command_line.errors import MisuseError
from belay_transport.errors import AddressError, DeviceNotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def _port(device: str, **facts: object) -> ListPortInfo:
    """A serial port with these facts."""
    port = ListPortInfo(device)
    for name, value in facts.items():
        setattr(port, name, value)
    return port


@pytest.fixture
def plugged_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two boards of one maker, one of another, and a port that is no USB device."""
    pico = {"vid": 0x2E8A, "pid": 5, "product": "Pico"}
    ports = [
        _port("/dev/ttyS0"),
        _port("/dev/ttyACM0", serial_number="E661", **pico),
        _port("/dev/ttyACM1", serial_number="E662", **pico),
        _port("/dev/ttyUSB0", vid=0x10C4, pid=0xEA60),
    ]
    monkeypatch.setattr("serial.tools.list_ports.comports", lambda: ports)


def _names(choice: Choice) -> list[str]:
    return [member.name for member in find_members(choice)]


@pytest.mark.usefixtures("plugged_in")
@pytest.mark.parametrize(
    ("usb", "names"),
    [
        ([], ["/dev/ttyACM0", "/dev/ttyACM1", "/dev/ttyUSB0"]),
        (["2e8a:0005"], ["/dev/ttyACM0", "/dev/ttyACM1"]),
        (["2E8A:5", "serial_number=e662"], ["/dev/ttyACM1"]),
        (["product=pico"], ["/dev/ttyACM0", "/dev/ttyACM1"]),
        (["vid=0x10c4"], ["/dev/ttyUSB0"]),
        (["pid=ea60"], ["/dev/ttyUSB0"]),
        (['{"vid": 4292}'], ["/dev/ttyUSB0"]),
    ],
)
def test_all_boards_and_what_usb_tells(usb: list[str], names: list[str]) -> None:
    """`--usb` takes what `belay devices` prints: VID:PID in hex, a field, JSON; text in any case."""
    assert _names(Choice(every=True, usb=usb)) == names


@pytest.mark.usefixtures("plugged_in")
def test_a_filter_that_nothing_fits_says_what_was_looked_at() -> None:
    """Each port is listed, with the reason."""
    with pytest.raises(DeviceNotFoundError) as caught:
        find_members(Choice(every=True, usb=["serial_number=E663"]))

    assert str(caught.value) == (
        "No board fits UsbSpecifier(serial_number='E663'); looked at\n"
        "  /dev/ttyS0: tells nothing of USB\n"
        "  /dev/ttyACM0: serial_number is 'E661', not 'E663'\n"
        "  /dev/ttyACM1: serial_number is 'E662', not 'E663'\n"
        "  /dev/ttyUSB0: has no serial_number"
    )


@pytest.mark.usefixtures("no_ports")
def test_no_board_at_all() -> None:
    """`--all` of none is an error."""
    with pytest.raises(DeviceNotFoundError, match="No board is plugged in: this machine has no serial port"):
        find_members(Choice(every=True))


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("pico", "`--usb pico`: `pico` is neither VID:PID nor `field=value` nor JSON"),
        ("2e8a:pico", "`--usb 2e8a:pico`: `pico` in `2e8a:pico` is not a number in hex"),
        ("serial=1", "`--usb serial=1`: `serial` is not a field of a USB specifier"),
        ("vid=12345", "`--usb vid=12345`: `vid` of a USB specifier is 0 to 65535, not 74565"),
        ("{", "`--usb {`: `{` is not JSON"),
        ("product=", "`--usb product=`: `product` of a USB specifier is empty"),
    ],
)
def test_a_filter_that_makes_no_sense(word: str, message: str) -> None:
    """It is misuse, with a hint, whatever is plugged in."""
    with pytest.raises(MisuseError) as caught:
        find_members(Choice(every=True, usb=[word]))

    assert str(caught.value).startswith(message)
    assert caught.value.hint


def test_filters_that_contradict_each_other() -> None:
    """No board could fit both."""
    with pytest.raises(MisuseError) as caught:
        find_members(Choice(every=True, usb=["2e8a:5", "pid=6"]))

    assert str(caught.value) == "`--usb` asks for two values of pid: 5 and 6"


def test_ports_are_addresses_and_aliases(aliases: Callable[[str], Path]) -> None:
    """A board is called what was typed; those that are called the same get a number."""
    aliases("[aliases]\ngarden = '/dev/ttyACM7'\n")

    assert find_members(Choice(["garden", "sim:", "telnet://micro:secret@192.168.1.1", "sim:"])) == [
        Member("garden", "/dev/ttyACM7"),
        Member("sim:#1", "sim:"),
        Member("telnet://micro:…@192.168.1.1", "telnet://micro:secret@192.168.1.1"),
        Member("sim:#2", "sim:"),
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("garden", "/dev/ttyACM7"),
        ("COM3", "com3"),
        ("sim:attic", "sim:attic?heap=64k"),
        ("sim:?disk=a.img", "sim:?disk=./a.img"),
        ("ws://192.168.4.1", "ws://192.168.4.1:8266"),
        ("exec:micropython", "exec: micropython"),
        ("./pty", "./link"),
        ('{"serial_number": "E661"}', "/dev/ttyACM0"),
        ('{"serial_number": "E669"}', '{"serial_number": "E669"}'),
    ],
)
@pytest.mark.usefixtures("plugged_in")
def test_the_same_board_twice_is_misuse(
    aliases: Callable[[str], Path], folder: Path, first: str, second: str
) -> None:
    """However it is written; two unnamed simulated boards are two."""
    aliases("[aliases]\ngarden = '/dev/ttyACM7'\n")
    (folder / "pty").touch()
    (folder / "link").symlink_to("pty")

    with pytest.raises(MisuseError) as caught:
        find_members(Choice(["sim:", "sim:", first, second]))

    assert str(caught.value) == f"The same board is named twice: `{first}` and `{second}`"


def test_a_word_that_is_no_board() -> None:
    """It is an error of its own, before anything is opened."""
    with pytest.raises(AddressError, match="`nothing` is not the address of a board"):
        find_members(Choice(["sim:", "nothing"]))


@pytest.mark.parametrize(("text", "plain"), [("E661", "e661"), ("e6:61", "e661"), ("E6-61", "e661")])
def test_identities_are_hex(text: str, plain: str) -> None:
    """In any case, with colons or dashes or without."""
    assert plain_id(text) == plain


@pytest.mark.parametrize("text", ["", "pico", "0x12", ":"])
def test_what_is_no_identity(text: str) -> None:
    """It is misuse."""
    with pytest.raises(MisuseError, match=f"`{text}` is not the identity of a board"):
        plain_id(text)


def test_boards_by_their_identity() -> None:
    """What a board told counts, else its serial number."""
    members = [Member("a", "a", "E661"), Member("b", "b"), Member("c", "c")]

    assert with_ids(members, ["E6:61", "0a"], {"b": "0a", "c": "0b"}) == members[:2]


def test_an_identity_that_no_board_has() -> None:
    """What each told is listed, so that one of them can be taken."""
    members = [Member("a", "a", "E661"), Member("b", "b"), Member("c", "c")]

    with pytest.raises(DeviceNotFoundError) as caught:
        with_ids(members, ["E661", "FF"], {"b": "0a", "c": "Opening serial port `c` failed"})

    assert str(caught.value) == (
        "No board has the identity `FF`; looked at\n  a: e661\n  b: 0a\n  c: Opening serial port `c` failed"
    )
    assert caught.value.hint == "leave `--id` out for all of them, or give one of these"
