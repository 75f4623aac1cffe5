"""`machine` on a simulated board, and what a test sees and does from outside."""

from __future__ import annotations

import pytest

from belay_transport.errors import ArgumentTypeError, ArgumentValueError, ConnectionLost
from belay_transport.simulated import TimelineEntry


@pytest.fixture
def machine(board):
    """Give a board with `machine` and its parts imported."""
    board.run("import machine\nfrom machine import *")
    return board


def happened(board, kind=None):
    """Say what happened on the outside, without the times."""
    return [entry[1:] for entry in board.simulated.timeline(kind=kind)]


def test_an_output_is_seen_from_outside(machine):
    """What the program does with a pin is on the time line, in order, before the call is answered."""
    machine.run("led = Pin(25, Pin.OUT)\nled.on()\nled.off()\nled.toggle()\nled.value(1)\nled(0)")

    assert happened(machine, "Pin") == [
        ("Pin", 25, "mode", "OUT"),
        ("Pin", 25, "value", 0),
        ("Pin", 25, "value", 1),
        ("Pin", 25, "value", 0),
        ("Pin", 25, "value", 1),
        ("Pin", 25, "value", 0),
    ]
    assert machine.simulated.pin(25).value == 0
    assert machine.simulated.pin(25).mode == "OUT"


def test_the_time_line_keeps_the_boards_time(machine):
    """Entries carry microseconds since power-on, as far apart as the program says."""
    machine.run("import time\np = Pin(1, Pin.OUT)\np.on()\ntime.sleep_ms(20)\np.off()")

    times = [entry.time_us for entry in machine.simulated.timeline(kind="Pin", identifier=1)]

    assert times == sorted(times)
    assert times[0] > 0
    assert times[-1] - times[-2] > 15_000  # the interpreter's own sleep is up to a millisecond short


def test_an_input_reads_what_drives_it(machine):
    """An input reads the level from outside, its pull without one, and 0 without either."""
    pin = machine.simulated.pin(4)
    machine.run("p = Pin(4, Pin.IN)\nup = Pin(5, Pin.IN, Pin.PULL_UP)\ndown = Pin(6, Pin.IN, Pin.PULL_DOWN)")
    assert machine.run("print(p(), up(), down())") == "0 1 0\n"

    pin.drive(1)
    machine.simulated.pin(5).drive(0)
    assert machine.run("print(p.value(), up())") == "1 0\n"

    pin.drive(None)
    assert machine.run("print(p.value())") == "0\n"
    assert machine.simulated.pin(5).pull == "PULL_UP"


def test_a_program_that_runs_sees_an_input_change(machine):
    """A loop that watches a pin sees it change while it runs."""
    machine.start("p = Pin('BUTTON', Pin.IN)\nprint('waits')\nwhile not p(): pass\nprint('pressed')")
    machine.read_until("waits\r\n")

    machine.simulated.pin("BUTTON").drive(1)

    assert machine.finish() == ("pressed\n", "")


def test_a_test_can_wait_for_a_pin(machine):
    """`wait_for` returns when the level is there, or says that it did not come."""
    pin = machine.simulated.pin(7)
    machine.start("import time\np = Pin(7, Pin.OUT)\ntime.sleep_ms(30)\np.on()")

    assert pin.wait_for(1)
    assert pin.wait_for(1, timeout_s=0)
    assert pin.wait_for(1, timeout_s=366 * 24 * 3600)  # more than `poll` can wait
    assert not pin.wait_for(0, timeout_s=0.01)
    machine.finish()


def test_an_open_drain_pin_shares_its_line(machine):
    """An open-drain pin pulls low or lets go, and reads what the others do."""
    machine.run("p = Pin(3, Pin.OPEN_DRAIN, value=1)")
    pin = machine.simulated.pin(3)
    assert pin.value == 1

    pin.drive(0)
    assert machine.run("print(p())") == "0\n"

    pin.drive(1)
    machine.run("p.off()")
    assert pin.value == 0


