"""Erasing makes a simulated board a new one behind a link that stays open."""

from __future__ import annotations

import pytest

from belay_transport.errors import ConnectionLost
from belay_transport.opening import serve_simulated

LINKS = pytest.mark.parametrize("query", ["", "latency_ms=0.1"], ids=["direct", "relayed"])


@LINKS
def test_nothing_is_left_of_what_was(open_board, query):
    """Memory, files, clock, pins, inputs, buses, time line and counts are those of a board just opened."""
    board = open_board(query)
    board.enter_raw()
    board.put("main.py", "print('main')")
    board.run("import machine\nmachine.RTC().datetime((2050, 1, 1, 0, 0, 0, 0, 0))\nmachine.Pin(3, 1)\nx = 1")
    board.simulated.pin(4).drive(1)
    board.simulated.set_analog(26, 1000)
    board.simulated.attach_i2c(0x20, b"\x09")
    board.simulated.feed_uart(b"unread")

    board.simulated.erase()
    assert board.simulated.bytes_received == 0
    board.enter_raw()

    assert (
        board.run("import os, machine, time\nprint(os.listdir(), time.localtime()[0] < 2050)") == "[] True\n"
    )
    assert board.run("from machine import *\nprint(Pin(4, Pin.IN)(), ADC(26).read_u16(), I2C(0).scan())") == (
        "0 0 []\n"
    )
    assert board.run("print(UART(1).any(), reset_cause() == PWRON_RESET)") == "0 True\n"
    assert board.fail("x").startswith("NameError")
    assert board.simulated.pin(3).mode is None
    assert board.simulated.timeline()[0].value == "power on"
    assert board.simulated.flash_writes < 20  # only those of making a file system


@LINKS
def test_what_was_under_way_is_lost(open_board, query):
    """Of a program that prints raw bytes without end nothing is read behind the erasure, not even half a line."""
    board = open_board(query)
    board.enter_raw()
    board.start("import sys\nwhile True: sys.stdout.buffer.write(b'noise' * 3000)")
    board.read_until("noise")

    board.simulated.erase()
    board._unread = b""

    assert board.read_until(">>> ").startswith(b"MicroPython ")
    board.type("\x01")
    board.read_until("raw REPL; CTRL-B to exit\r\n>")
    assert board.run("print('a\\nb')") == "a\nb\n"


@LINKS
@pytest.mark.parametrize("where", [{"after_bytes": 300}, {"after_flash_writes": 0}])
def test_faults_that_were_ordered_are_called_off(open_board, query, where):
    """No fault that waited strikes the new board."""
    board = open_board(query)
    board.enter_raw()
    board.simulated.unplug(**where)

    board.simulated.erase()
    board.enter_raw()

    board.put("file", "x" * 600)
    assert board.run("print(len(open('file').read()))") == "600\n"


@LINKS
def test_the_faults_of_the_address_are_those_of_each_new_board(open_board, query):
    """`unplug_after` of the address counts from the erasure on."""
    board = open_board(f"unplug_after=200&{query}")
    board.enter_raw()
    board.run(f"print(1)#{'x' * 120}")

    board.simulated.erase()
    board.enter_raw()
    assert board.run(f"print(1)#{'x' * 120}") == "1\n"

    with pytest.raises(ConnectionLost, match="unplugged"):
        board.run(f"print(1)#{'x' * 120}")


def test_a_kept_flash_is_erased_too(open_board, tmp_path):
    """Flash and ROM of a board with a disk are blank, also when that is opened again."""
    query = f"disk={tmp_path / 'flash.img'}"
    board = open_board(query)
    board.enter_raw()
    board.put("file", "x")
    board.run("import vfs\nvfs.rom_ioctl(3, 0, 64)\nvfs.rom_ioctl(4, 0, 0, b'abc')\nvfs.rom_ioctl(5, 0)")
    assert (tmp_path / "flash.img.rom").exists()

    board.simulated.erase()
    board.enter_raw()
    assert board.run("import os, vfs\nprint(os.listdir(), bytes(vfs.rom_ioctl(2, 0))[:3])") == (
        "[] b'\\xff\\xff\\xff'\n"
    )
    board.link.close()

    board = open_board(query)
    board.enter_raw()
    assert board.run("import os, vfs\nprint(os.listdir(), bytes(vfs.rom_ioctl(2, 0))[:3])") == (
        "[] b'\\xff\\xff\\xff'\n"
    )


def test_a_board_without_power_is_brought_back(open_board):
    """A board that sleeps, and would for hours, is a new one as well."""
    board = open_board()
    board.enter_raw()
    board.type("import machine\nmachine.deepsleep(10_000_000)\x04")
    board.read_until("OK")

    board.simulated.erase()
    board._unread = b""

    board.enter_raw()
    assert board.run("print(1)") == "1\n"


def test_a_board_behind_a_pty_is_erased_too():
    """Behind a path the answer is the same, and the path stays."""
    with serve_simulated() as served:
        served.simulated.pin(4).drive(1)
        path = served.path

        served.simulated.erase()

        assert served.simulated.pin(4).value == 0
        assert served.path == path


def test_a_closed_board_cannot_be_erased(open_board):
    """The error says that it is closed."""
    board = open_board()
    board.link.close()

    with pytest.raises(ConnectionLost, match="simulated board"):
        board.simulated.erase()
