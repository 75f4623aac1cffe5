"""Say when each value was measured, in the host's time, and how right that is.

python examples/timestamps.py sim:            a simulated board
python examples/timestamps.py /dev/ttyACM0    a real one
"""

import sys

import belay

with belay.Device(sys.argv[1] if len(sys.argv) > 1 else None) as device:

    @device.task(return_time=True)
    def measure(pause_s):
        sleep(pause_s)
        return time.ticks_ms()

    @device.task(return_time=True)
    def watch(count, pause_s):
        for number in range(count):
            sleep(pause_s)
            yield number

    offset = device.sync_time()
    print(f"the board's clock is {offset.offset_s:.3f} s ahead, to {offset.error_s * 1000:.2f} ms")

    for ticks_ms, moment in measure.map([0.02, 0.05, 0.1]):
        print(moment.time(), "the middle of the task that ended at", ticks_ms, "ms of the board")

    for number, moment in watch(3, 0.02):
        print(moment.time(), "item", number)

    after = device.sync_time(0)
    print(f"the tasks have moved the offset by {(after.offset_s - offset.offset_s) * 1000:.3f} ms")
    print(f"which is known to {after.error_s * 1000:.2f} ms, from {after.samples} comparisons")
