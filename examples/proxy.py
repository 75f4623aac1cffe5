"""Use objects of the board as if they were the host's: a pin, a file, a class of one's own.

python examples/proxy.py sim:            a simulated board
python examples/proxy.py /dev/ttyACM0    a real one
"""

import sys

import belay

with belay.Device(sys.argv[1] if len(sys.argv) > 1 else None) as device:
    # Modules and classes of the board, without a line of board code.
    Pin = device.proxy("from machine import Pin")
    led = Pin(25, Pin.OUT)
    led.value(1)
    print("the LED is", led.value())

    # What is no plain value stays on the board; values come back.
    with device.proxy("open")("/readings.txt", "w") as file:
        for reading in (3, 1, 2):
            file.write(f"{reading}\n")
    readings = sorted(int(line) for line in device.proxy("open('/readings.txt')"))
    print("the readings are", readings)
    device.proxy("import os").remove("/readings.txt")

    # An object goes into tasks and other calls as itself.
    device("class Filter:\n    def __init__(self): self.seen = []\n    def add(self, n): self.seen.append(n)")
    smooth = device.proxy("Filter")()

    @device.task
    def feed(target, numbers):
        for number in numbers:
            target.add(number)

    feed(smooth, readings)
    smooth.add(led)
    print("the filter has seen", len(smooth.seen), "things, the last is the LED:", smooth.seen[-1] == led)
    print("without it", device(smooth.seen[:3]))
