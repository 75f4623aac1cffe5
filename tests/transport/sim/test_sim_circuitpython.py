"""`sim:?personality=circuitpython` is a MicroPython dressed with CircuitPython's module surface."""

from __future__ import annotations

import io

import pytest

import belay

ADDRESS = "sim:?personality=circuitpython"


@pytest.fixture
def circuit():
    """Give a connected board that is dressed as CircuitPython."""
    with belay.Device(ADDRESS) as device:
        yield device


@pytest.fixture
def bare(open_board):
    """Give the same board, spoken to by hand."""
    return open_board("personality=circuitpython")


def write_boot(disk, text):
    """Write `boot.py` on a disk, with the personality that may."""
    with belay.Device(f"sim:?disk={disk}") as device:
        device(f"with open('boot.py', 'w') as f: f.write({text!r})")


# What it says of itself


def test_it_is_circuitpython(circuit):
    """The implementation is CircuitPython's in name, version and platform, without code emitters."""
    found = circuit.implementation

    assert (found.name, found.version, found.platform) == ("circuitpython", (10, 0, 3), "RP2040")
    assert found.emitters == ()
    assert circuit("__import__('sys').version").endswith("; Adafruit CircuitPython 10.0.3 on 2025-10-17")


def test_the_banner_has_a_title_and_no_help(bare):
    """The friendly banner is CircuitPython's, behind an escape sequence that sets the terminal's title."""
    seen = bare.read_until(">>> ")

    assert seen == b"\x1b]0;CP\x1b\\Adafruit CircuitPython 10.0.3 on 2025-10-17; sim\r\n>>> "


def test_a_soft_reset_is_announced_as_there(bare):
    """`soft reboot` comes without `MPY: `, and with a title."""
    bare.enter_raw()
    bare.type("\x04")

    seen = bare.read_until("exit\r\n>")

    assert seen.startswith(b"OK\r\nsoft reboot\r\n\x1b]0;")
    assert seen.endswith(b"\x1b\\raw REPL; CTRL-B to exit\r\n>")


@pytest.mark.parametrize(
    "name", ["machine", "_thread", "vfs", "uctypes", "asyncio", "utime", "uos", "deflate", "machine.Pin"]
)
def test_what_circuitpython_lacks_cannot_be_imported(circuit, name):
    """MicroPython's own modules are not there, under no name."""
    with pytest.raises(ImportError, match="no module named"):
        circuit(f"__import__({name!r})")


@pytest.mark.parametrize(
    "code",
    [
        "os.ilistdir",
        "os.mount",
        "os.VfsLfs2",
        "sys.stdin.buffer",
        "sys.stdout.buffer",
        "sys.print_exception",
        "time.ticks_ms",
        "time.sleep_ms",
        "__import__('micropython').kbd_intr",
    ],
)
def test_what_circuitpython_lacks_is_no_attribute(circuit, code):
    """Names that MicroPython has in the same modules are not there."""
    with pytest.raises(AttributeError):
        circuit(f"import os, sys, time\n{code}")


@pytest.mark.parametrize("emitter", ["native", "viper"])
def test_there_are_no_code_emitters(circuit, emitter):
    """Native code is refused by the compiler, as by Adafruit's builds."""
    with pytest.raises(SyntaxError, match="invalid micropython decorator"):
        circuit(f"import micropython\n@micropython.{emitter}\ndef f(): pass")


def test_a_micropython_board_is_not_changed_by_it():
    """The dress is one board's: another that is opened beside it is what it was."""
    with belay.Device(ADDRESS), belay.Device("sim:") as other:
        assert other.implementation.name == "micropython"
        assert other.implementation.emitters == ("native", "viper")


# Belay on it


def test_everything_of_a_device_works(circuit):
    """Tasks, setups, generators, tracebacks and prints work as on MicroPython."""
    printed = io.StringIO()

    @circuit.setup
    def prepare():
        factor = 2  # noqa: F841 - the board's

    @circuit.task
    def times(number):
        return factor * number  # noqa: F821 - the board's

    @circuit.task
    def count(upto):
        yield from range(upto)

    @circuit.task
    def fail():
        return 1 / 0

    prepare()

    assert times(21) == 42
    assert list(count(3)) == [0, 1, 2]
    with pytest.raises(ZeroDivisionError, match=r"test_sim_circuitpython.py"):
        fail()
    circuit("print('hello')", stream_out=printed)
    assert printed.getvalue() == "hello\n"


def test_threads_are_refused(circuit):
    """A thread is an error that names the board, as soon as it is declared."""
    with pytest.raises(belay.FeatureUnavailableError, match="`work` wants a thread, and the circuitpython"):

        @circuit.thread
        def work():
            pass


