# The simulated board's `machine.Timer`, `RTC` and `WDT`: the host keeps the deadlines.

import time

_sim_timers = {}
_sim_next = 1000  # numbers of timers that were made with -1: beyond any board's own


def _sim_on_timer(number, words):
    timer = _sim_timers.get(number)
    if timer:
        if timer._mode == Timer.ONE_SHOT:
            del _sim_timers[number]
        if timer._callback:
            timer._callback(timer)


class Timer:
    ONE_SHOT = 0
    PERIODIC = 1

    def __init__(self, id=-1, **k):
        global _sim_next
        if id == -1:
            _sim_next += 1
            id = _sim_next
        self._n = id
        self._mode = 1
        self._period = 0
        self._callback = None
        if k:
            self.init(**k)

    def init(self, *, mode=1, freq=-1, period=-1, callback=None, tick_hz=1000, hard=False):
        us = int(1000000 / freq) if freq > 0 else int(period * 1000000 // tick_hz)
        if us <= 0:
            raise ValueError("freq or period must be positive")
        self._mode = mode
        self._period = us
        self._callback = callback
        _sim_timers[self._n] = self
        _sim_listen("timer", _sim_on_timer)
        tell("timer %d %d %d\n" % (self._n, us, us if mode == 1 else 0))

    def deinit(self):
        _sim_timers.pop(self._n, None)
        tell("timer %d 0 0\n" % self._n)

    def value(self):
        return 0

    def __repr__(self):
        mode = "PERIODIC" if self._mode else "ONE_SHOT"
        return "Timer(mode=%s, period=%d, tick_hz=1000000)" % (mode, self._period)


class RTC:
    # (year, month, day, weekday, hours, minutes, seconds, microseconds); weekday 0 is Monday.
    def __new__(cls, *a):
        return _sim_rtc

    def datetime(self, when=None):
        global rtc_offset_us
        if when is None:
            us = time.time_ns() // 1000
            t = time.gmtime(us // 1000000)
            return (t[0], t[1], t[2], t[6], t[3], t[4], t[5], us % 1000000)
        year, month, day, _, hours, minutes, seconds, us = when
        target = time.mktime((year, month, day, hours, minutes, seconds, 0, 0)) * 1000000 + us
        rtc_offset_us += target - time.time_ns() // 1000
        tell("rtc %d\n" % rtc_offset_us)

    def init(self, when):
        self.datetime(when)

    def now(self):
        y, m, d, _, hh, mm, ss, us = self.datetime()
        return (y, m, d, hh, mm, ss, us, None)


_sim_rtc = object.__new__(RTC)


class WDT:
    def __init__(self, id=0, timeout=5000):
        if timeout <= 0:
            raise ValueError("timeout must be positive")
        self._timeout = timeout
        self.feed()

    def feed(self):
        tell("wdt %d\n" % self._timeout)

    def timeout_ms(self, timeout):
        self._timeout = timeout
        self.feed()
