"""Choosing one of the boards plugged in."""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING

import pytest
from serial.tools.list_ports_common import ListPortInfo

if TYPE_CHECKING:
    from collections.abc import Callable

    Result = tuple[int, str, str]

TABLE = (
    "   PORT{pad}  VID:PID    SERIAL  MANUFACTURER  PRODUCT   STATE\n"
    "1  {path}  2e8a:0005  E6614   -             it's one  free\n"
)


@pytest.fixture
def typing(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """What somebody types."""
    return lambda text: monkeypatch.setattr(sys, "stdin", io.StringIO(text))


@pytest.fixture
def plugged_in(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """A simulated board with what a USB port tells."""
    board: str = request.getfixturevalue("board")
    port = ListPortInfo(board)
    port.vid, port.pid, port.serial_number, port.product = 0x2E8A, 5, "E6614", "it's one"
    monkeypatch.setattr("serial.tools.list_ports.comports", lambda: [port])
    return board


@pytest.mark.skipif(os.name == "nt", reason="there is no simulated board on Windows")
def test_a_board_is_chosen(
    command: Callable[..., Result], plugged_in: str, typing: Callable[[str], None]
) -> None:
    """What makes no sense is asked again; a pin that is not there is told; the lines can be copied."""
    typing("0\nfirst\n1\n99999\n")

    exit_code, stdout, stderr = command("select")

    menu = TABLE.format(path=plugged_in, pad=" " * (len(plugged_in) - 4))
    question = "Which one, 1 to 1? "
    assert exit_code == 0, stderr
    before, after = stderr.split("micropython v")
    assert before == (
        f"{menu}{question}`0` is not the number of a board\n{question}`first` is not the number of a board\n"
        f"{question}"
    )
    assert "Blink LED Pin Number [skip]? Pin `99999` does not blink: ValueError: invalid pin" in after
    assert stdout == (
        "Either set the BELAY_DEVICE environment variable:\n"
        """  export BELAY_DEVICE='{"vid": 11914, "pid": 5, "serial_number": "E6614", """
        """"product": "it'"'"'s one"}'\n"""
        "And in python code, instantiate Device without arguments:\n"
        "  device = belay.Device()\n\n"
        "Or, add the following (or a subset) to your python code:\n"
        """  spec = belay.UsbSpecifier(vid=11914, pid=5, serial_number='E6614', product="it's one")\n"""
        "  device = belay.Device(spec)\n"
    )


@pytest.mark.skipif(os.name == "nt", reason="there is no simulated board on Windows")
def test_nobody_answers(
    command: Callable[..., Result], plugged_in: str, typing: Callable[[str], None]
) -> None:
    """An input that has ended is a failure, and the hint is for programs."""
    typing("")

    exit_code, stdout, stderr = command("select")

    assert (exit_code, stdout) == (1, "")
    assert plugged_in in stderr
    assert stderr.endswith(
        "error: Nobody has answered: the input has ended\n\n"
        "hint: `belay devices --json` lists the boards for a program\n"
    )


@pytest.mark.skipif(os.name == "nt", reason="there is no simulated board on Windows")
def test_the_led_blinks(
    command: Callable[..., Result], plugged_in: str, typing: Callable[[str], None]
) -> None:
    """Nothing is said of it, and an empty answer skips it."""
    for answer in ("25\n", "\n"):
        typing(f"1\n{answer}")

        exit_code, stdout, stderr = command("select")

        assert (exit_code, "E6614" in stdout) == (0, True)
        assert stderr.endswith(" - linux\nBlink LED Pin Number [skip]? ")
        assert plugged_in in stderr


@pytest.mark.usefixtures("no_ports")
def test_nothing_to_choose_from(command: Callable[..., Result]) -> None:
    """It says so, and asks nothing."""
    assert command("select") == (
        1,
        "",
        "error: No board is plugged in\n\nhint: plug one in; `sim:` is the address of a simulated one\n",
    )
