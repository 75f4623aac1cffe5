# The simulated board's `machine` itself: reset, sleep, clock, identity; pins.py, timing.py, buses.py are the rest.
# Also `os.uname` and the `micropython` that wakes a waiting prompt.

import _thread
import gc
import machine
import micropython
import select
import sys
import time
from collections import namedtuple

_sim_main = _thread.get_ident()
_sim_lock = _thread.allocate_lock()
_sim_owner = 0
_sim_sequence = 0
_sim_answers = {}
_sim_replies = open(4, "rb")
_sim_poll = select.poll()
_sim_poll.register(_sim_replies, select.POLLIN)
_sim_handlers = {}

_SIM_PARTS = "Pin ADC PWM Timer RTC WDT I2C SoftI2C SPI SoftSPI UART".split()


def _sim_word(identifier):
    # What names a pin or a bus, in a line to the host.
    if isinstance(identifier, int):
        return str(identifier)
    return "$" + identifier.encode().hex()


def _sim_note(kind, identifier, what, value):
    if isinstance(value, str):
        value = "'" + value
    elif value is None:
        value = "-"
    elif not isinstance(value, int):
        value = "x" + bytes(value[:1024]).hex()
    tell("note %d %s %s %s %s\n" % (time.ticks_us(), kind, identifier, what, value))


def _sim_ask(question, data=b""):
    # Returns the answer; OSError when nothing answers on the bus. A timer's callback may ask while the
    # program that it interrupts waits for an answer: then it does so inside of that one's turn.
    global _sim_owner, _sim_sequence
    me = _thread.get_ident()
    nested = _sim_owner == me
    if not nested:
        _sim_lock.acquire()
        _sim_owner = me
    try:
        number = _sim_sequence = _sim_sequence + 1
        for a in range(0, len(data), 1024):
            tell("part %d %s\n" % (number, bytes(data[a : a + 1024]).hex()))
        tell("ask %d %s\n" % (number, question))
        while number not in _sim_answers:
            # In steps: a callback may have taken our answer with its own. Answers of questions that a
            # Ctrl-C has cut off stay until the next question.
            _sim_poll.poll(5)
            line = _sim_replies.readline()  # None if there is none (any more): the pipe does not block
            if line:
                n, _, line = line[:-1].partition(b" ")
                _sim_answers[int(n)] = line.decode()
        answer = _sim_answers.pop(number)
    finally:
        if not nested:
            _sim_answers.clear()
            _sim_owner = 0
            _sim_lock.release()
    if answer[:1] == "!":
        raise OSError(int(answer[2:]))
    if answer[:1] == "?":
        raise ValueError(answer[2:])
    return answer


def _sim_listen(name, handler):
    # Calls `handler(words)` on the main thread for each event of that name, from now on.
    if not _sim_handlers:
        _thread.start_new_thread(_sim_hear, ())
    _sim_handlers[name] = handler


def _sim_hear():
    # Named by a global: what only this thread's stack holds, a collection that another thread makes may close.
    _sim_handlers[""] = events = open(5, "rb")
    while True:
        line = events.readline()
        if not line:
            return
        try:
            micropython.schedule(_sim_dispatch, line)
        except RuntimeError:
            pass  # the queue is full: a board misses that one too
        tell(b"ack\n")


def _sim_dispatch(line):
    words = line.decode().split()
    handler = _sim_handlers.get(words[0])
    if handler:
        handler(int(words[1]), words)


def _sim_schedule(function, argument):
    micropython.schedule(function, argument)
    if _thread.get_ident() != _sim_main:
        tell(b"poke\n")


def _sim_kbd_intr(character):
    # The host looks at this byte: while a program takes binary data, Ctrl-C is a byte like any other.
    page[384] = 1 if character == -1 else 0
    micropython.kbd_intr(character)


_sim_host = time  # other parts import the façade of `time` under its own name


def _sim_time_ns():
    return _sim_host.time_ns() + rtc_offset_us * 1000


def _sim_time():
    return _sim_host.time() + rtc_offset_us / 1000000


def _sim_gmtime(seconds=None):
    return _sim_host.gmtime(_sim_time_ns() // 1000000000 if seconds is None else seconds)


def _sim_never():
    while True:
        time.sleep(1)


def _sim_reset():
    micropython.kbd_intr(-1)  # nothing interrupts a reset
    tell(b"do reset\n")
    _sim_never()


def _sim_soft_reset():
    # Firmware raises a SystemExit here that nothing is meant to catch, so nothing can.
    import __main__

    raw, is_booting = repl[0][0], repl[1]
    micropython.kbd_intr(-1)  # nothing interrupts a reset; what came before is raised by the jump
    for _ in b"  ":
        pass
    if raw and not is_booting:
        print("\4\4", end="")  # the end of the code's output, and no failure
    __main__.__dict__.clear()
    gc.collect()  # closes files that were left open
    tell("do softreset %d\n" % raw)
    _sim_never()


def _sim_bootloader(timeout_ms=0):
    tell(b"do bootloader\n")
    _sim_never()


def _sim_deepsleep(time_ms=0):
    tell("do deepsleep %d\n" % time_ms)
    _sim_never()


def _sim_lightsleep(time_ms=0):
    time.sleep_ms(time_ms)


_sim_frequency = 125_000_000


def _sim_freq(hz=None):
    global _sim_frequency
    if hz is None:
        return _sim_frequency
    _sim_frequency = hz


_sim_names = namedtuple("uname", ("sysname", "nodename", "release", "version", "machine"))(
    sys.platform,
    sys.platform,
    ".".join(str(n) for n in sys.implementation.version[:3]),
    sys.version.split("; ")[-1],
    sys.implementation._machine,
)
os.uname = lambda: _sim_names

# What `machine.RTC` is set to shows in `time`, as on a board; all else in there is the interpreter's own.
_sim_clock = module("time", time)
_sim_clock.time = _sim_time
_sim_clock.time_ns = _sim_time_ns
_sim_clock.gmtime = _sim_clock.localtime = _sim_gmtime

_sim_micropython = module("micropython", micropython)
_sim_micropython.schedule = _sim_schedule
_sim_micropython.kbd_intr = _sim_kbd_intr
_sim_machine = module("machine", machine, ("mem8", "mem16", "mem32"))
_sim_globals = _sim_machine.__dict__
_sim_globals.update(
    PWRON_RESET=1,
    HARD_RESET=2,
    WDT_RESET=3,
    DEEPSLEEP_RESET=4,
    SOFT_RESET=5,
    reset=_sim_reset,
    soft_reset=_sim_soft_reset,
    bootloader=_sim_bootloader,
    deepsleep=_sim_deepsleep,
    lightsleep=_sim_lightsleep,
    freq=_sim_freq,
    unique_id=lambda: unique_id,
    reset_cause=lambda: reset_cause,
    disable_irq=lambda: 1,
    enable_irq=lambda state=1: None,
)


def _sim_show():
    # What the other parts of `machine` have made.
    for n in _SIM_PARTS:
        _sim_globals[n] = globals()[n]
