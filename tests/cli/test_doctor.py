"""What keeps boards from working, and what mends it."""

from __future__ import annotations

import json
import os
import platform
from typing import TYPE_CHECKING

import pytest
from serial.tools.list_ports_common import ListPortInfo

from belay_cli.actions.examining import examine_fence
from belay_transport.opening import serve_simulated

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Result = tuple[int, str, str]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there is no simulated board on Windows")

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
    version = command("info", board)[1]

    assert command("doctor", board) == (0, f"{HOST}{fence}board: {version}", "")
    assert command("doctor") == (0, f"{HOST}{fence}board: none is plugged in\n", "")
    assert json.loads(command("doctor", "--json")[1])[-1] == {
        "subject": "board",
        "told": "none is plugged in",
        "mending": None,
    }


def test_a_port_that_may_not_be_opened(
    command: Callable[..., Result], folder: Path, monkeypatch: pytest.MonkeyPatch, fence: str
) -> None:
    """The rule that mends it names the vendor; several boards without a choice are not asked."""
    ports = []
    for name in ("one", "two"):
        port = ListPortInfo(str(folder / name))
        port.vid, port.pid = 0x2E8A, 5
        ports.append(port)
    (folder / "one").touch()
    monkeypatch.setattr("serial.tools.list_ports.comports", lambda: ports)

    assert command("doctor") == (
        1,
        (
            f"{HOST}{folder}/one: may be opened\n{folder}/two: may not be opened by this user\n"
            """  mend it: echo 'SUBSYSTEM=="tty", ATTRS{idVendor}=="2e8a", TAG+="uaccess"' """
            "| sudo tee /etc/udev/rules.d/70-belay.rules "
            "&& sudo udevadm control --reload && sudo udevadm trigger\n"
            f"{fence}board: 2 are plugged in, and none is named\n"
        ),
        "error: 1 of 5 findings are to mend\n",
    )


@pytest.mark.usefixtures("no_ports")
def test_a_board_that_does_not_open(command: Callable[..., Result], folder: Path, fence: str) -> None:
    """Why not is a finding like the others, with what to do."""
    exit_code, stdout, stderr = command("doctor", "-p", str(folder / "gone"))

    assert (exit_code, stderr) == (1, "error: 1 of 3 findings are to mend\n")
    assert stdout.startswith(f"{HOST}{fence}board: ")
    assert "\n  mend it: " in stdout


def test_a_board_named_twice(command: Callable[..., Result]) -> None:
    """It is misuse, and nothing is looked at."""
    assert command("doctor", "sim:", "-p", "COM3") == (
        2,
        "",
        "error: The board is named twice: `sim:` and `--port COM3`\n\nhint: leave one of them out\n",
    )
