"""A lamp that is on while its button is pressed in the dark; `test_lamp.py` tests it without a board.

python examples/lamp.py /dev/ttyACM0
"""

import sys
import time

import belay


class Lamp(belay.Device):
    @belay.Device.setup(autoinit=True)
    def prepare():
        led = Pin(25, Pin.OUT)
        button = Pin(14, Pin.IN, Pin.PULL_UP)
        light = ADC(26)

    @belay.Device.task
    def follow():
        is_dark = light.read_u16() < 20000
        led.value(is_dark and not button.value())
        return led.value()

    @belay.Device.task
    def blink(times):
        for number in range(times):
            led.value(1)
            led.value(0)
            print("blinked", number + 1)


if __name__ == "__main__":
    with Lamp(sys.argv[1]) as lamp:
        while True:
            lamp.follow()
            time.sleep(0.05)
