# CircuitPython's `digitalio`, `analogio`, `pwmio` and `busio`, over the classes of pins.py and buses.py.
#
# Source: CircuitPython's documentation, "Core Modules", 10.x.

_sim_in_use = set()


class _SimWord:
    def __init__(self, text):
        self._text = text

    def __repr__(self):
        return self._text


class _SimDirection:
    INPUT = _SimWord("digitalio.Direction.INPUT")
    OUTPUT = _SimWord("digitalio.Direction.OUTPUT")


class _SimPull:
    UP = _SimWord("digitalio.Pull.UP")
    DOWN = _SimWord("digitalio.Pull.DOWN")


class _SimDriveMode:
    PUSH_PULL = _SimWord("digitalio.DriveMode.PUSH_PULL")
    OPEN_DRAIN = _SimWord("digitalio.DriveMode.OPEN_DRAIN")


class _SimUser:
    # What holds pins: they are free again when it is deinitialised.
    def _claim(self, *pins):
        self._pins = []
        for pin in pins:
            if pin is None:
                continue
            if not isinstance(pin, _SimBoardPin):
                raise TypeError("Expected a Pin")
            if pin._id in _sim_in_use:
                raise ValueError("%s in use" % pin._name)
            _sim_in_use.add(pin._id)
            self._pins.append(pin)

    def deinit(self):
        for pin in self._pins:
            _sim_in_use.discard(pin._id)
        self._pins = []

    def _check(self):
        if not self._pins:
            raise ValueError("Object has been deinitialized and can no longer be used. Create a new object.")

    def __enter__(self):
        return self

    def __exit__(self, *a):
        self.deinit()


class _SimDigital(_SimUser):
    def __init__(self, pin):
        self._claim(pin)
        self._pin = _sim_pin(pin._id)
        self.switch_to_input()

    def switch_to_input(self, pull=None):
        self._check()
        self._output = False
        self._pull = pull
        self._pin.init(0, 1 if pull is _SimPull.UP else 2 if pull is _SimPull.DOWN else None)

    def switch_to_output(self, value=False, drive_mode=_SimDriveMode.PUSH_PULL):
        self._check()
        self._output = True
        self._mode = drive_mode
        self._pin.init(2 if drive_mode is _SimDriveMode.OPEN_DRAIN else 1, value=value)

    @property
    def direction(self):
        return _SimDirection.OUTPUT if self._output else _SimDirection.INPUT

    @direction.setter
    def direction(self, direction):
        if direction is _SimDirection.OUTPUT:
            self.switch_to_output()
        else:
            self.switch_to_input()

    @property
    def value(self):
        self._check()
        return bool(self._pin.value())

    @value.setter
    def value(self, level):
        self._check()
        if not self._output:
            raise AttributeError("Cannot set value when direction is input.")
        self._pin.value(level)

    @property
    def pull(self):
        if self._output:
            raise AttributeError("Pull not used when direction is output.")
        return self._pull

    @pull.setter
    def pull(self, pull):
        if self._output:
            raise AttributeError("Pull not used when direction is output.")
        self.switch_to_input(pull)

    @property
    def drive_mode(self):
        if not self._output:
            raise AttributeError("Drive mode not used when direction is input.")
        return self._mode

    @drive_mode.setter
    def drive_mode(self, mode):
        self.switch_to_output(self.value, mode)


class _SimAnalogIn(_SimUser):
    reference_voltage = 3.3

    def __init__(self, pin):
        self._claim(pin)
        _sim_pin(pin._id)
        self._adc = ADC(pin._id)

    @property
    def value(self):
        self._check()
        return self._adc.read_u16()


