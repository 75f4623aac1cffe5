"""Write files to a board, look at them, and read them back.

python examples/files.py sim:            a simulated board
python examples/files.py /dev/ttyACM0    a real one
"""

import sys

import belay

with belay.Device(sys.argv[1] if len(sys.argv) > 1 else None) as device:
    fs = device.fs
    folder = fs.path("/belay-example")

    folder.mkdir(exist_ok=True)
    (folder / "greeting.txt").write_text("Hello from the host\n")
    fs.append_text(folder / "greeting.txt", "and once more\n")
    fs.copy(folder / "greeting.txt", folder / "copy.txt")

    for entry in fs.list(folder):
        print(f"{entry.size_bytes:8} bytes  {entry.path}  {fs.hash(entry.path).hexdigest[:12]}")
    print((folder / "copy.txt").read_text(), end="")
    print(f"{fs.free().free_bytes} bytes are free")

    fs.remove(folder, recursive=True)
