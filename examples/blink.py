"""Blink a LED from the host, and show what happened on the pin.

python examples/blink.py sim:            a simulated board
python examples/blink.py /dev/ttyACM0    a real one
"""

import sys

import belay

with belay.Device(sys.argv[1] if len(sys.argv) > 1 else None) as device:

    @device.setup
    def prepare(pin):
        led = Pin(pin, Pin.OUT)

    @device.task
    def blink(times, pause_s):
        for count in range(times):
            led.value(1)
            sleep(pause_s)
            led.value(0)
            sleep(pause_s)
            print("on the board: blink", count + 1)
        return led.value()

    prepare(25)
    print("the LED is", blink(3, 0.05), "at last")

    if device.simulated is not None:
        print("what happened on the pin:")
        for event in device.simulated.timeline(kind="Pin"):
            print(f"  {event.time_us / 1e6:.3f} s  pin {event.identifier}  {event.what} {event.value}")