def test_pins_are_named_by_number_name_or_pin(machine):
    """The same pin is the same object; its repr says what it is."""
    output = machine.run(
        "print(Pin(25) is Pin(25), Pin(Pin(25)) is Pin(25))\n"
        "print(Pin('LED', Pin.OUT), Pin(2, Pin.IN, Pin.PULL_UP))\n"
        "print(Pin(25, mode=Pin.OUT, value=1)(), Pin(25).mode() == Pin.OUT, Pin(2).pull() == Pin.PULL_UP)"
    )

    assert output == "True True\nPin('LED', mode=OUT) Pin(2, mode=IN, pull=PULL_UP)\n1 True True\n"


def test_a_pin_that_cannot_be_is_refused(machine):
    """A wrong number, mode or type raises as on a board."""
    assert machine.fail("Pin(100)") == "ValueError: invalid pin"
    assert machine.fail("Pin(1, 7)") == "ValueError: invalid pin mode"
    assert machine.fail("Pin(1.5)").startswith("TypeError")
    with pytest.raises(ValueError, match="no pin 100"):
        machine.simulated.pin(100)
    with pytest.raises(ValueError, match="a pin is 0 or 1, not"):
        machine.simulated.pin(1).drive(5)


def test_a_signal_wraps_a_pin(machine):
    """The interpreter's own `Signal` works with these pins."""
    machine.run("p = Pin(9, Pin.OUT)\ns = Signal(p, invert=True)\ns.on()")
    assert machine.simulated.pin(9).value == 0

    machine.run("s.off()")
    assert machine.simulated.pin(9).value == 1


def test_an_analog_input_reads_what_was_set(machine):
    """`ADC` reads the value from outside in each of its units."""
    machine.simulated.set_analog(26, 40000)

    output = machine.run("a = ADC(Pin(26))\nprint(a.read_u16(), a.read(), a.read_uv(), ADC(0).read_u16(), a)")

    assert output == "40000 2500 2014190 0 ADC(26)\n"
    with pytest.raises(ValueError, match="0 to 65535, not 70000"):
        machine.simulated.set_analog(26, 70000)


def test_pwm_is_seen_from_outside(machine):
    """Frequency and duty of a PWM can be read, in the unit that the program did not use as well."""
    pwm = machine.simulated.pwm(15)
    assert (pwm.freq, pwm.duty_u16) == (None, None)

    machine.run("w = PWM(Pin(15), freq=2000, duty_u16=32768)\nprint(w)")
    assert (pwm.freq, pwm.duty_u16) == (2000, 32768)

    assert machine.run("print(w.freq(), w.duty_u16(), w.duty_ns())") == "2000 32768 250003\n"
    machine.run("w.duty_ns(100000)\nw.deinit()")
    assert happened(machine, "PWM")[-2:] == [("PWM", 15, "duty_u16", 13107), ("PWM", 15, "duty_u16", 0)]
    assert machine.fail("w.duty_u16(70000)").startswith("ValueError")


def test_an_i2c_device_answers(machine):
    """A device that a test attaches is found, read and written in every way that `I2C` has."""
    device = machine.simulated.attach_i2c(0x3C, bytes(range(16)))

    output = machine.run(
        "i = I2C(0, scl=Pin(1), sda=Pin(0), freq=100000)\nb = bytearray(2)\n"
        "print(i.scan(), i.readfrom_mem(0x3C, 4, 3))\ni.writeto_mem(0x3C, 2, b'\\xaa\\xbb')\n"
        "i.writeto(0x3C, b'\\x0e')\nprint(i.readfrom(0x3C, 3))\ni.readfrom_mem_into(0x3C, 2, b)\nprint(b)\n"
        "i.writevto(0x3C, [b'\\x05', b'\\x55', b'\\x66'])\ni.readfrom_into(0x3C, b)\nprint(b, i)"
    )

    assert output == (
        "[60] b'\\x04\\x05\\x06'\nb'\\x0e\\x0f\\x00'\nbytearray(b'\\xaa\\xbb')\n"
        "bytearray(b'\\x07\\x08') I2C(0, freq=100000)\n"
    )
    assert device.registers == b"\x00\x01\xaa\xbb\x04\x55\x66\x07\x08\t\n\x0b\x0c\r\x0e\x0f"
    assert happened(machine, "I2C")[0] == ("I2C", 0, "read:0x3c", b"\x04\x05\x06")
    assert happened(machine, "I2C")[1] == ("I2C", 0, "write:0x3c", b"\x02\xaa\xbb")


