"""Put a folder onto a board, change a file, and put it there again: only that file is sent.

python examples/sync.py sim:
python examples/sync.py /dev/ttyACM0
"""

import sys
import tempfile
from pathlib import Path

import belay

with (
    tempfile.TemporaryDirectory() as name,
    belay.Device(sys.argv[1] if len(sys.argv) > 1 else None) as device,
):
    folder = Path(name)
    (folder / "lamps.py").write_text('"""Lamps."""\n\nCOLOURS = ["red", "green"]  # for now\n')
    (folder / "names.txt").write_text("kitchen\nhall\n")

    print("first:")
    print(device.sync(folder, "/example"))
    print("again:")
    print(device.sync(folder, "/example"))
    (folder / "names.txt").write_text("kitchen\nhall\ncellar\n")
    print("changed:")
    print(device.sync(folder, "/example"))

    device("from example.lamps import COLOURS")
    print("the board has", device("COLOURS"))
    device.fs.remove("/example", recursive=True)
