"""Hear a button without asking for it.

python examples/events.py sim:            a simulated board, whose button is pressed for you
python examples/events.py /dev/ttyACM0    a real one, with a button between pin 14 and ground
"""

import sys

import belay

with belay.Device(sys.argv[1] if len(sys.argv) > 1 else None) as device:

    @device.setup
    def prepare(pin):
        def changed(pin):
            belay_emit("button", not pin.value())

        button = Pin(pin, Pin.IN, Pin.PULL_UP)
        button.irq(changed, trigger=Pin.IRQ_FALLING | Pin.IRQ_RISING)

    @device.teardown
    def let_go():
        button.irq(None)

    @device.events.on("button")
    def tell(is_pressed):
        print("the button is", "pressed" if is_pressed else "released")

    prepare(14)
    with device.events.listen("button") as stream:
        print("waiting for the button")
        for level in 0, 1:
            if device.simulated is not None:
                device.simulated.pin(14).drive(level)
            next(stream)