@pytest.mark.parametrize("name", ["circuitpython", "circuit-python"])
def test_overloads_for_circuitpython_are_chosen(name):
    """Of two functions of the same name, that for CircuitPython runs, however it is spelled."""

    class Board(belay.Device):
        @belay.Device.task(implementation="micropython")
        def which():
            return "micropython"

        @belay.Device.task(implementation=name)
        def which():  # noqa: F811 - an overload
            return "circuitpython"

    with Board(ADDRESS) as chosen, Board("sim:") as other:
        assert chosen.which() == "circuitpython"
        assert other.which() == "micropython"


@pytest.mark.parametrize(
    "code", ["import supervisor\nsupervisor.reload()", "import microcontroller\nmicrocontroller.reset()"]
)
def test_it_can_reset_itself(circuit, code):
    """A reload or a reset ends the call at once, and the next one works."""
    with pytest.raises(belay.ConnectionLost, match="started anew"):
        circuit(code, stream_out=None)

    assert circuit("6 * 7") == 42


# Pins and time


def test_its_pins_are_seen_from_outside(circuit):
    """`digitalio`, `analogio` and `pwmio` drive and read the pins that `machine` would."""
    pins = circuit.simulated
    circuit(
        "import board, digitalio, analogio, pwmio\n"
        "led = digitalio.DigitalInOut(board.LED)\nled.direction = digitalio.Direction.OUTPUT\nled.value = True\n"
        "button = digitalio.DigitalInOut(board.GP6)\nbutton.switch_to_input(digitalio.Pull.UP)\n"
        "sensor = analogio.AnalogIn(board.A0)\nfan = pwmio.PWMOut(board.GP2, frequency=1000, duty_cycle=32768)"
    )
    before = circuit("button.value")
    pins.pin(6).drive(0)
    pins.set_analog(26, 1234)

    assert (pins.pin("LED").mode, pins.pin("LED").value) == ("OUT", 1)
    assert (before, circuit("button.value")) == (True, False)
    assert pins.pin(6).pull == "PULL_UP"
    assert circuit("sensor.value") == 1234
    assert (pins.pwm(2).freq, pins.pwm(2).duty_u16) == (1000, 32768)
    assert [entry.value for entry in pins.timeline(identifier="LED") if entry.what == "value"] == [0, 1]


def test_a_pin_has_one_user(circuit):
    """A pin that is in use is refused until it is let go, and an input cannot be set."""
    circuit("import board, digitalio\nfirst = digitalio.DigitalInOut(board.GP3)")

    with pytest.raises(ValueError, match="GP3 in use"):
        circuit("digitalio.DigitalInOut(board.GP3)")
    with pytest.raises(AttributeError, match="Cannot set value when direction is input"):
        circuit("first.value = True")
    circuit(
        "first.deinit()\nwith digitalio.DigitalInOut(board.GP3) as second:\n  second.switch_to_output(True)"
    )
    assert circuit.simulated.pin(3).value == 1


def test_its_buses_talk_to_what_a_test_attached(circuit):
    """`busio` reads and writes registers, SPI and UART; it wants its lock."""
    simulated = circuit.simulated
    device = simulated.attach_i2c(0x3C, bytes(range(16)))
    simulated.feed_spi(b"spi!")
    simulated.feed_uart(b"line\n")
    circuit("import board, busio\ni2c = busio.I2C(board.GP5, board.GP4)\ngot = bytearray(3)")

    with pytest.raises(RuntimeError, match="Function requires lock"):
        circuit("i2c.scan()")
    assert circuit("i2c.try_lock()") is True
    assert circuit("i2c.scan()") == [0x3C]
    circuit("i2c.writeto_then_readfrom(0x3C, b'\\x04', got)")
    circuit("i2c.writeto(0x3C, b'\\x00\\xff')")
    assert circuit("got") == bytearray([4, 5, 6])
    assert device.registers[:2] == b"\xff\x01"
    circuit(
        "spi = board.SPI()\nspi.try_lock()\nspi.configure(baudrate=1000000)\nread = bytearray(4)\n"
        "spi.readinto(read)\nuart = busio.UART(board.GP0, board.GP1)"
    )
    assert circuit("read") == bytearray(b"spi!")
    assert circuit("(uart.in_waiting, uart.readline())") == (5, b"line\n")