class _SimPwmOut(_SimUser):
    def __init__(self, pin, *, duty_cycle=0, frequency=500, variable_frequency=False):
        self._claim(pin)
        _sim_pin(pin._id)
        self._pwm = PWM(pin._id, freq=frequency, duty_u16=duty_cycle)
        self._variable = variable_frequency

    @property
    def duty_cycle(self):
        return self._pwm.duty_u16()

    @duty_cycle.setter
    def duty_cycle(self, duty):
        self._check()
        self._pwm.duty_u16(duty)

    @property
    def frequency(self):
        return self._pwm.freq()

    @frequency.setter
    def frequency(self, hz):
        if not self._variable:
            raise AttributeError(
                "PWM frequency not writable when variable_frequency is False on construction."
            )
        self._pwm.freq(hz)


_sim_d = _sim_blank("digitalio")
_sim_d.DigitalInOut = _SimDigital
_sim_d.Direction = _SimDirection
_sim_d.Pull = _SimPull
_sim_d.DriveMode = _SimDriveMode
_sim_blank("analogio").AnalogIn = _SimAnalogIn
_sim_blank("pwmio").PWMOut = _SimPwmOut


class _SimLocked(_SimUser):
    _locked = False

    def try_lock(self):
        if self._locked:
            return False
        self._locked = True
        return True

    def unlock(self):
        self._locked = False

    def _require(self):
        self._check()
        if not self._locked:
            raise RuntimeError("Function requires lock")


def _sim_slice(buffer, start, end):
    return memoryview(buffer)[start : len(buffer) if end is None else end]


class _SimI2C(_SimLocked):
    def __init__(self, scl, sda, *, frequency=100000, timeout=255):
        self._claim(scl, sda)
        self._bus = _sim_bus()["I2C"](0, freq=frequency)

    def scan(self):
        self._require()
        return self._bus.scan()

    def writeto(self, address, buffer, *, start=0, end=None):
        self._require()
        self._bus.writeto(address, _sim_slice(buffer, start, end))

    def readfrom_into(self, address, buffer, *, start=0, end=None):
        self._require()
        self._bus.readfrom_into(address, _sim_slice(buffer, start, end))

    def writeto_then_readfrom(
        self, address, out_buffer, in_buffer, *, out_start=0, out_end=None, in_start=0, in_end=None
    ):
        self.writeto(address, out_buffer, start=out_start, end=out_end)
        self.readfrom_into(address, in_buffer, start=in_start, end=in_end)


class _SimSPI(_SimLocked):
    def __init__(self, clock, MOSI=None, MISO=None, half_duplex=False):
        self._claim(clock, MOSI, MISO)
        self._bus = _sim_bus()["SPI"](0)
        self.frequency = 250000

    def configure(self, *, baudrate=100000, polarity=0, phase=0, bits=8):
        self._require()
        self.frequency = baudrate

    def write(self, buffer, *, start=0, end=None):
        self._require()
        self._bus.write(_sim_slice(buffer, start, end))

    def readinto(self, buffer, *, start=0, end=None, write_value=0):
        self._require()
        self._bus.readinto(_sim_slice(buffer, start, end))

    def write_readinto(self, out_buffer, in_buffer, *, out_start=0, out_end=None, in_start=0, in_end=None):
        self._require()
        out = _sim_slice(out_buffer, out_start, out_end)
        self._bus.write_readinto(out, _sim_slice(in_buffer, in_start, in_end))


class _SimUART(_SimUser):
    def __init__(self, tx=None, rx=None, *, baudrate=9600, bits=8, parity=None, stop=1, timeout=1, **k):
        self._claim(tx, rx)
        self._uart = _sim_bus()["UART"](1, baudrate)
        self.baudrate = baudrate
        self.timeout = timeout
        self.read = self._uart.read
        self.readinto = self._uart.readinto
        self.readline = self._uart.readline
        self.write = self._uart.write

    @property
    def in_waiting(self):
        return self._uart.any()

    def reset_input_buffer(self):
        self._uart.read()


_sim_o = _sim_blank("busio")
_sim_o.I2C = _SimI2C
_sim_o.SPI = _SimSPI
_sim_o.UART = _SimUART
