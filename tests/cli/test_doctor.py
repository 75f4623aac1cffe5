"""What keeps boards from working, and what mends it."""

from __future__ import annotations

import json
import os
import platform
import re
import sys
from typing import TYPE_CHECKING

import pytest
from serial.tools.list_ports_common import ListPortInfo

from belay_cli.actions.examining import examine_fence
from belay_transport.opening import open_link, serve_simulated

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Result = tuple[int, str, str]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there is no simulated board on Windows")

DO_IT = "do what stands behind `mend it`, and look again with `belay doctor`"
HOST = f"host: Python {platform.python_version()} on {platform.system()} {platform.machine()}\n"


@pytest.fixture
def fence() -> str:
    """The line of this computer's fence, which differs from one to another."""
    with serve_simulated() as board:
        if not board.fence().is_closed:
            pytest.skip("the fence does not close here, which is a finding")
    return f"fence of `sim:`: {examine_fence().told}\n"


@pytest.mark.usefixtures("no_ports")
def test_all_is_well(command: Callable[..., Result], board: str, fence: str) -> None:
    """A line each; without a board that is no fault."""
    version = command("info", board)[1].strip()

    exit_code, stdout, stderr = command("doctor", board)
    assert (exit_code, stderr) == (0, "")
    room = r"; free are \d+ bytes of memory, \d+ of \d+ for files\n"
    assert re.fullmatch(re.escape(f"{HOST}{fence}board: {version}") + room, stdout)
    assert command("doctor") == (0, f"{HOST}{fence}board: none is plugged in\n", "")
    assert json.loads(command("doctor", "--json")[1])[-1] == {
        "subject": "board",
        "told": "none is plugged in",
        "mending": None,
    }


@pytest.mark.usefixtures("no_ports")
def test_settings_that_cannot_be_read(
    command: Callable[..., Result], folder: Path, aliases: Callable[[str], Path], fence: str
) -> None:
    """Each file that is broken is a finding with what mends it; a board that is named is looked at as well."""
    (folder / "pyproject.toml").write_text("[tool]\nbelay = 3\n")
    theirs = aliases("aliases = 3\n")
    settings = (
        "settings: `pyproject.toml`: `belay` is not a table\n"
        '  mend it: write a board as in `[tool.belay]`, `device = "/dev/ttyACM0"`\n'
        f"settings: `{theirs}`: `aliases` is not a table\n"
        '  mend it: write aliases as in `[aliases]`, `garden = "/dev/ttyACM0"`\n'
    )

    assert command("doctor") == (
        1,
        f"{HOST}{settings}{fence}board: not looked at: the settings do not say which one is meant\n",
        f"error: 2 of 5 findings are to mend\n\nhint: {DO_IT}\n",
    )
    exit_code, stdout, stderr = command("doctor", "sim:")
    assert (exit_code, stderr) == (1, f"error: 2 of 5 findings are to mend\n\nhint: {DO_IT}\n")
    assert stdout.startswith(f"{HOST}{settings}{fence}board: micropython v")


def _plug_in(monkeypatch: pytest.MonkeyPatch, *paths: str) -> None:
    ports = []
    for path in paths:
        port = ListPortInfo(path)
        port.vid, port.pid = 0x2E8A, 5
        ports.append(port)
    monkeypatch.setattr("serial.tools.list_ports.comports", lambda: ports)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has udev")
def test_ports_and_rules(
    command: Callable[..., Result], folder: Path, monkeypatch: pytest.MonkeyPatch, fence: str
) -> None:
    """Each port and each vendor is a finding, a rule that is there is named; several boards are not asked."""
    _plug_in(monkeypatch, str(folder / "one"), str(folder / "two"))
    (folder / "one").touch()
    (folder / "50-pico.rules").write_text('ATTR{idVendor}=="2e8a", \\\n  TAG+="uaccess"\n')
    monkeypatch.setattr("belay_cli.actions.udev.RULE_FOLDERS", (str(folder / "none"), str(folder)))

    assert command("doctor") == (
        1,
        (
            f"{HOST}{folder}/one: may be opened\n{folder}/two: is gone\n"
            "  mend it: unplug the board, plug it in, and look again\n"
            f"udev rule for 2e8a: `{folder}/50-pico.rules`\n"
            f"{fence}board: 2 are plugged in, and none is named\n"
        ),
        f"error: 1 of 6 findings is to mend\n\nhint: {DO_IT}\n",
    )


def test_a_board_that_nobody_named(
    command: Callable[..., Result], board: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The only board plugged in is looked at when it waits at its prompt; what runs on it is not interrupted."""
    _plug_in(monkeypatch, board)
    looked_at = command("doctor")
    link = open_link(board)
    link.write(b"\x01while True: pass\n\x04", 5.0)
    came = b""
    while b">OK" not in came:
        came += link.read(30.0)
    link.close()

    left_alone = command("doctor")
    named = command("doctor", board)

    assert "\nboard: micropython v" in looked_at[1]
    assert left_alone[0] == 0
    assert left_alone[1].endswith(
        "board: says nothing; `belay doctor PORT` interrupts what runs there, and looks\n"
    )
    assert "\nboard: micropython v" in named[1]


def test_a_board_that_is_full(command: Callable[..., Result], folder: Path) -> None:
    """What takes the room is to be looked for."""
    port = "sim:?disk=full.img&flash=64k"
    filling = "f = open('big', 'wb')\ntry:\n while True: f.write(bytes(512))\nexcept OSError: pass"
    assert command("exec", port, filling)[0] == 0
    free = json.loads(command("fs", "df", "-p", port, "--json")[1])["/"]["free_bytes"]

    exit_code, stdout, _ = command("doctor", port)

    assert (exit_code, "\n  mend it: belay fs du" in stdout) == ((1, True) if free == 0 else (0, False))


@pytest.mark.usefixtures("no_ports")
def test_a_board_that_does_not_open(command: Callable[..., Result], folder: Path, fence: str) -> None:
    """Why not is a finding like the others, with what to do."""
    exit_code, stdout, stderr = command("doctor", "-p", str(folder / "gone"))

    assert (exit_code, stderr) == (1, f"error: 1 of 3 findings is to mend\n\nhint: {DO_IT}\n")
    assert stdout.startswith(f"{HOST}{fence}board: ")
    assert "\n  mend it: " in stdout


def test_a_board_named_twice(command: Callable[..., Result]) -> None:
    """It is misuse, and nothing is looked at."""
    assert command("doctor", "sim:", "-p", "COM3") == (
        2,
        "",
        "error: The board is named twice: `sim:` and `--port COM3`\n\nhint: leave one of them out\n",
    )


def test_a_word_that_names_no_board(command: Callable[..., Result]) -> None:
    """It is misuse as with every other command, and no finding about this computer."""
    assert command("doctor", "nope") == command("info", "nope")
    assert command("doctor", "nope").exit_code == 2


def test_a_board_that_is_named_wrongly(
    command: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is a finding, and the others are told all the same."""
    monkeypatch.setenv("BELAY_DEVICE", "no such thing:")

    told = command("doctor")

    assert told[0] == 1
    assert "host: " in told[1]
    assert "board: The environment variable `BELAY_DEVICE`: " in told[1]
