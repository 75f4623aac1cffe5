"""What may be typed, and which board it means."""

from __future__ import annotations

import pkgutil
from contextlib import suppress
from pathlib import Path

import pytest
import serial.urlhandler
from hypothesis import given
from hypothesis import strategies as st

from belay_transport.address import (
    Address,
    BelaAddress,
    ExecPtyAddress,
    ProcessAddress,
    SerialAddress,
    SimAddress,
    TelnetAddress,
    UsbAddress,
    WebReplAddress,
    _split_command,
    hide_password,
    looks_like_address,
    parse_address,
)
from belay_transport.errors import AddressError
from belay_transport.ports import UsbSpecifier

SERIAL_PORTS = [
    "/dev/ttyACM0",
    "/dev/serial/by-id/usb-MicroPython_Board-if00",
    "/dev/cu.usbmodem14201",
    "/dev/pts/3",
    "./board",
    "COM3",
    "com12",
    r"\\.\COM12",
    "rfc2217://192.168.1.2:4000",
    "RFC2217://host:4000?ign_set_control",
    "socket://localhost:4000",
    "loop://",
]


@pytest.mark.parametrize("port", SERIAL_PORTS)
def test_ports_and_serial_urls_are_taken_as_they_are(port: str) -> None:
    """A device path, a COM port, a pty and every URL of pyserial is a serial address, unchanged."""
    assert parse_address(port) == SerialAddress(port)


def test_every_url_of_pyserial_is_known() -> None:
    """No URL that the installed pyserial can open is refused."""
    names = [name for _, name, _ in pkgutil.iter_modules(serial.urlhandler.__path__)]
    schemes = [name.removeprefix("protocol_") for name in names]

    parsed = [parse_address(f"{scheme}://x:1") for scheme in schemes]

    assert parsed == [SerialAddress(f"{scheme}://x:1") for scheme in schemes]
    assert len(parsed) >= 7


def test_a_word_that_is_a_file_is_a_port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path without a slash is a port if it is there: a link to one, say."""
    (tmp_path / "board").symlink_to("/dev/ttyACM0")  # a dangling link as well: the port may come back
    monkeypatch.chdir(tmp_path)

    assert parse_address("board") == SerialAddress("board")


def test_paths_are_ports() -> None:
    """An `os.PathLike` is taken as a port."""
    assert parse_address(Path("/dev/ttyACM0")) == SerialAddress("/dev/ttyACM0")


def test_space_around_an_address_does_not_matter() -> None:
    """What was copied with a newline is understood."""
    assert parse_address(" /dev/ttyACM0\n") == SerialAddress("/dev/ttyACM0")


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("exec:micropython -i", ("micropython", "-i")),
        ("EXEC: micropython", ("micropython",)),
        ("exec:/opt/my\\ tools/mp 'a b' \"c d\"", ("/opt/my tools/mp", "a b", "c d")),
        ("exec:sh -c 'exit 3 # now'", ("sh", "-c", "exit 3 # now")),
        ("exec:mp $HOME *", ("mp", "$HOME", "*")),
        ("exec:mp ''", ("mp", "")),
    ],
)
def test_commands_are_split_as_a_shell_would(text: str, command: tuple[str, ...]) -> None:
    """Quotes and backslashes group words; nothing is expanded."""
    assert parse_address(text) == ProcessAddress(command)


def test_commands_on_windows_keep_their_backslashes() -> None:
    """On Windows a backslash separates folders, and only double quotes group."""
    text = r'"C:\Program Files\mp.exe" C:\a.py it' + "'s"

    assert _split_command(text, windows=True) == (r"C:\Program Files\mp.exe", r"C:\a.py", "it's")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("sim:", SimAddress(None, ())),
        ("SIM:", SimAddress(None, ())),
        ("sim:garden", SimAddress("garden", ())),
        ("sim:garden-2.b_1?heap=64k", SimAddress("garden-2.b_1", (("heap", "64k"),))),
        ("sim:?heap=64k&disk=/tmp/a=b.img", SimAddress(None, (("heap", "64k"), ("disk", "/tmp/a=b.img")))),
        ("sim:?disk=a%26b%20c.img", SimAddress(None, (("disk", "a&b c.img"),))),
        ("sim:?disk=", SimAddress(None, (("disk", ""),))),
    ],
)
def test_simulated_boards(text: str, address: SimAddress) -> None:
    """`sim:` takes a name and options; what the options mean is not decided here."""
    assert parse_address(text) == address


def test_usb_specifiers() -> None:
    """A `UsbSpecifier` and its JSON mean the same board."""
    specifier = UsbSpecifier(vid=11914, product="Board in FS mode")

    assert parse_address(specifier) == UsbAddress(specifier)
    assert parse_address(specifier.to_json()) == UsbAddress(specifier)


def test_an_address_parsed_before_is_returned() -> None:
    """Parsing twice changes nothing."""
    address = parse_address("sim:garden")

    assert parse_address(address) is address


@pytest.mark.parametrize("environ", [{}, {"BELAY_DEVICE": ""}, {"BELAY_DEVICE": " "}])
def test_nothing_means_the_only_board(environ: dict[str, str]) -> None:
    """Without an address and without `BELAY_DEVICE` the only board plugged in is meant."""
    assert parse_address(None, environ=environ) == UsbAddress(UsbSpecifier())


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (
            '{"vid": 11914, "serial_number": "e661"}',
            UsbAddress(UsbSpecifier(vid=11914, serial_number="e661")),
        ),
        ("sim:", SimAddress(None, ())),
        ("/dev/ttyACM0", SerialAddress("/dev/ttyACM0")),
    ],
)
def test_the_environment_names_the_board(text: str, address: object) -> None:
    """`BELAY_DEVICE` holds any address."""
    assert parse_address(None, environ={"BELAY_DEVICE": text}) == address


def test_the_environment_of_the_process_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a given environment the process's own is asked."""
    monkeypatch.setenv("BELAY_DEVICE", "sim:garden")

    assert parse_address(None) == SimAddress("garden", ())


