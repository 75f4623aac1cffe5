"""Timers, pin interrupts and scheduled functions run on a simulated board, also while it waits."""

from __future__ import annotations

import pytest


def test_a_timer_runs_while_the_board_waits_at_its_prompt(board):
    """A periodic timer prints without any call going on, until it is stopped."""
    board.run("from machine import Timer\nn = 0\ndef f(t):\n  global n\n  n += 1\n  print('tick', n)")

    board.run("t = Timer(-1, mode=Timer.PERIODIC, period=5, callback=f)")
    for number in (1, 2, 3):
        board.read_until(f"tick {number}\r\n")

    board.start("t.deinit()")
    board.read_until("\x04>")
    assert board.run("import time\nm = n\ntime.sleep_ms(30)\nprint(n - m)") == "0\n"


def test_a_timer_runs_while_a_program_runs(board):
    """A timer's callback runs between the steps of a busy program, and of one that sleeps."""
    output = board.run(
        "from machine import Timer\nimport time\nn = []\nt = Timer()\n"
        "t.init(freq=200, callback=lambda t: n.append(t))\n"
        "while len(n) < 2: pass\nm = len(n)\ntime.sleep_ms(100)\nt.deinit()\nprint(n[0] is t, len(n) > m)"
    )

    assert output == "True True\n"


def test_a_one_shot_timer_fires_once(board):
    """A one-shot timer calls once, with itself."""
    first = board.run(
        "import time\nfrom machine import Timer\nfired = []\n"
        "t = Timer(1, mode=Timer.ONE_SHOT, period=1, callback=fired.append)\n"
        "while not fired: time.sleep_ms(1)\nprint(fired)"
    )

    assert first == "[Timer(mode=ONE_SHOT, period=1000, tick_hz=1000000)]\n"
    assert board.run("time.sleep_ms(20)\nprint(len(fired))") == "1\n"


def test_a_failing_callback_is_reported_and_the_board_lives(board):
    """An exception in a callback is printed, and the next one runs."""
    board.run("from machine import Timer\nt = Timer(-1, period=5, callback=lambda t: 1 / 0)")

    for _ in range(2):
        board.read_until("ZeroDivisionError: divide by zero\r\n")

    board.type("t.deinit()\x04")
    board.read_until("\x04>")


def test_an_edge_calls_the_handler(board):
    """A pin's handler runs on the edges that it asked for, at the prompt and in a program."""
    pin = board.simulated.pin(3)
    board.run("from machine import Pin\np = Pin(3, Pin.IN, Pin.PULL_UP)")
    board.run("i = p.irq(lambda p: print('edge', p()), Pin.IRQ_FALLING)")

    pin.drive(0)
    board.read_until("edge 0\r\n")
    pin.drive(1)
    board.run("i.trigger(Pin.IRQ_RISING | Pin.IRQ_FALLING)")
    pin.drive(0)
    board.read_until("edge 0\r\n")
    pin.drive(1)
    board.read_until("edge 1\r\n")

    board.run("p.irq(None)")
    pin.drive(0)
    assert board.run("import time\ntime.sleep_ms(20)") == ""


def test_a_callback_may_use_what_it_interrupts(board):
    """A timer's callback uses the same bus as the program: each gets its answers, none blocks."""
    device = board.simulated.attach_i2c(0x10, bytes(range(64)) + bytes(4032), pointer_bytes=2)

    output = board.run(
        "from machine import Timer, I2C\ni = I2C(0)\nwrong = 0\nn = 0\n"
        "def read(r):\n  global wrong\n  wrong += i.readfrom_mem(0x10, r, 2, addrsize=16)[0] != r\n"
        "def f(t):\n  global n\n  n += 1\n  read(5)\n  i.writeto(0x10, b'\\x00\\x80' + b'c' * 50)\n"
        "t = Timer(-1, period=1, callback=f)\n"
        "while n < 50:\n  read(7)\n  i.writeto(0x10, b'\\x01\\x00' + b'p' * 3000)\nt.deinit()\nprint(wrong)"
    )

    assert output == "0\n"
    assert device.registers[0x80 : 0x80 + 50] == b"c" * 50
    assert device.registers[0x100 : 0x100 + 3000] == b"p" * 3000


def test_what_a_thread_schedules_runs_at_the_prompt(board):
    """`micropython.schedule` from a thread wakes a board that waits for input."""
    board.run(
        "import _thread, micropython, time\ndef f():\n  time.sleep_ms(20)\n"
        "  micropython.schedule(lambda x: print('scheduled', x), 6)\n_thread.start_new_thread(f, ())"
    )

    assert board.read_until("\r\n") == b"scheduled 6\r\n"


def test_scheduled_functions_run_in_the_main_thread(board):
    """A callback runs where the program runs, not in the thread that heard of the event."""
    output = board.run(
        "import _thread, time\nfrom machine import Timer\nmain = _thread.get_ident()\nran = []\n"
        "t = Timer(-1, mode=Timer.ONE_SHOT, period=1, callback=lambda t: ran.append(_thread.get_ident() == main))\n"
        "while not ran: time.sleep_ms(1)\nprint(ran)"
    )

    assert output == "[True]\n"


def test_a_reset_stops_the_timers(board):
    """A timer does not outlive a soft reset."""
    board.run("from machine import Timer\nt = Timer(-1, period=2, callback=lambda t: print('tick'))")
    board.read_until("tick\r\n")

    board.type("\x04")
    board.read_until("exit\r\n>")

    assert board.run("import time\ntime.sleep_ms(20)") == ""


def test_a_watchdog_that_is_not_fed_bites(board):
    """A board whose program does not feed the watchdog is reset, and knows why."""
    board.put("main.py", "import machine\nif machine.reset_cause() == machine.WDT_RESET: print('bitten')")
    board.type("from machine import WDT\nw = WDT(timeout=30)\nw.feed()\nwhile True: pass\x04")

    assert b"bitten\r\n" in board.read_until(">>> ")
    assert [entry.value for entry in board.simulated.timeline(kind="board")] == ["power on", "watchdog"]


def test_a_deep_sleep_ends_in_a_reset(board):
    """`machine.deepsleep` forgets the program, and the board boots when the time is over."""
    board.type("import machine\nx = 1\nmachine.deepsleep(20)\x04")
    board.enter_raw()

    assert board.run("import machine\nprint(machine.reset_cause() == machine.DEEPSLEEP_RESET)") == "True\n"
    assert board.fail("x").startswith("NameError")


@pytest.mark.parametrize(
    "code", ["Timer(-1, period=0, callback=print)", "WDT(timeout=0)", "Timer(-1, freq=0)"]
)
def test_times_that_cannot_be_are_refused(board, code):
    """A timer or watchdog without a time is an error."""
    board.run("from machine import Timer, WDT")

    assert board.fail(code).startswith("ValueError")
