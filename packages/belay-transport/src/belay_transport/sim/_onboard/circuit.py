# MicroPython dressed as CircuitPython: the module surface, over the same pins, buses and time line.
# Loads behind power.py, whose `machine` the rest of the board is built on; programs do not see that one.
#
# Source: CircuitPython's documentation, "Core Modules", 10.x.

import builtins
import io
import select
import sys
import time
from collections import namedtuple

_SIM_HIDDEN = (
    "machine _thread vfs uctypes mip termios websocket deflate framebuf cryptolib asyncio _asyncio platform "
    "requests argparse umachine uasyncio"
).split()
# The names that MicroPython had before it dropped the `u`, and still knows.
_SIM_HIDDEN += [
    "u" + n
    for n in (
        "array binascii collections errno hashlib heapq io json os platform random re select socket "
        "ssl struct sys time"
    ).split()
]
_sim_hides = [True]


def _sim_blank(name):
    return module(name, None)


# What a program imports


def _sim_guard(real):
    def guarded(name, *a):
        if _sim_hides[0] and name.split(".")[0] in _SIM_HIDDEN:
            raise ImportError("no module named '%s'" % name)
        return real(name, *a)

    return guarded


def _sim_load(part):
    # Our own parts are written for MicroPython.
    _sim_hides[0] = False
    try:
        load_late(part, globals())
    finally:
        _sim_hides[0] = True
        globals()["time"] = _sim_host  # they have imported what programs see


def _sim_pin(identifier):
    if "Pin" not in globals():
        _sim_load("pins")
    return Pin(identifier)


def _sim_bus():
    if "UART" not in globals():
        _sim_load("buses")
    return globals()


# time

_sim_started = time.ticks_ms()
_sim_ticks_ms, _sim_ticks_us, _sim_sleep = time.ticks_ms, time.ticks_us, time.sleep
_sim_struct_time = namedtuple(
    "struct_time",
    ("tm_year", "tm_mon", "tm_mday", "tm_hour", "tm_min", "tm_sec", "tm_wday", "tm_yday", "tm_isdst"),
)


def _sim_localtime(seconds=None):
    return _sim_struct_time(*(_sim_gmtime(seconds)[:8] + (-1,)))


_sim_t = _sim_blank("time")
_sim_t.sleep = _sim_sleep
_sim_t.time = lambda: int(_sim_time())
_sim_t.monotonic = lambda: (_sim_ticks_ms() - _sim_started) / 1000
_sim_t.monotonic_ns = lambda: _sim_ticks_us() * 1000
_sim_t.localtime = _sim_localtime
_sim_t.mktime = lambda t: _sim_host.mktime(tuple(t)[:8])
_sim_t.struct_time = lambda t: _sim_struct_time(*t)


# supervisor, microcontroller, board


class _SimRuntime:
    serial_connected = True
    usb_connected = True
    autoreload = False
    run_reason = None

    def __init__(self):
        self._poll = select.poll()
        self._poll.register(sys.stdin, select.POLLIN)

    @property
    def serial_bytes_available(self):
        return len(self._poll.poll(0))


_sim_s = _sim_blank("supervisor")
_sim_s.runtime = _SimRuntime()
_sim_s.ticks_ms = lambda: _sim_ticks_ms() & 0x1FFFFFFF
_sim_s.reload = _sim_soft_reset


class _SimBoardPin:
    def __init__(self, name, identifier):
        self._name = name
        self._id = identifier

    def __repr__(self):
        return "board." + self._name


class _SimCpu:
    uid = bytearray(unique_id)
    frequency = 125_000_000
    temperature = 25.0
    voltage = 3.3


_sim_mc = _sim_blank("microcontroller")
_sim_mc.Pin = _SimBoardPin
_sim_mc.cpu = _SimCpu()
_sim_mc.reset = _sim_reset
_sim_mc.delay_us = _sim_host.sleep_us
_sim_named = {}
_SIM_NUMBERS = {"A0": 26, "A1": 27, "A2": 28, "A3": 29, "SDA": 4, "SCL": 5, "SCK": 18, "MOSI": 19, "MISO": 16}
_SIM_NUMBERS.update(TX=0, RX=1, LED="LED")
_SIM_NAMES = ["GP%d" % n for n in range(30)] + sorted(_SIM_NUMBERS)


