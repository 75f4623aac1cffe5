"""A simulated board boots, resets and runs its files as a board does."""

from __future__ import annotations

import re

import pytest

BANNER = re.compile(
    rb'MicroPython \S+ on [\d-]+; .*\r\nType "help\(\)" for more information.\r\n>>> ', re.DOTALL
)


def test_the_friendly_prompt_comes_with_the_banner(open_board):
    """A board that is powered on prints its banner and its prompt, nothing else."""
    board = open_board()

    seen = board.read_until(">>> ")

    assert BANNER.fullmatch(seen)


def test_the_boot_leaves_nothing_in_main(board):
    """At the first prompt a program finds no names but its own."""
    output = board.run("print(sorted(dir()))")

    assert output == "['__file__', '__name__']\n"


def test_the_import_path_is_that_of_a_board(board):
    """`sys.path` and the working folder are what a board has, and there are no arguments."""
    output = board.run("import sys, os\nprint(sys.path, os.getcwd(), sys.argv)")

    assert output == "['', '.frozen', '/lib'] / []\n"


def test_a_raw_call_is_answered_as_the_protocol_says(board):
    """The answer to raw code is OK, the output, 0x04, the error, 0x04 and the prompt."""
    board.type("print('hello')\x04")

    seen = board.read_until("\x04\x04>")

    assert seen == b"OKhello\r\n\x04\x04>"


def test_a_soft_reset_in_raw_mode_prints_what_a_board_prints(board):
    """Ctrl-D on an empty raw line runs `boot.py`, not `main.py`, and stays in raw mode."""
    board.put("boot.py", "print('boot')\nx = 7")
    board.put("main.py", "print('main')")

    board.type("\x04")
    seen = board.read_until("exit\r\n>")

    assert seen == b"OK\r\nMPY: soft reboot\r\nboot\r\nraw REPL; CTRL-B to exit\r\n>"
    assert board.run("print(x)") == "7\n"


def test_a_soft_reset_in_friendly_mode_prints_what_a_board_prints(board):
    """Ctrl-D at the friendly prompt runs `boot.py` and `main.py` and ends with the banner."""
    board.put("boot.py", "print('boot')")
    board.put("main.py", "print('main', __name__)")
    board.type("\x02")
    board.read_until(">>> ")

    board.type("\x04")
    seen = board.read_until(">>> ")

    lines = b"\r\nMPY: soft reboot\r\nboot\r\nmain __main__\r\n"
    assert seen.startswith(lines)
    assert BANNER.fullmatch(seen[len(lines) :])


def test_a_soft_reset_forgets_the_program_and_keeps_the_flash(board):
    """After a soft reset names are gone and files are there."""
    board.put("kept.txt", "kept")
    board.run("x = 1")

    board.type("\x04")
    board.read_until("exit\r\n>")

    assert board.fail("x").startswith("NameError")
    assert board.run("print(open('kept.txt').read())") == "kept\n"


def test_a_soft_reset_closes_files_that_were_left_open(board):
    """What was written to a file that nobody closed is there after a soft reset, as the firmware has it."""
    board.run("f = open('open.txt', 'w')\nf.write('late')")

    board.type("\x04")
    board.read_until("exit\r\n>")

    assert board.run("print(open('open.txt').read())") == "late\n"


@pytest.mark.parametrize(
    "code", ["raise SystemExit", "import sys\nsys.exit(3)", "import machine\nmachine.soft_reset()"]
)
def test_a_program_that_exits_resets_softly_and_stays_in_raw_mode(board, code):
    """SystemExit in raw code is a soft reset, announced as on a board."""
    board.type(code + "\x04")
    seen = board.read_until("exit\r\n>")

    assert seen == b"OK\x04\x04MPY: soft reboot\r\nraw REPL; CTRL-B to exit\r\n>"
    assert board.run("import machine\nprint(machine.reset_cause() == machine.SOFT_RESET)") == "True\n"


def test_a_hard_reset_ends_at_the_friendly_prompt(board):
    """`machine.reset()` cuts the program off, runs both files, and leaves raw mode."""
    board.put("boot.py", "print('boot')")
    board.put("main.py", "print('main')")

    board.type("import machine\nprint('going')\nmachine.reset()\nprint('never')\x04")
    seen = board.read_until(">>> ")

    assert seen.startswith(b"OKgoing\r\nboot\r\nmain\r\nMicroPython ")
    board.type("import machine; machine.reset_cause() == machine.HARD_RESET\r")
    assert b"\r\nTrue\r\n" in board.read_until("\r\n>>> ")


def test_a_traceback_from_main_names_main_alone(board):
    """An exception in `main.py` is printed with frames of that file only, and the prompt comes."""
    board.put("main.py", "def f():\n  1/0\nf()\n")
    board.type("\x02")
    board.read_until(">>> ")

    board.type("\x04")
    seen = board.read_until(">>> ").replace(b"\r\n", b"\n").decode()

    assert seen.startswith(
        '\nMPY: soft reboot\nTraceback (most recent call last):\n  File "main.py", line 3, in <module>\n'
        '  File "main.py", line 2, in f\nZeroDivisionError: divide by zero\nMicroPython '
    )