def test_a_device_changes_its_registers_and_leaves(machine):
    """What a device measures changes from outside; one that is taken off does not answer."""
    device = machine.simulated.attach_i2c(0x40, bytes(4), pointer_bytes=2)
    device.set(1, b"\x07")
    machine.run("i = SoftI2C(scl=Pin(1), sda=Pin(0))")
    assert machine.run("print(i.readfrom_mem(0x40, 1, 1, addrsize=16))") == "b'\\x07'\n"
    with pytest.raises(ValueError, match="registers 3 to 4 of 4"):
        device.set(3, b"ab")

    device.detach()

    assert machine.fail("i.readfrom(0x40, 1)") == "OSError: [Errno 5] EIO"
    assert machine.fail("i.writeto(0x41, b'x')") == "OSError: [Errno 5] EIO"
    with pytest.raises(ValueError, match="0x08 to 0x77, not 0x2"):
        machine.simulated.attach_i2c(2, b"x")
    with pytest.raises(ValueError, match="at least one register"):
        machine.simulated.attach_i2c(0x30, b"")


def test_large_transfers_cross_a_bus(machine):
    """A display's frame and a long read pass in one call; the time line keeps the beginning."""
    machine.simulated.attach_i2c(0x50, bytes(256) * 40, pointer_bytes=2)

    output = machine.run(
        "i = I2C(0)\nd = b'\\x00\\x00' + bytes(range(256)) * 40\ni.writeto(0x50, d)\n"
        "i.writeto(0x50, b'\\x00\\x00')\nprint(i.readfrom(0x50, 10240) == d[2:])"
    )

    assert output == "True\n"
    assert happened(machine, "I2C")[0][3] == b"\x00\x00" + (bytes(range(256)) * 4)[:1022]


def test_spi_reads_what_was_fed(machine):
    """An SPI bus reads the queued bytes, then zeros; what the board writes is on the time line."""
    machine.simulated.feed_spi(b"abc", bus=1)

    output = machine.run(
        "s = SPI(1, baudrate=1000000, sck=Pin(10), mosi=Pin(11))\ns.write(b'zz')\nb = bytearray(2)\n"
        "s.write_readinto(b'12', b)\nprint(b, s.read(3), s)"
    )

    assert output == "bytearray(b'ab') b'c\\x00\\x00' SPI(1, baudrate=1000000)\n"
    assert happened(machine, "SPI")[:2] == [("SPI", 1, "write", b"zz"), ("SPI", 1, "write", b"12")]
    assert machine.fail("s.write_readinto(b'1', b)").startswith("ValueError")


def test_a_uart_receives_and_sends(machine):
    """A UART gives the fed bytes by count, by line or all, and None when there are none."""
    machine.simulated.feed_uart(b"hello\nyou there", uart=0)

    output = machine.run(
        "u = UART(0, 115200, tx=Pin(0), rx=Pin(1))\nb = bytearray(4)\n"
        "print(u.any(), u.readline(), u.read(3), u.readinto(b), b, u.read(), u.read(), u.readinto(b))\n"
        "print(u.write('hey'))"
    )

    assert output == "15 b'hello\\n' b'you' 4 bytearray(b' the') b're' None None\n3\n"
    assert happened(machine, "UART") == [("UART", 0, "write", b"hey")]


def test_the_clock_of_a_board_can_be_set(machine):
    """`RTC` counts on from what it was set to, through resets, until the power is taken off."""
    assert machine.run("r = RTC()\nr.datetime((2020, 2, 29, 5, 23, 59, 30, 0))\nprint(r.datetime()[:6])") == (
        "(2020, 2, 29, 5, 23, 59)\n"
    )
    machine.type("\x04")
    machine.read_until("exit\r\n>")
    assert machine.run("import machine\nprint(machine.RTC().datetime()[:4])") == "(2020, 2, 29, 5)\n"

    machine.simulated.restart()
    machine.enter_raw()

    assert int(machine.run("import machine\nprint(machine.RTC().datetime()[0])")) > 2020


