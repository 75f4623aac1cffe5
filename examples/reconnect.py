"""Read a sensor for as long as it takes, whatever happens to the cable.

python examples/reconnect.py sim:           a simulated board, which is unplugged for you
python examples/reconnect.py /dev/ttyACM0   a real one: unplug it and plug it in again
"""

import sys

import belay

address = sys.argv[1] if len(sys.argv) > 1 else None

with belay.Device(address, attempts=-1) as device:

    @device.setup
    def prepare(step):
        reading = 20

    @device.task
    def read():
        global reading  # noqa: PLW0603 - the board's
        reading += step
        return reading

    prepare(5)
    for _ in range(3):
        print("read", read())
    if device.simulated is not None:
        print("unplugged, and plugged in again")
        device.simulated.unplug()
    for _ in range(3):
        print("read", read())
