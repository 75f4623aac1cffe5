"""Ctrl-C does on a simulated board what it does on a board, in every mode."""

from __future__ import annotations

import pytest

BUSY = {
    "a loop": "while True: pass",
    "a sleep": "import time\ntime.sleep(100)",
    "a read": "import sys\nsys.stdin.buffer.read(5)",
    "input": "input('?')",
    "a native sort": "x = [i * 7919 % 10007 for i in range(10000)]\nwhile True: sorted(x)",
    "a poll": "import select, sys\np = select.poll()\np.register(sys.stdin, 1)\np.poll()",
    "a thread beside": "import _thread, time\ndef f():\n  while True: time.sleep_ms(1)\n"
    "_thread.start_new_thread(f, ())\ntime.sleep(100)",
}


@pytest.mark.parametrize("code", BUSY.values(), ids=BUSY)
def test_ctrl_c_interrupts_raw_code(board, code):
    """A program started at the raw prompt ends with KeyboardInterrupt, whatever it waits for."""
    board.start(f"print('runs')\n{code}")
    board.read_until("runs\r\n")

    board.type("\x03")
    _, error = board.finish()

    assert error.endswith("KeyboardInterrupt: \n")
    assert board.run("print(1)") == "1\n"


def test_ctrl_c_interrupts_raw_paste_code(board):
    """A program sent by raw-paste is interrupted as well."""
    board.type("\x05A\x01")
    board.read_until(b"\x01\x80\x00\x01")
    board.type("print('runs')\nwhile True: pass\x04")
    board.read_until("runs\r\n")

    board.type("\x03")

    assert b"KeyboardInterrupt: \r\n\x04>" in board.read_until("\x04>")


def test_ctrl_c_interrupts_at_the_friendly_prompt(open_board):
    """A program typed at the friendly prompt is interrupted, and the prompt comes back."""
    board = open_board("heap=64k")
    board.read_until(">>> ")
    board.type("print('ru' + 'ns'); import time; time.sleep(100)\r")
    board.read_until("runs\r\n")

    board.type("\x03")

    assert b"KeyboardInterrupt: \r\n>>> " in board.read_until(">>> ")


def test_a_program_that_catches_ctrl_c_gets_the_next_one_too(board):
    """Each Ctrl-C is a KeyboardInterrupt of its own, as long as the one before was taken."""
    board.start(
        "n = 0\nwhile n < 3:\n  try:\n    print('runs', n)\n    while True: pass\n"
        "  except KeyboardInterrupt:\n    n += 1"
    )

    for number in (0, 1, 2):
        board.read_until(f"runs {number}\r\n")
        board.type("\x03")

    assert board.finish() == ("", "")


def test_many_ctrl_c_at_once_do_not_end_the_interpreter(board):
    """Ctrl-C upon Ctrl-C, faster than a program can take them, is one KeyboardInterrupt, not a crash."""
    board.run("x = 1")
    board.start("print('runs')\nsorted(range(300000), key=lambda v: -v % 1000)")
    board.read_until("runs\r\n")

    for _ in range(20):
        board.type("\x03")
    board.finish()

    board.type("\x03")
    assert board.run("print(x)") == "1\n"


def test_ctrl_c_is_a_byte_while_a_program_says_so(board):
    """After `micropython.kbd_intr(-1)` the byte 3 is data, in small and in large pieces."""
    board.start(
        "import micropython, sys\nmicropython.kbd_intr(-1)\nprint('runs')\n"
        "print(sys.stdin.buffer.read(3), sum(sys.stdin.buffer.read(1000)))\nmicropython.kbd_intr(3)"
    )
    board.read_until("runs\r\n")

    board.type(b"\x03\x04\x03")
    board.type(b"\x03" * 1000)

    assert board.finish() == ("b'\\x03\\x04\\x03' 3000\n", "")


def test_a_program_that_never_took_kbd_intr_back_does_not_spoil_the_next(board):
    """Ctrl-C interrupts the next program though the last one has turned it off for itself."""
    board.run("import micropython\nmicropython.kbd_intr(-1)")
    board.start("print('runs')\nwhile True: pass")
    board.read_until("runs\r\n")

    board.type("\x03")

    assert board.finish()[1].endswith("KeyboardInterrupt: \n")


def test_ctrl_c_at_a_prompt_clears_the_line(board):
    """At the raw prompt Ctrl-C throws away what was typed; at the friendly one it gives a new line."""
    board.type("garbage\x03print(2)\x04")
    assert board.read_until("\x04>") == b"OK2\r\n\x04\x04>"

    board.type("\x02")
    board.read_until(">>> ")
    board.type("garbage\x03")

    assert board.read_until("\r\n>>> ") == b"garbage\r\n>>> "


@pytest.mark.parametrize("name", ["boot.py", "main.py"])
def test_ctrl_c_interrupts_the_boards_own_files(board, name):
    """A `boot.py` or `main.py` that never ends is interrupted, and the board goes on."""
    board.put(name, "print('runs')\nwhile True:\n  pass\n")
    board.type("\x02")
    board.read_until(">>> ")
    board.type("\x04")
    board.read_until("runs\r\n")

    board.type("\x03")
    seen = board.read_until(">>> ").replace(b"\r\n", b"\n").decode()

    where = f'Traceback (most recent call last):\n  File "{name}", line '
    assert seen.startswith(where)
    assert "in <module>\nKeyboardInterrupt: \nMicroPython " in seen


def test_ctrl_c_while_booting_is_harmless(open_board):
    """A board that gets Ctrl-C before it has booted boots all the same, fenced and with its flash."""
    board = open_board()

    for _ in range(30):
        board.type("\r\x03")
    board.enter_raw()

    assert board.run("import os\nprint(os.listdir('/'))") == "[]\n"


def test_ctrl_c_before_the_end_of_a_write_interrupts_too(board):
    """Ctrl-C in the middle of what is written acts where it stands."""
    board.start("print('runs')\nwhile True: pass")
    board.read_until("runs\r\n")

    board.type(b"\n\x03print(5)\x04")

    assert board.finish()[1].endswith("KeyboardInterrupt: \n")
    assert b"5\r\n" in board.read_until("\x04>")