def test_a_file_that_does_not_compile_is_reported(board):
    """A syntax error in `boot.py` is printed, and the board goes on to its prompt."""
    board.put("boot.py", "x = = 1\n")

    board.type("\x04")
    seen = board.read_until("exit\r\n>").replace(b"\r\n", b"\n").decode()

    assert '  File "boot.py", line 1\nSyntaxError: invalid syntax\n' in seen


def test_main_exiting_resets_softly(board):
    """`sys.exit()` in `main.py` starts the board again, as on a board."""
    board.put(
        "main.py",
        "import os\nif 'once' not in os.listdir():\n  open('once', 'w').close()\n  print('first')\n"
        "  raise SystemExit\nprint('second')\n",
    )
    board.type("\x02")
    board.read_until(">>> ")

    board.type("\x04")
    seen = board.read_until(">>> ")

    assert b"first\r\nMPY: soft reboot\r\nsecond\r\nMicroPython " in seen


def test_a_soft_reset_from_the_friendly_prompt_runs_both_files(board):
    """`machine.soft_reset()` typed at the friendly prompt runs `boot.py` and `main.py`, as Ctrl-D does."""
    board.put("boot.py", "print('boot')")
    board.put("main.py", "print('main')")
    board.type("\x02")
    board.read_until(">>> ")

    board.type("import machine; machine.soft_reset()\r")
    seen = board.read_until("\r\n>>> ")

    assert seen.endswith(b"\r\n>>> ")
    assert b"machine.soft_reset()\r\nMPY: soft reboot\r\nboot\r\nmain\r\nMicroPython " in seen


def test_boot_may_reset_softly(board):
    """A soft reset by `boot.py` in raw mode starts it again, and leads back to the raw prompt."""
    board.put(
        "boot.py",
        "import machine, os\nif 'once' not in os.listdir():\n  open('once', 'w').close()\n  machine.soft_reset()\n"
        "print('second')\n",
    )

    board.type("\x04")
    seen = board.read_until("exit\r\n>")

    assert seen == b"OK\r\nMPY: soft reboot\r\nMPY: soft reboot\r\nsecond\r\nraw REPL; CTRL-B to exit\r\n>"


def test_a_crash_of_the_interpreter_restarts_the_board(board):
    """An interpreter that dies is a board whose watchdog has bitten: it boots again."""
    board.type("import uctypes\nuctypes.bytes_at(1, 1)\x04")
    seen = board.read_until(">>> ")

    assert b"MicroPython " in seen
    assert board.simulated.timeline(kind="board")[-1].value.startswith("crash: it was ended by signal")
    board.type("import machine; machine.reset_cause() == machine.WDT_RESET\r")
    assert b"\r\nTrue\r\n" in board.read_until("\r\n>>> ")


def test_the_heap_has_the_size_that_was_asked_for(open_board):
    """A program has the heap of the address, give or take a few kB, also after `machine` was loaded."""
    board = open_board("heap=64k")
    board.enter_raw()

    before = int(board.run("import gc\ngc.collect()\nprint(gc.mem_free())"))
    after = int(board.run("from machine import Pin, Timer, I2C\ngc.collect()\nprint(gc.mem_free())"))

    assert 56 * 1024 < before < 72 * 1024
    assert abs(after - before) < 6 * 1024


def test_the_heap_is_one_piece(open_board):
    """Most of a heap can be had as one object, as on a board after its start."""
    board = open_board("heap=64k")
    board.enter_raw()

    assert board.run("print(len(bytearray(52 * 1024)))") == "53248\n"


@pytest.mark.parametrize("heap", ["8k", "48k", "16m"])
def test_boards_of_any_heap_boot_with_all_their_parts(open_board, heap):
    """A small heap keeps no part of the board from loading; a large one holds a megabyte."""
    board = open_board(f"heap={heap}")
    board.enter_raw()

    output = board.run("import machine\nprint(machine.Pin(1), machine.I2C(0), machine.Timer)")

    assert output.startswith("Pin(1, mode=IN) I2C(0, freq=400000) <class 'Timer'>")
    if heap == "16m":
        assert board.run("print(len(bytes(1000000)))") == "1000000\n"


def test_paste_mode_and_raw_paste_are_the_firmwares(board):
    """Raw-paste is offered with a window of 128 bytes, and the friendly prompt has paste mode."""
    board.type("\x05A\x01")
    assert board.read_until(b"\x01\x80\x00\x01") == b"R\x01\x80\x00\x01"
    board.type("print(1)\x04")
    assert board.read_until("\x04>") == b"\x041\r\n\x04\x04>"

    board.type("\x02")
    board.read_until(">>> ")
    board.type("\x05")

    assert b"paste mode; Ctrl-C to cancel, Ctrl-D to finish\r\n=== " in board.read_until("=== ")
