"""Measures what ours needs of a board's heap: `python small_heap.py PLAN`; it starts boards of its own.

How much the functions of a sync take, and how long a large file takes with 32 kB of free heap.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

from measuring import report, require

import belay

_FREE_BYTES = 32_000
_FREE = """\
def free():
    import gc
    gc.collect()
    return gc.mem_free()
def fill(free_bytes):
    global held
    held = None
    kept = bytearray(free_bytes)
    size = free()
    while size > 32:
        try:
            held = held, bytearray(size)
        except MemoryError:
            size = size * 3 // 4
    kept = None
"""
"""What is left is one piece, as the end of a heap is."""


def main() -> None:
    given = json.loads(sys.argv[1])
    report(_helpers() | _large_file(Path(given["random"]).read_bytes()))


def _helpers() -> dict[str, float]:
    """Return the bytes that a board has less after the first sync; one file, so that all is sent."""
    with belay.Device("sim:") as device, tempfile.TemporaryDirectory() as folder:
        device(_FREE)
        device("free()")
        before = device("free()")
        (Path(folder) / "file").write_bytes(b"x")
        device.sync(folder, "/app")
        return {"helpers_bytes": before - device("free()")}


def _large_file(content: bytes) -> dict[str, float]:
    with belay.Device("sim:?flash=8m") as device:
        device(_FREE)
        device(f"fill({_FREE_BYTES})")
        started = time.perf_counter()
        device.fs.write_bytes("/file", content)
        written = time.perf_counter()
        found = device.fs.read_bytes("/file")
        ended = time.perf_counter()
        require(value=found == content, expected=True)
        return {"small_up_s": written - started, "small_down_s": ended - written}


if __name__ == "__main__":
    main()
