"""Measures how a Belay, ours or the incumbent, moves large files, inside one session.

`python moving.py PATH PLAN`: the plan tells the files, `random` and maybe `text`.
The incumbent writes no single file: it syncs a folder that holds just that one, and reads none at all.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
import time
from pathlib import Path

from measuring import report, require

import belay

__all__ = ["HASH"]

HASH = """\
def hash_of(path):
    import hashlib
    with open(path, 'rb') as file:
        digest = hashlib.sha256()
        while True:
            piece = file.read(4096)
            if not piece:
                return digest.digest()
            digest.update(piece)
"""
"""The board's own hash of what it has, neither tool's."""


def main() -> None:
    given = json.loads(sys.argv[2])
    figures: dict[str, float] = {}
    device = belay.Device(sys.argv[1])
    try:
        device(HASH)
        for name in sorted({"random", "text"} & set(given)):
            content = Path(given[name]).read_bytes()
            figures[f"{name}_up_s"] = _up(device, name, content)
            found = device(f"hash_of('/{name}/file')")
            require(value=found, expected=hashlib.sha256(content).digest())
        if hasattr(device, "fs"):
            started = time.perf_counter()
            content = device.fs.read_bytes("/random/file")
            figures["random_down_s"] = time.perf_counter() - started
            require(value=content == Path(given["random"]).read_bytes(), expected=True)
    finally:
        device.close()
    report(figures)


def _up(device: belay.Device, name: str, content: bytes) -> float:
    """Return the seconds that it takes until the file is on the board, with all that is sent for it."""
    if hasattr(device, "fs"):
        device.fs.mkdir(f"/{name}")
        started = time.perf_counter()
        device.fs.write_bytes(f"/{name}/file", content)
        return time.perf_counter() - started
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "file").write_bytes(content)
        started = time.perf_counter()
        device.sync(folder, f"/{name}", minify=False)
        return time.perf_counter() - started


if __name__ == "__main__":
    main()
