"""Drive a board over WiFi.

python examples/webrepl.py sim:                  a simulated board behind a WebREPL on this computer
python examples/webrepl.py ws://192.168.1.100    a real one, whose WebREPL password is "python"
"""

import sys
from contextlib import ExitStack

import belay
from belay_transport.opening import open_link
from belay_transport.testing import WebReplServer

address = sys.argv[1] if len(sys.argv) > 1 else "sim:"
PASSWORD = "python"  # noqa: S105 - what a board ships with, and no secret

with ExitStack() as stack:
    if address.startswith("sim:"):
        server = stack.enter_context(WebReplServer(open_link(address), password=PASSWORD))
        address = server.url
    device = stack.enter_context(belay.Device(address, password=PASSWORD))

    @device.task
    def double(number):
        print("doubling", number, "far away")
        return 2 * number

    print(double(21))
    device.fs.write_text("/note.txt", "files cross as well")
    print(device.fs.read_text("/note.txt"))
