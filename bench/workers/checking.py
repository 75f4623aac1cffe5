"""Makes sure that a board has what a tool says it has sent: `python checking.py PATH FILES`.

FILES is JSON: path on the board -> file on the host. The board hashes what it has by itself.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

from moving import HASH

import belay


def main() -> None:
    device = belay.Device(sys.argv[1])
    try:
        device(HASH)
        for path, source in json.loads(sys.argv[2]).items():
            expected = hashlib.sha256(Path(source).read_bytes()).digest()
            if device(f"hash_of({path!r})") != expected:
                sys.exit(f"`{path}` on the board is not what was sent")
    finally:
        device.close()


if __name__ == "__main__":
    main()
