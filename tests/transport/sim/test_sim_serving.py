"""A simulated board behind a pty is a serial port for any tool."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing

import pytest
import serial

from belay_transport.sim import SimOptions, serve_pty


@pytest.fixture
def served():
    """Give a board behind a pty."""
    with serve_pty() as board:
        yield board


def mpremote(board, *words):
    """Run mpremote on the board, and return what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "mpremote", "connect", board.path, *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.replace("\r\n", "\n")


def test_mpremote_runs_code(served):
    """The mpremote of PyPI executes and evaluates, and each of its connections finds the board ready."""
    assert mpremote(served, "exec", "print(1)") == "1\n"
    assert mpremote(served, "eval", "1 + 1") == "2\n"
    assert mpremote(served, "soft-reset", "eval", "3") == "3\n"


def test_mpremote_copies_files(served, tmp_path):
    """A file with every byte in it goes to the board and comes back."""
    source = tmp_path / "all.bin"
    source.write_bytes(bytes(range(256)) * 4)

    mpremote(served, "fs", "cp", str(source), ":all.bin")
    listing = mpremote(served, "fs", "ls")
    mpremote(served, "fs", "cp", ":all.bin", str(tmp_path / "back.bin"))

    assert "1024 all.bin" in listing
    assert (tmp_path / "back.bin").read_bytes() == source.read_bytes()


def test_mpremote_mounts_a_folder_of_the_host(served, tmp_path):
    """A folder of the host is served over the board's own stdin and stdout."""
    (tmp_path / "remote.py").write_text("print('from the host')\n")

    assert mpremote(served, "mount", str(tmp_path), "exec", "import remote").endswith("from the host\n")


def test_clients_come_and_go(served):
    """What one client leaves behind, the next one finds; a port that nobody has open is no error."""
    for number in range(3):
        with closing(serial.Serial(served.path, timeout=15)) as port:
            port.write(b"\r\x03\x02")
            port.read_until(b">>> \r\n>>> ")
            port.write(b"x = %d\r" % number if not number else b"x += 1; print('x is', x)\r")
            expected = b"x is %d\r\n>>> " % number if number else b">>> "
            assert port.read_until(expected).endswith(expected)


def test_a_terminal_program_is_not_echoed_or_translated(served):
    """The pty is raw: bytes pass as they are, and Ctrl-C is the board's."""
    with closing(serial.Serial(served.path, timeout=15)) as port:
        port.write(b"\x01")
        port.read_until(b"exit\r\n>")
        port.write(b"import sys, micropython\nmicropython.kbd_intr(-1)\nprint('deaf')\n")
        port.write(b"d = sys.stdin.buffer.read(256)\n")
        port.write(b"micropython.kbd_intr(3)\nsys.stdout.buffer.write(d)\nwhile True: pass\x04")
        assert port.read_until(b"deaf\r\n") == b"OKdeaf\r\n"

        everything = bytes(range(256))
        port.write(everything)
        assert port.read(256) == everything

        port.write(b"\x03")
        assert b"KeyboardInterrupt: \r\n\x04>" in port.read_until(b"\x04>")


def test_a_served_board_has_its_outside(served):
    """Pins of a served board are seen while another tool drives it."""
    mpremote(served, "exec", "import machine; machine.Pin(25, machine.Pin.OUT).on()")

    assert served.simulated.pin(25).value == 1


def test_a_served_board_can_be_shaped():
    """A pty of a slow board is slow, and works."""
    with (
        serve_pty(SimOptions.from_query(None, [("profile", "uart")])) as board,
        closing(serial.Serial(board.path, timeout=15)) as port,
    ):
        port.write(b"\x01")
        port.read_until(b"exit\r\n>")
        port.write(b"print('slow')\x04")

        assert port.read_until(b"\x04\x04>") == b"OKslow\r\n\x04\x04>"


def test_closing_takes_the_port_away(served):
    """After `close` there is no board; closing twice is no error."""
    path = served.path
    served.close()
    served.close()

    assert not os.path.exists(path)  # noqa: PTH110 - a device
