"""A program on the board may reset it: the call says so, and the next one finds a board that works."""

from __future__ import annotations

import io
import threading
from typing import Any

import pytest

import belay
from belay_transport.opening import serve_simulated


@pytest.mark.parametrize("reset", ["soft_reset", "reset"])
def test_a_task_that_resets_the_board(device: belay.Device, reset: str) -> None:
    """The call ends with ConnectionLost, "started anew"; the next sends what it needs again by itself."""

    @device.task
    def end_it(how):
        getattr(machine, how)()  # noqa: F821 - the board's

    @device.task
    def double(number):
        return number * 2

    with pytest.raises(belay.ConnectionLost, match="started anew"):
        end_it(reset)

    assert double(21) == 42
    cause = {"soft_reset": "SOFT_RESET", "reset": "HARD_RESET"}[reset]
    assert device(f"machine.reset_cause() == machine.{cause}")


@pytest.mark.parametrize(
    "code", ["machine.soft_reset()", "try:\n  machine.soft_reset()\nexcept BaseException:\n  pass"]
)
def test_a_soft_reset_is_announced_and_runs_boot_alone(device: belay.Device, code: str) -> None:
    """The board prints that it reboots and what `boot.py` prints; `main.py` does not run in raw mode."""
    device("with open('boot.py', 'w') as f: f.write('print(\"ran\", __name__)')")
    device("with open('main.py', 'w') as f: f.write('print(\"main\")')")
    printed = io.BytesIO()

    with pytest.raises(belay.ConnectionLost):
        device(code, stream_out=printed)

    assert printed.getvalue() == b"MPY: soft reboot\r\nran __main__\r\n"
    assert device("6 * 7") == 42


def test_a_reset_says_nothing_but_what_programs_print(device: belay.Device) -> None:
    """Around a reset the user hears the program, `boot.py` and `main.py`, and no word of the REPL."""
    device("with open('boot.py', 'w') as f: f.write('print(\"boot\")')")
    device("with open('main.py', 'w') as f: f.write('print(\"main\")')")
    printed = io.BytesIO()

    with pytest.raises(belay.ConnectionLost):
        device("print('before')\nmachine.reset()", stream_out=printed)
    value = device("6 * 7", stream_out=printed)

    assert value == 42
    assert printed.getvalue() == b"before\r\nboot\r\nmain\r\n"


SLOW_BOOT = """\
import time
print('boot')
time.sleep_ms(300)
open('/made', 'w').close()
print('made')
"""


@pytest.mark.parametrize("way", ["machine.soft_reset", "reconnect"])
def test_what_waits_for_boot(way: str) -> None:
    """A reset by the board's program and a reconnection let `boot.py` come to its end, and run no `main.py`."""
    printed = io.BytesIO()
    with serve_simulated() as board, belay.Device(board.path, stream_out=printed) as device:
        device.fs.write_text("/boot.py", SLOW_BOOT)
        device.fs.write_text("/main.py", "open('/main ran', 'w').close()\nwhile True: pass\n")

        if way == "reconnect":
            device.reconnect()
        else:
            with pytest.raises(belay.ConnectionLost):
                device("machine.soft_reset()")

        assert [entry.name for entry in device.fs.list()] == ["boot.py", "made", "main.py"]
        heard = b"" if way == "reconnect" else b"MPY: soft reboot\r\nboot\r\nmade\r\n"
        assert printed.getvalue() == heard


def test_what_is_heard_behind_soft_reset() -> None:
    """Who makes no call hears all: the announcement, both programs with their errors, the banner, the prompt."""
    printed = io.BytesIO()
    at_prompt = threading.Event()

    class Hearing(io.RawIOBase):
        def writable(self) -> bool:
            return True

        def write(self, data: Any) -> int:
            printed.write(data)
            if printed.getvalue().endswith(b">>> "):
                at_prompt.set()
            return len(data)

    with belay.Device("sim:", stream_out=Hearing()) as device:
        device.fs.write_text("/boot.py", "print('boot')\n1 / 0\n")
        device.fs.write_text("/main.py", "print('main')\n")

        device.soft_reset()

        assert at_prompt.wait(20)
        lines = printed.getvalue().split(b"\r\n")
        assert lines[:3] == [b"", b"MPY: soft reboot", b"boot"]
        assert lines[5:7] == [b"ZeroDivisionError: divide by zero", b"main"]
        assert lines[-2:] == [b'Type "help()" for more information.', b">>> "]
        assert device("6 * 7") == 42


def test_a_soft_reset_closes_open_files(device: belay.Device) -> None:
    """What was written to a file that nobody closed is there afterwards, as the firmware has it."""
    with pytest.raises(belay.ConnectionLost):
        device("f = open('late.txt', 'w')\nf.write('late')\nmachine.soft_reset()")

    assert device("open('late.txt').read()") == "late"


@pytest.mark.parametrize(
    ("code", "exit_code"), [("sys.exit()", None), ("sys.exit(3)", 3), ("raise SystemExit", None)]
)
def test_sys_exit_is_an_exception(device: belay.Device, code: str, exit_code: int | None) -> None:
    """`sys.exit` arrives as SystemExit with its code, and the board keeps what it has in memory."""
    device("kept = 'here'")

    with pytest.raises(belay.exceptions.BoardSystemExit) as caught:
        device(f"import sys\n{code}")

    assert caught.value.code == exit_code
    assert device("kept") == "here"


def test_a_soft_reset_over_a_slow_wire() -> None:
    """Behind a relay it is the same."""
    with belay.Device("sim:?profile=usb") as slow:
        with pytest.raises(belay.ConnectionLost, match="started anew"):
            slow("machine.soft_reset()")

        assert slow("6 * 7") == 42


def test_the_bootloader_ends_the_call_and_the_link() -> None:
    """A call that sends the board to its bootloader raises ConnectionLost; connecting again finds a board."""
    with belay.Device("sim:") as device:
        with pytest.raises(belay.ConnectionLost, match="The simulated board went to its bootloader"):
            device("machine.bootloader()")

        device.reconnect()
        assert device("6 * 7") == 42
