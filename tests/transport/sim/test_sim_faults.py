"""Faults on order: a simulated board is unplugged or reset behind any byte, or at any write to its flash."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import belay
from belay_transport.errors import ConnectionLost
from belay_transport.opening import serve_simulated
from belay_transport.sim.faults import Countdown

WRITE = "with open('n.new', 'w') as f: f.write('new' * 1000)\nimport os\nos.rename('n.new', 'n')"
LINKS = ["", "profile=usb"]


@given(st.lists(st.integers(1, 50)), st.integers(0, 200))
def test_a_countdown_is_exact(pieces, after):
    """However the bytes are cut, exactly so many pass before the fault, which strikes once."""
    countdown = Countdown(unplug_after=after)

    passed, struck = 0, []
    for wanted in pieces:
        allowed = countdown.room(wanted)
        passed += allowed
        fault = countdown.count_on(allowed)
        if fault:
            struck.append((fault, passed))
            break

    assert struck == ([("unplug", after)] if sum(pieces) >= after and pieces else [])
    assert countdown.count == passed <= max(after, 0)


@pytest.mark.parametrize("link", LINKS)
def test_the_board_gets_each_byte_in_front_of_the_plug(open_board, tmp_path, link):
    """At every offset of a command, exactly the bytes before it have reached the board when the plug is pulled."""
    command = "f = open('got', 'w'); f.write('x'); f.close()\x04"
    query = f"disk={tmp_path / 'flash.img'}&{link}"
    seen = []
    for offset in (0, 1, len(command) - 1, len(command)):
        board = open_board(query)
        board.enter_raw()
        board.run("import os\nif 'got' in os.listdir(): os.remove('got')")
        if offset:
            board.simulated.unplug(after_bytes=offset)
        else:
            board.simulated.unplug()

        assert board.lose(command) == "The simulated board was unplugged"

        again = open_board(query)
        again.enter_raw()
        seen.append(again.run("import os\nprint('got' in os.listdir())"))
        again.link.close()

    assert seen == ["False\n", "False\n", "False\n", "True\n"]


@pytest.mark.parametrize("link", LINKS)
def test_the_address_can_order_a_fault(open_board, link):
    """`unplug_after` and `reset_after` count from the first byte of the link."""
    board = open_board(f"unplug_after=10&{link}")
    board.read_until(">>> ")

    assert board.lose("123456789\r" + "1") == "The simulated board was unplugged"

    board = open_board(f"reset_after=10&{link}")
    board.read_until(">>> ")
    board.type("x = 12345\r" + "x = 6\r")
    board.read_until("for more information.\r\n>>> ")
    assert board.simulated.timeline(kind="board")[-1].value == "reset"
    board.type("7 * 7\r")
    assert b"\r\n49\r\n" in board.read_until("\r\n>>> ")


def test_what_came_before_the_plug_can_still_be_read(board):
    """The board's answer to the last byte that it got arrives, then the link is lost, for writes as well."""
    board.simulated.unplug(after_bytes=len("print(6 * 7)\x04"))
    board.type("print(6 * 7)\x04")

    assert board.read_until("\x04>") == b"OK42\r\n\x04\x04>"
    with pytest.raises(ConnectionLost, match="was unplugged"):
        board.link.read(5)
    with pytest.raises(ConnectionLost, match="was unplugged"):
        board.type("more")


@pytest.mark.parametrize("link", LINKS)
def test_a_reset_loses_what_was_being_sent(open_board, link):
    """Behind the byte of a reset nothing of the same write arrives; the board boots and listens again."""
    board = open_board(link)
    board.enter_raw()
    board.simulated.reset(after_bytes=4)

    board.type("x = 1\nprint(x)\x04")
    seen = board.read_until(">>> ")

    assert b"OK" not in seen
    board.type("'x' in globals()\r")
    assert b"\r\nFalse\r\n" in board.read_until("\r\n>>> ")