def test_setting_the_clock_moves_the_time(machine):
    """What `RTC` is set to is what all of `time` says, also in modules that were imported before, until power-off."""
    machine.run("import time\nfrom time import localtime\nRTC().datetime((2031, 5, 6, 0, 7, 8, 9, 0))")

    assert machine.run("print(time.localtime()[:5], time.gmtime()[:5], localtime()[:5])") == (
        "(2031, 5, 6, 7, 8) (2031, 5, 6, 7, 8) (2031, 5, 6, 7, 8)\n"
    )
    assert machine.run("print(time.time() // 60, time.time_ns() // 60000000000)") == "32263628.0 32263628\n"
    assert (
        machine.run("print(time.gmtime(0)[:3], time.localtime(86400)[:3])") == "(1970, 1, 1) (1970, 1, 2)\n"
    )
    machine.type("\x04")
    machine.read_until("exit\r\n>")
    assert machine.run("import time\nprint(time.localtime()[:4])") == "(2031, 5, 6, 7)\n"

    machine.simulated.restart()
    machine.enter_raw()

    assert machine.run("import time\nprint(time.localtime()[0] < 2031)") == "True\n"


def test_a_clock_that_was_set_leaves_ticks_and_waits_alone(machine):
    """Only the time of day moves: ticks, sleeping and asyncio go on as before."""
    output = machine.run(
        "import asyncio, time\nt = time.ticks_us()\nRTC().datetime((2050, 1, 1, 0, 0, 0, 0, 0))\n"
        "time.sleep_ms(3)\nprint(1000 <= time.ticks_diff(time.ticks_us(), t) < 10000000)\n"
        "async def wait():\n  await asyncio.sleep_ms(1)\n  print('woke')\nasyncio.run(wait())"
    )

    assert output == "True\nwoke\n"


def test_a_board_has_a_frequency_an_identity_and_a_name(machine):
    """`freq`, `unique_id`, `reset_cause` and `os.uname` are there."""
    output = machine.run(
        "import os, sys\n"
        "print(machine.freq(), len(machine.unique_id()), machine.reset_cause() == PWRON_RESET)\n"
        "machine.freq(240000000)\n"
        "print(machine.freq(), os.uname().sysname == sys.platform, os.uname().release)\n"
        "s = machine.disable_irq()\nmachine.enable_irq(s)\nmachine.lightsleep(1)\nmachine.idle()"
    )

    assert output == "125000000 8 True\n240000000 True 1.29.0\n"


def test_machine_shows_all_its_parts(board):
    """`dir(machine)` and `from machine import *` know all its parts."""
    output = board.run(
        "import machine\nprint(all(n in dir(machine) for n in ('Pin', 'Timer', 'I2C', 'reset')))"
    )

    assert output == "True\n"
    assert board.run("from machine import *\nprint(Pin, WDT, unique_id)").startswith(
        "<class 'Pin'> <class 'WDT'>"
    )
    assert board.fail("machine.Nothing") == "AttributeError: module 'machine' has no attribute 'Nothing'"
    assert board.run("print(machine)") == "<module 'machine'>\n"


def test_the_outside_stays_through_a_reset(machine):
    """Inputs and attached devices are the outside's: a reset of the board does not change them."""
    machine.simulated.pin(4).drive(1)
    machine.simulated.attach_i2c(0x20, b"\x09")

    machine.type("\x04")
    machine.read_until("exit\r\n>")

    assert (
        machine.run("from machine import *\nprint(Pin(4, Pin.IN)(), I2C(0).readfrom(0x20, 1))")
        == "1 b'\\t'\n"
    )
    assert machine.simulated.pin(25).mode is None


def test_the_time_line_begins_with_the_power_and_can_be_cleared(machine):
    """The first entry is the power-on; clearing leaves none; a restart begins a new one."""
    first = machine.simulated.timeline()[0]
    assert first == TimelineEntry(0, "board", "", "boot", "power on")

    machine.simulated.clear_timeline()
    assert machine.simulated.timeline() == []

    machine.simulated.restart()
    machine.enter_raw()
    assert happened(machine) == [("board", "", "boot", "power on")]