def _sim_board(name):
    if name == "__all__":
        return _SIM_NAMES + ["I2C", "SPI", "UART", "board_id"]
    if name not in _SIM_NAMES:
        raise AttributeError("'module' object has no attribute '%s'" % name)
    if name not in _sim_named:
        identifier = int(name[2:]) if name[:2] == "GP" else _SIM_NUMBERS[name]
        _sim_named[name] = _SimBoardPin(name, identifier)
    return _sim_named[name]


_sim_b = _sim_blank("board")
_sim_b.board_id = "simulated"
_sim_b.__getattr__ = _sim_board
_sim_b.I2C = lambda: _SimI2C(_sim_board("SCL"), _sim_board("SDA"))
_sim_b.SPI = lambda: _SimSPI(_sim_board("SCK"), _sim_board("MOSI"), _sim_board("MISO"))
_sim_b.UART = lambda: _SimUART(_sim_board("TX"), _sim_board("RX"))


# storage, traceback, os, sys


def _sim_remount(mount_path, readonly=False, *, disable_concurrent_write_protection=False):
    if mount_path != "/":
        raise ValueError("mount_path must be '/'")
    if not repl[1]:
        # A computer that the board is plugged into has the drive then.
        raise RuntimeError("Cannot remount path when visible via USB.")
    page[396] = 0 if readonly else 1
    remount()


def _sim_getmount(mount_path):
    if mount_path != "/":
        raise OSError(22)


_sim_st = _sim_blank("storage")
_sim_st.remount = _sim_remount
_sim_st.disable_usb_drive = _sim_st.enable_usb_drive = lambda: None
_sim_st.getmount = _sim_getmount


def _sim_format(error, value=None, tb=None, limit=None, chain=True):
    text = io.StringIO()
    _sim_print(error if value is None else value, text)
    return [line + "\n" for line in text.getvalue().split("\n")[:-1]]


def _sim_print_exception(error, value=None, tb=None, limit=None, file=None, chain=True):
    for line in _sim_format(error, value):
        print(line, end="", file=file) if file else print(line, end="")


_sim_print = sys.print_exception
_sim_tb = _sim_blank("traceback")
_sim_tb.format_exception = _sim_format
_sim_tb.print_exception = _sim_print_exception

_sim_uname = type(_sim_names)("simulated", "simulated", "10.0.3", "10.0.3 on 2025-10-17", "simulated board")
os.uname = lambda: _sim_uname
os.getenv = lambda key, default=None: default
os.sync = lambda: None
for n in ("ilistdir", "mount", "umount", "VfsFat", "VfsLfs1", "VfsLfs2"):
    if hasattr(os, n):
        delattr(os, n)

for n in ("kbd_intr", "schedule", "alloc_emergency_exception_buf", "RingIO"):
    if hasattr(_sim_micropython, n):
        delattr(_sim_micropython, n)

for n in ("machine", "vfs"):
    sys.modules.pop(n, None)

_SIM_VERSION = (10, 0, 3)
_sim_implementation = namedtuple("implementation", ("name", "version", "_machine", "_mpy"))(
    "circuitpython", _SIM_VERSION + ("",), "simulated board", sys.implementation._mpy
)


class _SimIn(io.IOBase):
    def __init__(self, stdin):
        self.read = stdin.read
        self.readline = stdin.readline
        self._poll = select.poll()
        self._poll.register(stdin, select.POLLIN)

    def ioctl(self, op, arg):
        return arg & 1 if op == 3 and self._poll.poll(0) else 0


hidden.update(
    stdin=_SimIn(sys.stdin),
    implementation=_sim_implementation,
    platform="RP2040",
    version="3.4.0; Adafruit CircuitPython 10.0.3 on 2025-10-17",
    print_exception=None,
    atexit=None,
    ps1=None,
    ps2=None,
    exc_info=None,
    executable=None,
)
builtins.__import__ = _sim_guard(builtins.__import__)
