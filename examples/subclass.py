"""A class for a kind of board: what runs there and what runs here, in one place.

python examples/subclass.py sim:
python examples/subclass.py /dev/ttyACM0    with an LED on pin 25
"""

import sys

import belay


class Lamp(belay.Device):
    """A board with a lamp."""

    def __pre_autoinit__(self):
        self.switched = 0

    @belay.Device.setup(autoinit=True)
    def prepare():
        lamp = Pin(25, Pin.OUT)

    @belay.Device.task
    def switch(on):
        lamp.value(on)
        return bool(lamp.value())

    @belay.Device.task
    def count(n):
        for number in range(n):
            lamp.value(number % 2)
            yield number

    @belay.Device.teardown
    def put_out():
        lamp.value(0)

    def flash(self, times):
        """Switch it on and off; this method runs here."""
        for _ in range(times):
            self.switch(True)
            self.switch(False)
            self.switched += 2


with Lamp(sys.argv[1] if len(sys.argv) > 1 else None) as lamp:
    lamp.flash(3)
    print("switched", lamp.switched, "times")
    print("on:", lamp.switch(True))
    print("counted", list(lamp.count(4)))