def test_a_time_line_that_is_full_drops_the_oldest(machine):
    """A pin that toggles without end fills the time line, and no more than that."""
    machine.run("p = Pin(1, Pin.OUT)\nt = p.toggle\nfor _ in range(101000): t()")

    entries = machine.simulated.timeline()

    assert 80_000 < len(entries) <= 100_000
    assert entries[-1].what == "value"
    assert entries[0].kind == "Pin"


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("machine.bootloader()", "The simulated board went to its bootloader"),
        ("machine.deepsleep()", "The simulated board sleeps for ever"),
    ],
)
def test_a_board_that_goes_away_breaks_the_link(machine, code, reason):
    """A board in its bootloader, or asleep for ever, is off the wire, and the link says why."""
    machine.type(f"print('ran')\n{code}\x04")
    machine.read_until("ran\r\n")

    with pytest.raises(ConnectionLost, match=reason):
        machine.read_until("never")


def test_parts_of_a_board_can_be_used_from_its_threads(machine):
    """Questions from several threads of the board each get their own answer."""
    machine.simulated.attach_i2c(0x10, bytes(range(64)))

    output = machine.run(
        "import _thread, time\ni = I2C(0)\nwrong = []\ndone = []\n"
        "def f(n):\n  for _ in range(50):\n    if i.readfrom_mem(0x10, n, 1)[0] != n: wrong.append(n)\n"
        "  done.append(n)\nfor n in range(4): _thread.start_new_thread(f, (n,))\n"
        "while len(done) < 4: time.sleep_ms(1)\nprint(wrong)"
    )

    assert output == "[]\n"


@pytest.mark.parametrize(
    ("kind", "text", "use"),
    [
        (ArgumentTypeError, "`identifier` must be a number or a name, not 1.5 (float)", lambda b: b.pin(1.5)),
        (ArgumentTypeError, "`identifier` must be a number or a name, not None", lambda b: b.pwm(None)),
        (ArgumentValueError, "no pin 1000: 0 to 99", lambda b: b.pin(1000)),
        (ArgumentTypeError, "`level` must be an int, not 'x' (str)", lambda b: b.pin(1).drive("x")),
        (ArgumentValueError, "a pin is 0 or 1, not 7", lambda b: b.pin(1).drive(7)),
        (ArgumentValueError, "a pin is 0 or 1, not 2", lambda b: b.pin(1).wait_for(2)),
        (
            ArgumentTypeError,
            "`timeout_s` must be a number of seconds, not 'x' (str)",
            lambda b: b.pin(1).wait_for(1, timeout_s="x"),
        ),
        (
            ArgumentValueError,
            "`timeout_s` must be 0 to 31622400 seconds, not -1",
            lambda b: b.pin(1).wait_for(1, timeout_s=-1),
        ),
        (ArgumentTypeError, "`value` must be an int, not 'x' (str)", lambda b: b.set_analog(26, "x")),
        (ArgumentValueError, "an analog input reads 0 to 65535, not -1", lambda b: b.set_analog(26, -1)),
        (ArgumentTypeError, "`data` must be bytes, not 'x' (str)", lambda b: b.feed_spi("x")),
        (ArgumentTypeError, "`data` must be bytes, not 3 (int)", lambda b: b.feed_uart(3)),
        (ArgumentTypeError, "`data` must be bytes, not [300] (list)", lambda b: b.feed_uart([300])),
        (ArgumentTypeError, "`address` must be an int, not 'x' (str)", lambda b: b.attach_i2c("x", b"1")),
        (ArgumentValueError, "0x08 to 0x77, not 0x12c", lambda b: b.attach_i2c(300, b"")),
        (ArgumentTypeError, "`registers` must be bytes, not 4 (int)", lambda b: b.attach_i2c(0x20, 4)),
        (
            ArgumentTypeError,
            "`after_bytes` must be an int, not 'x' (str)",
            lambda b: b.unplug(after_bytes="x"),
        ),
        (
            ArgumentValueError,
            "`after_flash_writes` must be 0 or more, not -1",
            lambda b: b.reset(after_flash_writes=-1),
        ),
    ],
)
def test_wrong_arguments_are_named(machine, kind, text, use):
    """What a test gives wrongly is an error of Belay that names it, and a TypeError or a ValueError too."""
    with pytest.raises(kind) as caught:
        use(machine.simulated)

    assert text in str(caught.value)