def test_an_error_in_the_environment_names_the_variable() -> None:
    """Whoever typed no address learns where the bad one comes from."""
    with pytest.raises(AddressError) as caught:
        parse_address(None, environ={"BELAY_DEVICE": '{"vidd": 1}'})

    assert str(caught.value) == (
        "The environment variable `BELAY_DEVICE`: `vidd` is not a field of a USB specifier"
    )
    assert caught.value.hint is not None
    assert caught.value.hint.startswith("did you mean `vid`?")


@pytest.mark.parametrize(
    ("text", "address", "url"),
    [
        ("ws://192.168.4.1", WebReplAddress("192.168.4.1", 8266), "ws://192.168.4.1:8266"),
        ("WS://Board.local:80/", WebReplAddress("board.local", 80, "/"), "ws://board.local:80/"),
        (
            "ws://relay:443/boards/3?floor=2",
            WebReplAddress("relay", 443, "/boards/3?floor=2"),
            "ws://relay:443/boards/3?floor=2",
        ),
        ("wss://board", WebReplAddress("board", 8266, secure=True), "wss://board:8266"),
        ("ws://[fe80::1%eth0]", WebReplAddress("fe80::1%eth0", 8266), "ws://[fe80::1%eth0]:8266"),
        ("ws://[::1]:9000/x", WebReplAddress("::1", 9000, "/x"), "ws://[::1]:9000/x"),
    ],
)
def test_webrepl(text: str, address: WebReplAddress, url: str) -> None:
    """A WebREPL has a host, a port and a path; the port is 8266 unless it is given."""
    assert parse_address(text) == address
    assert address.url == url
    assert parse_address(url) == address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("telnet://192.168.1.1", TelnetAddress("192.168.1.1", 23)),
        ("telnet://micro:python@board:2323/", TelnetAddress("board", 2323, "micro", "python")),
        ("telnet://ada@board", TelnetAddress("board", 23, "ada")),
        ("telnet://ada:@board", TelnetAddress("board", 23, "ada", "")),
        ("telnet://:python@board", TelnetAddress("board", 23, None, "python")),
        ("telnet://a%3Ab:p%40ss%2Fw@[::1]:24", TelnetAddress("::1", 24, "a:b", "p@ss/w")),
        ("192.168.1.1", TelnetAddress("192.168.1.1", 23)),
        ("192.168.1.1:2323", TelnetAddress("192.168.1.1", 2323)),
    ],
)
def test_telnet(text: str, address: TelnetAddress) -> None:
    """A telnet server has a host and a port, and the address may hold the user and the password."""
    assert parse_address(text) == address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("execpty:qemu -serial 'a b'", ExecPtyAddress(("qemu", "-serial", "a b"))),
        ("bela:bela.local", BelaAddress("bela.local")),
    ],
)
def test_other_words(text: str, address: object) -> None:
    """A program that offers a pty is split as a shell would; a Bela has a host."""
    assert parse_address(text) == address


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("telnet://micro:s3cret@board:23", "telnet://micro:…@board:23"),
        ("telnet://:s3cret@board", "telnet://:…@board"),
        ("telnet://micro:s3@cr/et@board", "telnet://micro:…@board"),
        ("telnet://micro@board", "telnet://micro@board"),
        ("ws://board:8266/a:b", "ws://board:8266/a:b"),
        ("exec:mp user:s@host", "exec:mp user:s@host"),
        ("sim:", "sim:"),
    ],
)
def test_passwords_are_hidden(text: str, shown: str) -> None:
    """What is shown of an address holds its user, and no password."""
    assert hide_password(text) == shown


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("", "An empty text is not the address of a board", "an address looks like `sim:`"),
        ("   ", "An empty text is not the address of a board", "an address looks like `sim:`"),
        ("nonsense", "`nonsense` is not the address of a board", "an address looks like `sim:`"),
        ("sim", "`sim` is not the address of a board", "did you mean `sim:`?"),
        ("smi:garden", "`smi:garden` is not the address of a board", "did you mean `sim:garden`?"),
        ("null", "`null` is not the address of a board", "did you mean `/dev/null`?"),
        ("a\0b", "'a\\x00b' contains a NUL", "an address looks like"),
        ("300.1.1.1", "`300.1.1.1` is not the address of a board", "an address looks like"),
        (
            "http://board",
            "`http://board`: `http://` is not a way to a board",
            "the known ones are `rfc2217://`",
        ),
        ("ws://", "`ws://` names no host", "write it as in `ws://192.168.4.1`"),
        ("ws://:80", "`ws://:80` names no host", "write it as in `ws://192.168.4.1`"),
        ("ws://board:x", "`ws://board:x`: Port could not be cast", "write it as in `ws://192.168.4.1`"),
        ("ws://board:0", "`ws://board:0` has port 0", "write it as in `ws://192.168.4.1`"),
        ("wss://bo ard", "`wss://bo ard` has a space in it", "write it as in `wss://board.example:443`"),
        ("ws://[::1", "`ws://[::1`: Invalid IPv6 URL", "write it as in `ws://192.168.4.1`"),
        ("ws://x:s3cret@board", "`ws://x:…@board` names a user", "give the password as `password=`"),
        (
            "telnet://u:s3cret@b:99999",
            "`telnet://u:…@b:99999`: its host or its port cannot be read",
            "in a user or a password write `/`",
        ),
        (
            "telnet://u:s3/cret@b",
            "`telnet://u:…@b`: its host or its port",
            "in a user or a password write `/`",
        ),
        ("telnet://u:3/cret@b", "`telnet://u:…@b` has a path", "in a user or a password write `/` as `%2F`"),
        ("telnet://board/x", "`telnet://board/x` has a path", "write it as in `telnet://"),
        ("192.168.1.1:99999", "`telnet://192.168.1.1:99999`: Port out of range", "write it as in `telnet://"),
        ("http://u:s3cret@b", "`http://u:…@b`: `http://` is not a way", "the known ones are `rfc2217://`"),
        ("execpty:", "`execpty:` names nothing", "write it as in `execpty:micropython`"),
        ("exec:", "`exec:` names nothing", "write it as in `exec:micropython`"),
        ("bela: ", "`bela:` names nothing", "write it as in `bela:bela.local`"),
        ("exec:mp 'a", "`mp 'a` is not a command: No closing quotation", "close every quote"),
        ("sim:a/b", "`sim:a/b`: the name of a simulated board is letters", "write it as in `sim:garden`"),
        ("sim:..", "`sim:..`: the name of a simulated board is letters", "write it as in `sim:garden`"),
        ("sim://x", "`sim://x`: the name of a simulated board is letters", "write it as in `sim:garden`"),
        ("sim:?heap", "`sim:?heap`: `heap` is not `key=value`", "write it as in `sim:?heap=64k`"),
        ("sim:?heap=1&heap=2", "`sim:?heap=1&heap=2` sets `heap` twice", "leave one `heap=` out"),
        ("rfc2217://", "`rfc2217://` names no host and port", "write it as in `rfc2217://192.168.1.20:4000`"),
        ("rfc2217://h", "`rfc2217://h` names no host and port", "write it as in `rfc2217://"),
        ("rfc2217://[::1", "`rfc2217://[::1`: Invalid IPv6 URL", "write it as in `rfc2217://"),
        ("socket://h:x", "`socket://h:x`: Port could not be cast", "write it as in `socket://"),
        ("socket://:1", "`socket://:1` names no host and port", "write it as in `socket://"),
        ("spy://", "`spy://` names no port", "write it as in `spy:///dev/ttyACM0`"),
        ("alt://?class=x", "`alt://?class=x` names no port", "write it as in `alt:///dev/ttyACM0?"),
        ("hwgrep://", "`hwgrep://` names no port", "write it as in `hwgrep://"),
        ("{", "`{` is not JSON: ", "a USB specifier looks like"),
        ('{"serial": "1"}', "`serial` is not a field of a USB specifier", "did you mean `serial_number`?"),
        (
            '{"vid": "2e8a"}',
            "`vid` of a USB specifier is a number, not '2e8a'",
            "`vid=0x2e8a` or `vid=11914`",
        ),
    ],
)
def test_errors_say_what_is_wrong_and_how_it_is_right(text: str, message: str, hint: str) -> None:
    """A malformed address is an `AddressError`, a `ValueError` too, with a hint."""
    with pytest.raises(AddressError) as caught:
        parse_address(text)

    assert str(caught.value).startswith(message)
    assert "cret" not in str(caught.value)
    assert caught.value.hint is not None
    assert caught.value.hint.startswith(hint)
    assert isinstance(caught.value, ValueError)