def test_its_time_is_circuitpythons(circuit):
    """Seconds are whole, monotonic times run, ticks stay below 2**29, local time is a `struct_time`."""
    seconds, monotonic, nanoseconds, ticks, year = circuit(
        "(lambda t, s: (t.time(), t.monotonic(), t.monotonic_ns(), s.ticks_ms(), t.localtime().tm_year))"
        "(__import__('time'), __import__('supervisor'))"
    )

    assert isinstance(seconds, int)
    assert isinstance(monotonic, float)
    assert 0 <= ticks < 2**29
    assert (nanoseconds // 1_000_000 & (2**29 - 1)) <= ticks + 1
    assert year >= 2026


def test_it_knows_itself(circuit):
    """`microcontroller.cpu.uid`, `board.board_id` and `os.uname` are there."""
    assert circuit("len(__import__('microcontroller').cpu.uid)") == 8
    assert circuit("__import__('board').board_id") == "simulated"
    assert circuit("__import__('os').uname().release") == "10.0.3"


def test_what_waits_at_the_console_is_told(circuit):
    """`supervisor.runtime.serial_bytes_available` is 0 while nothing was typed."""
    assert circuit("__import__('supervisor').runtime.serial_bytes_available") == 0


# Its file system


@pytest.mark.parametrize(
    "code",
    ["open('x', 'w')", "os.mkdir('x')", "os.remove('kept')", "os.rename('kept', 'x')", "os.rmdir('d')"],
)
def test_the_file_system_is_read_only(tmp_path, code):
    """Every change is OSError 30, and what is there can be read."""
    with belay.Device(f"sim:?disk={tmp_path / 'flash.img'}") as device:
        device("import os\nwith open('kept', 'w') as f: f.write('here')\nos.mkdir('d')")

    with belay.Device(f"{ADDRESS}&disk={tmp_path / 'flash.img'}") as device:
        with pytest.raises(OSError, match="30") as caught:
            device(f"import os\n{code}")

        assert caught.value.errno == 30
        assert device("open('kept').read()") == "here"
        assert sorted(device("os.listdir('/')")) == ["d", "kept"]
        assert device("os.stat('kept')[6]") == 4
        assert device("os.statvfs('/')[0]") == 4096


def test_boot_may_make_it_writable(tmp_path):
    """A `boot.py` with `storage.remount("/")` lets programs write, also after a soft reset, which does not run it."""
    disk = tmp_path / "flash.img"
    write_boot(disk, 'import storage\nstorage.remount("/")\nprint("booted")')

    with belay.Device(f"{ADDRESS}&disk={disk}") as device:
        device("with open('x', 'w') as f: f.write('1')")
        printed = io.StringIO()
        with pytest.raises(belay.ConnectionLost):
            device("import supervisor\nsupervisor.reload()", stream_out=printed)
        assert "booted" not in printed.getvalue()
        device("with open('x', 'w') as f: f.write('2')")
        with pytest.raises(belay.ConnectionLost):
            device("import microcontroller\nmicrocontroller.reset()", stream_out=printed)
        assert "booted" in printed.getvalue()
        assert device("open('x').read()") == "2"


def test_only_boot_may_remount(circuit):
    """From the prompt or a program a remount is refused, as while a computer has the drive."""
    with pytest.raises(RuntimeError, match="visible via USB"):
        circuit("import storage\nstorage.remount('/', readonly=False)")


def test_the_program_is_code_py(tmp_path):
    """At power-on and at a soft reset from the friendly prompt `code.py` runs, else `main.py`."""
    disk = tmp_path / "flash.img"
    with belay.Device(f"sim:?disk={disk}") as device:
        device("with open('main.py', 'w') as f: f.write('which = \"main\"')")
    with belay.Device(f"{ADDRESS}&disk={disk}") as device:
        assert device("which") == "main"
    with belay.Device(f"sim:?disk={disk}") as device:
        device("with open('code.py', 'w') as f: f.write('which = \"code\"')")
    with belay.Device(f"{ADDRESS}&disk={disk}") as device:
        assert device("which") == "code"
        device.soft_reset()
        assert device("which") == "code"


def test_its_heap_is_what_was_asked_for(open_board):
    """The dress is in no program's heap, also after the pins were loaded."""
    board = open_board("personality=circuitpython&heap=64k")
    board.enter_raw()

    before = int(board.run("import gc\ngc.collect()\nprint(gc.mem_free())"))
    board.run("import board, digitalio\nd = digitalio.DigitalInOut(board.GP1)")
    after = int(board.run("gc.collect()\nprint(gc.mem_free())"))

    assert 56 * 1024 < before < 72 * 1024
    assert abs(after - before) < 6 * 1024


def test_a_program_reads_what_is_typed(bare):
    """`sys.stdin.read`, `select.poll` and `serial_bytes_available` see what the host sends."""
    bare.enter_raw()
    bare.start(
        "import select, supervisor, sys\np = select.poll()\np.register(sys.stdin, select.POLLIN)\n"
        "print('before', len(p.poll(0)))\nwhile not supervisor.runtime.serial_bytes_available: pass\n"
        "print(len(p.poll(0)), sys.stdin.read(3), sys.stdin.readline())"
    )
    bare.read_until("before 0\r\n")

    bare.type("abcde\n")

    assert bare.finish() == ("1 abc de\n\n", "")


def test_a_message_of_a_traceback_can_be_made(circuit):
    """`traceback.format_exception` gives the lines that the prompt would print."""
    lines = circuit(
        "(lambda t: t.format_exception(ValueError('no')))(__import__('traceback'))",
    )

    assert lines == ["ValueError: no\n"]