def test_a_fault_counts_ctrl_c_as_a_byte(board):
    """An interrupt is one of the bytes that the board has received."""
    before = board.simulated.bytes_received
    board.start("print('runs')\nwhile True: pass")
    board.read_until("runs\r\n")
    board.simulated.unplug(after_bytes=1)

    board.type("\x03")

    assert b"KeyboardInterrupt" in board.read_until("\x04>")
    with pytest.raises(ConnectionLost):
        board.link.read(5)
    assert board.simulated.bytes_received - before == len("print('runs')\nwhile True: pass\x04\x03")


def test_a_program_that_runs_on_is_cut_off(board):
    """A board that never waits again is unplugged all the same."""
    board.simulated.unplug(after_bytes=len("while True: pass\x04"))

    assert board.lose("while True: pass\x04") == "The simulated board was unplugged"


def test_faults_can_be_called_off(board):
    """What was ordered for later does not strike any more."""
    board.simulated.unplug(after_bytes=3)
    board.simulated.reset(after_flash_writes=0)
    board.simulated.call_off_faults()

    board.put("file", "text")

    assert board.run("print(open('file').read())") == "text\n"


def test_a_fault_in_the_past_is_refused(board):
    """Negative counts are an error of the caller's."""
    with pytest.raises(ValueError, match="`after_bytes` must be 0 or more, not -1"):
        board.simulated.unplug(after_bytes=-1)


def test_the_flash_of_a_power_cut_is_what_was_written_so_far(open_board):
    """At every write of a file and its rename, the flash holds the old content or the new, whole."""
    board = open_board()
    board.enter_raw()

    found = []
    for allowed in range(100):
        board.run("with open('n', 'w') as f: f.write('old' * 1000)")
        before = board.simulated.flash_writes
        board.simulated.reset(after_flash_writes=allowed)
        board.type(WRITE + "\x04")
        seen = b""
        while not seen.endswith((b"\x04\x04>", b">>> ")):
            data = board.link.read(5)
            assert data, seen
            seen += data
        is_cut = seen.endswith(b">>> ")
        if is_cut:
            assert board.simulated.flash_writes - before == allowed
            board.type("\x01")
            board.read_until("exit\r\n>")
        found.append(board.run("t = open('n').read()\nprint(t[:3], len(t))"))
        if not is_cut:
            break

    assert len(found) > 4
    assert found == ["old 3000\n"] * (len(found) - 1) + ["new 3000\n"]


def test_a_flash_on_disk_survives_the_plug(open_board, tmp_path):
    """After a power cut in the middle of a write the same disk mounts, with what was closed before."""
    query = f"disk={tmp_path / 'flash.img'}"
    for allowed in range(4):
        board = open_board(query)
        board.enter_raw()
        board.put("kept", f"before {allowed}")
        board.simulated.unplug(after_flash_writes=allowed)
        assert (
            board.lose("with open('torn', 'w') as f: f.write('x' * 5000)\x04")
            == "The simulated board was unplugged"
        )

        again = open_board(query)
        again.enter_raw()
        assert again.run("print(open('kept').read())") == f"before {allowed}\n"
        again.link.close()


def test_a_closed_board_has_no_counts(board):
    """After the end the outside says so, as all of it does."""
    board.link.close()

    with pytest.raises(ConnectionLost, match="is closed"):
        _ = board.simulated.flash_writes


def test_a_device_finds_its_named_board_again(tmp_path, monkeypatch):
    """The call says that the board was unplugged, and connecting again finds the flash at once."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    device = belay.Device("sim:mine")
    device("with open('kept', 'w') as f: f.write('here')")
    assert device.simulated is not None
    device.simulated.unplug(after_bytes=5)

    with pytest.raises(belay.ConnectionLost, match="The simulated board was unplugged"):
        device("6 * 7")
    device.close()

    with belay.Device("sim:mine") as again:
        assert again("open('kept').read()") == "here"


def test_a_served_board_can_be_unplugged():
    """Behind a pty the launcher counts, and other tools see their port go away."""
    with serve_simulated("sim:") as served:
        device = belay.Device(served.path)
        received = served.simulated.bytes_received
        assert received > 0
        served.simulated.unplug(after_bytes=5)

        with pytest.raises(belay.ConnectionLost):
            device("6 * 7")
        device.close()