def test_other_types_are_refused() -> None:
    """A number is not an address."""
    with pytest.raises(AddressError, match=r"(?m)^3 \(int\) is not the address of a board$"):
        parse_address(3)
    with pytest.raises(AddressError) as caught:
        parse_address({"vid": 11914})
    assert caught.value.hint == "write it as `belay.UsbSpecifier(vid=…, pid=…)`"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "sim:",
            "SIM:garden",
            "/dev/ttyACM0",
            "COM3",
            "com3",
            r"\\.\COM12",
            "exec:mp",
            '{"vid": 1}',
            "{broken",
        ),
        *("ws://host", "nonsense://", "192.168.1.1", "192.168.1.1:23", "execpty:mp", "bela:host", "exec:"),
    ],
)
def test_words_that_look_like_an_address(text: str) -> None:
    """A command line can tell an address from a script, even if the address is malformed."""
    assert looks_like_address(text)


@pytest.mark.parametrize(
    "text",
    ["main.py", "./main.py", "src/main.py", "pytest", "COM", "COMPORT", "print(1)", "", "1.2.3", "sim"],
)
def test_words_that_do_not_look_like_an_address(text: str) -> None:
    """Scripts, programs and code are no addresses."""
    assert not looks_like_address(text)


_SCHEMES = [
    "",
    "sim:",
    "exec:",
    "execpty:",
    "bela:",
    "ws://",
    "wss://",
    "telnet://",
    "rfc2217://",
    "socket://",
]


@given(st.sampled_from([*_SCHEMES, "loop://", "spy://", "alt://", "hwgrep://", "cp2110://", "{"]), st.text())
def test_any_text_is_an_address_or_an_address_error(head: str, rest: str) -> None:
    """Whatever is typed, there is no third outcome: no error of Python's own."""
    with suppress(AddressError):
        assert isinstance(parse_address(head + rest, exists=lambda _: False), Address)
