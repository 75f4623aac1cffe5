"""What is plugged in, whether it is a board, and why a port cannot be opened."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from serial.tools.list_ports_common import ListPortInfo

from belay_cli.actions import accessing
from belay_transport.opening import open_link
from belay_transport.ports import UsbSpecifier

if os.name != "nt":
    import grp
    import pwd
    import tty

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any


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


on_posix = pytest.mark.skipif(os.name == "nt", reason="Windows has neither ptys nor a simulated board")


@on_posix
@pytest.mark.usefixtures("two_boards")
def test_a_table_of_what_is_plugged_in(command: Callable[..., object]) -> None:
    """A line per USB port, in columns; what the port does not tell is a dash; why one cannot be opened follows."""
    assert command("devices") == (
        0,
        (
            "PORT          VID:PID    SERIAL  MANUFACTURER  PRODUCT           STATE\n"
            "/dev/ttyACM1  2e8a:0005  E6614   MicroPython   Board in FS mode  gone\n"
            "/dev/ttyUSB0  10c4:ea60  -       -             -                 gone\n"
        ),
        (
            "/dev/ttyACM1: is gone\n  mend it: unplug the board, plug it in, and look again\n"
            "/dev/ttyUSB0: is gone\n  mend it: unplug the board, plug it in, and look again\n"
        ),
    )


@on_posix
@pytest.mark.usefixtures("two_boards")
def test_json_has_the_facts_that_choose_a_board(command: Callable[..., tuple[int, str, str]]) -> None:
    """`--json` is an array of objects, with the fields that are known."""
    exit_code, stdout, stderr = command("devices", "--json")

    gone = {"state": "gone", "told": "is gone", "mending": "unplug the board, plug it in, and look again"}
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
            "access": gone,
        },
        {"device": "/dev/ttyUSB0", "vid": 0x10C4, "pid": 0xEA60, "access": gone},
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
            "  /dev/ttyACM1: vid=11914, pid=5, serial_number='E6614', "
            "manufacturer='MicroPython', product='Board in FS mode', location='1-1.3'\n"
            "  /dev/ttyUSB0: vid=4292, pid=60000\n"
            "\n"
            "hint: choose one, for example "
            '`BELAY_DEVICE=\'{"serial_number": "E6614"}\'`\n'
        ),
    )


@pytest.fixture
def plug_in(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Plug boards in at these ports."""
    return lambda *paths: monkeypatch.setattr(
        "serial.tools.list_ports.comports", lambda: [_port(path, vid=0x2E8A, pid=5) for path in paths]
    )


def _states(command: Callable[..., Any], *options: str) -> dict[str, tuple[str, str]]:
    """Port -> its state, and what runs there or why it cannot be opened."""
    told = command("devices", "--json", *options)
    assert told.exit_code == 0
    return {
        each["device"]: (
            each["access"]["state"],
            " ".join(each["answer"].values()) if each.get("answer") else each["access"]["told"],
        )
        for each in json.loads(told.stdout)
    }


@contextmanager
def _something(*words: str) -> Iterator[str]:
    """The path of a port behind which a program is, or nobody."""
    near, far = os.openpty()
    tty.setraw(far)
    program = None
    if words:
        # Of a session of its own: an interactive shell stops the group that it is in until the terminal is its.
        program = subprocess.Popen(words, stdin=near, stdout=near, stderr=near, start_new_session=True)
    try:
        yield os.ttyname(far)
    finally:
        if program is not None:
            program.kill()
            program.wait()
        os.close(near)
        os.close(far)


@on_posix
def test_a_board_answers_when_it_is_asked(
    command: Callable[..., Any], board: str, plug_in: Callable[..., None]
) -> None:
    """With `--probe` it says what runs there, and is at its prompt as before; without, nothing is opened."""
    plug_in(board)
    assert command("exec", board, "here = 1").exit_code == 0

    asked = command("devices", "--probe")
    assert asked.exit_code == 0
    assert asked.stdout.splitlines()[1].split("  ")[-1].startswith("micropython v")
    assert asked.stderr == ""
    assert _states(command)[board] == ("free", "may be opened")
    assert _states(command, "--probe")[board][1].startswith("micropython 1.")
    assert command("eval", board, "here, [n for n in globals() if 'told' in n]").stdout == "(1, [])\n"


SILENCE = "says nothing: a program runs, or it is no MicroPython"


@on_posix
def test_what_is_no_board_at_its_prompt(command: Callable[..., Any], plug_in: Callable[..., None]) -> None:
    """Nobody, a shell and a Python that is none of a board are told apart from a board, without a guess."""
    with _something() as silent, _something("sh", "-i") as shell, _something(sys.executable, "-i") as python:
        plug_in(silent, shell, python)

        told = command("devices", "--probe")

    said = {line.split()[0]: line.split("  ")[-1].strip() for line in told.stdout.splitlines()[1:]}
    something = "is not at MicroPython's prompt: a program runs, or it is no MicroPython"
    assert told.exit_code == 0
    assert said[silent] == SILENCE
    assert {said[shell], said[python]} <= {SILENCE, something}  # whether they echo is theirs to say


