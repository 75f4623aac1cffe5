# The simulated board's pins: `machine.Pin`, `ADC`, `PWM`.

import machine
import time

_SIM_MODES = {0: "IN", 1: "OUT", 2: "OPEN_DRAIN"}
_SIM_ADC = 128  # where in the shared page the analog values begin

_sim_places = {}
_sim_pins = {}


def _sim_place(identifier):
    # Where in the shared page this pin stands; a number is its own place.
    if isinstance(identifier, int):
        if 0 <= identifier < 100:
            return identifier
        raise ValueError("invalid pin")
    if not isinstance(identifier, str):
        raise TypeError("pin must be a number, a name or a Pin")
    if identifier not in _sim_places:
        _sim_places[identifier] = int(_sim_ask("pin " + _sim_word(identifier)))
    return _sim_places[identifier]


def _sim_identifier(pin):
    # A number, a name or a Pin may name a pin.
    return pin._id if isinstance(pin, Pin) else pin


def _sim_on_edge(place, words):
    pin = _sim_pins.get(place)
    if pin and pin._handler:
        pin._handler(pin)


class _SimIrq:
    def __init__(self, pin, trigger):
        self._pin = pin
        self._trigger = trigger

    def __call__(self):
        self._pin._handler(self._pin)

    def flags(self):
        return self._trigger

    def trigger(self, trigger=None):
        if trigger is not None:
            self._trigger = trigger
            tell("irq %s %d\n" % (self._pin._word, trigger))
        return self._trigger


class Pin(machine.PinBase):
    IN = 0
    OUT = 1
    OPEN_DRAIN = 2
    PULL_UP = 1
    PULL_DOWN = 2
    IRQ_RISING = 1
    IRQ_FALLING = 2

    def __new__(cls, id, *a, **k):
        # The same pin is the same object, as on most boards.
        place = _sim_place(_sim_identifier(id))
        pin = _sim_pins.get(place)
        if pin is None:
            pin = _sim_pins[place] = object.__new__(cls)
            pin._id = _sim_identifier(id)
            pin._word = _sim_word(pin._id)
            pin._place = place
            pin._mode = 0
            pin._pull = None
            pin._latch = 0
            pin._handler = None
        return pin

    def __init__(self, id, mode=-1, pull=-1, *, value=None, drive=0, alt=-1):
        self.init(mode, pull, value=value)

    def init(self, mode=-1, pull=-1, *, value=None, drive=0, alt=-1):
        if mode == -1 or mode is None:
            if value is not None:
                self._set(value)
        else:
            if mode not in _SIM_MODES:
                raise ValueError("invalid pin mode")
            if value is not None:
                self._latch = 1 if value else 0
            self._mode = mode
            _sim_note("Pin", self._word, "mode", _SIM_MODES[mode])
            if mode:
                _sim_note("Pin", self._word, "value", self._latch)
        if pull != -1:
            self._pull = pull
            _sim_note("Pin", self._word, "pull", pull)

    def _set(self, level):
        level = 1 if level else 0
        if level != self._latch:
            self._latch = level
            if self._mode:
                tell("note %d Pin %s value %d\n" % (time.ticks_us(), self._word, level))

    def value(self, *level):
        if level:
            return self._set(level[0])
        if self._mode == 1 or (self._mode == 2 and not self._latch):
            return self._latch
        driven = page[self._place]
        if driven < 2:
            return driven
        return 1 if self._pull == 1 or self._mode == 2 else 0

    __call__ = value

    def on(self):
        self._set(1)

    def off(self):
        self._set(0)

    high = on
    low = off

    def toggle(self):
        self._set(not self._latch)

    def mode(self, mode=None):
        if mode is None:
            return self._mode
        self.init(mode)

    def pull(self, pull=-1):
        if pull == -1:
            return self._pull
        self.init(pull=pull)

    def drive(self, drive=None):
        return 0

    def irq(self, handler=None, trigger=3, *, priority=1, wake=None, hard=False):
        self._handler = handler
        if handler:
            _sim_listen("irq", _sim_on_edge)
        tell("irq %s %d\n" % (self._word, trigger if handler else 0))
        return _SimIrq(self, trigger)

    def __repr__(self):
        pull = ", pull=PULL_" + ("UP" if self._pull == 1 else "DOWN") if self._pull else ""
        return "Pin(%r, mode=%s%s)" % (self._id, _SIM_MODES[self._mode], pull)


class ADC:
    CORE_TEMP = 4
    ATTN_0DB = 0
    ATTN_2_5DB = 1
    ATTN_6DB = 2
    ATTN_11DB = 3

    def __init__(self, id, *, sample_ns=0, atten=0):
        self._id = _sim_identifier(id)
        self._a = _SIM_ADC + 2 * _sim_place(self._id)

    def init(self, *, sample_ns=0, atten=0):
        pass

    def atten(self, atten=0):
        pass

    def width(self, bits=12):
        pass

    def read_u16(self):
        return page[self._a] | page[self._a + 1] << 8

    def read(self):
        return self.read_u16() >> 4

    def read_uv(self):
        return self.read_u16() * 3300000 // 65535

    def __repr__(self):
        return "ADC(%r)" % (self._id,)


class PWM:
    def __init__(self, dest, freq=None, duty_u16=None, *, duty_ns=None, duty=None, invert=False):
        self._id = _sim_identifier(dest)
        _sim_place(self._id)
        self._word = _sim_word(self._id)
        self._freq = 1000
        self._duty = 0
        self.init(freq=freq, duty_u16=duty_u16, duty_ns=duty_ns, duty=duty)

    def init(self, *, freq=None, duty_u16=None, duty_ns=None, duty=None, invert=False):
        if freq is not None:
            self.freq(freq)
        if duty_u16 is not None:
            self.duty_u16(duty_u16)
        if duty_ns is not None:
            self.duty_ns(duty_ns)
        if duty is not None:
            self.duty(duty)

    def freq(self, hz=None):
        if hz is None:
            return self._freq
        if hz <= 0:
            raise ValueError("freq must be positive")
        self._freq = hz
        _sim_note("PWM", self._word, "freq", int(hz))

    def duty_u16(self, duty=None):
        if duty is None:
            return self._duty
        if not 0 <= duty <= 65535:
            raise ValueError("duty_u16 must be 0 to 65535")
        self._duty = duty
        _sim_note("PWM", self._word, "duty_u16", duty)

    def duty(self, duty=None):
        # 10 bits, as on ESP boards.
        if duty is None:
            return self._duty >> 6
        if not 0 <= duty <= 1023:
            raise ValueError("duty must be 0 to 1023")
        self.duty_u16(duty * 65535 // 1023)

    def duty_ns(self, ns=None):
        period = 1000000000 // self._freq
        if ns is None:
            return self._duty * period // 65535
        self.duty_u16(min(65535, ns * 65535 // period))

    def deinit(self):
        self._duty = 0
        _sim_note("PWM", self._word, "duty_u16", 0)

    def __repr__(self):
        return "PWM(%r, freq=%d, duty_u16=%d)" % (self._id, self._freq, self._duty)