@on_posix
def test_a_program_that_runs_is_not_interrupted(
    command: Callable[..., Any], board: str, plug_in: Callable[..., None]
) -> None:
    """A board that does something goes on with it, and says nothing."""
    link = open_link(board)
    link.write(b"\x01while True: pass\n\x04", 5.0)
    came = b""
    while b">OK" not in came:
        came += link.read(30.0)
    link.close()
    plug_in(board)

    told = command("devices", "--probe", "--json")

    assert json.loads(told.stdout)[0]["answer"] is None
    link = open_link(board)
    link.write(b"\x03", 5.0)
    came = b""
    while b"KeyboardInterrupt" not in came:  # it comes only now
        came += link.read(30.0)
    link.close()


HOLD = "import os, sys; os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY); print(flush=True); sys.stdin.read()"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells who has a port open")
def test_a_port_in_use(command: Callable[..., Any], board: str, plug_in: Callable[..., None]) -> None:
    """The program that has it is named, with its process, and the port is not opened, asked or not."""
    plug_in(board)
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, board], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        holder.stdout.readline()
        plain, asked = _states(command), _states(command, "--probe")
        holder.stdin.close()

    state, told = plain[board]
    assert state == "busy"
    assert told.startswith("is open in `python")
    assert told.endswith(f"(process {holder.pid})")
    assert asked == plain


@on_posix
def test_a_port_that_is_locked(command: Callable[..., Any], board: str, plug_in: Callable[..., None]) -> None:
    """What only opening shows is told when ports are asked: here this process has it."""
    plug_in(board)
    link = open_link(board)
    try:
        asked = _states(command, "--probe")
    finally:
        link.close()

    assert asked[board] == ("busy", f"Opening {board} failed: another program holds it")


AS_NOBODY = """
import grp, os, pwd, sys
from belay_cli.actions import accessing, udev
from belay_transport.ports import UsbSpecifier
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
udev.RULE_FOLDERS = (sys.argv[2],)
access = accessing.examine_access(UsbSpecifier(vid=0x2E8A, pid=5, device=sys.argv[1]))
print(*access, sep="\\n")
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has udev")
@pytest.mark.parametrize(
    ("rule", "told", "mending"),
    [
        (
            "",
            "may not be opened by this user ({mode})",
            (
                """echo 'SUBSYSTEM=="tty", ATTRS{idVendor}=="2e8a", TAG+="uaccess"' """
                "| sudo tee -a /etc/udev/rules.d/70-belay.rules "
                "&& sudo udevadm control --reload && sudo udevadm trigger"
            ),
        ),
        (
            'ATTRS{idVendor}=="2e8a", ATTRS{idProduct}=="000?|ffff", MODE="0666"\n',
            "may not be opened by this user ({mode}), although `{folder}/60-pico.rules` has a rule for it",
            "sudo udevadm control --reload && sudo udevadm trigger",
        ),
        (
            (
                '# ATTRS{idVendor}=="2e8a", MODE="0666"\nATTRS{idVendor}=="2e8a", ATTRS{idProduct}=="0006", MODE="0666"\n'
                'ATTRS{idVendor}=="2e8a", SYMLINK+="pico"\n'
            ),
            "may not be opened by this user ({mode})",
            None,
        ),
    ],
    ids=["none", "one", "others"],
)
def test_a_port_without_permission(rule: str, told: str, mending: str | None) -> None:
    """The command that mends it is the one that is missing: a rule, or having udev apply the one that is there."""
    with _something() as port, tempfile.TemporaryDirectory() as rules:
        os.chmod(rules, 0o755)  # noqa: PTH101 - for somebody who is not us
        Path(rules, "60-pico.rules").write_text(rule)
        os.chmod(port, 0o600 if os.geteuid() == 0 else 0)  # noqa: PTH101 - no file
        done = subprocess.run(
            [sys.executable, "-c", AS_NOBODY, port, rules], capture_output=True, text=True, check=True
        )

    lines = done.stdout.splitlines()
    mode = "crw-------" if os.geteuid() == 0 else "c---------"
    assert lines[:2] == ["denied", told.format(folder=rules, mode=mode)]
    if mending is not None:
        assert lines[2] == mending


@on_posix
def test_a_port_of_a_group(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where a group may open the port, joining it is offered; who has joined since their login logs in again."""
    port = tmp_path / "ttyACM0"
    port.touch()
    port.chmod(0o660)
    there = port.stat()
    status = os.stat_result((there.st_mode, *there[1:5], 20, *there[6:]))
    members: list[str] = []
    group = grp.struct_group(("dialout", "x", 20, members))
    monkeypatch.setattr(grp, "getgrgid", lambda _: group)
    monkeypatch.setattr(grp, "getgrnam", lambda _: group)
    board = UsbSpecifier(vid=0x2E8A, device=str(port))

    before = accessing._denied(board, status)
    members.append(pwd.getpwuid(os.geteuid()).pw_name)
    after = accessing._denied(board, status)

    assert (before.state, after.state, after.mending) == ("denied", "denied", "log in again")
    if sys.platform == "linux":
        assert str(before.mending).endswith("; or `sudo usermod -aG dialout $USER`, and log in again")
