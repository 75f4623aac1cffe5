"""Measures how a Belay, ours or the incumbent, syncs a folder of small files: `python syncing.py PATH PLAN`.

New, with all that is sent for it; unchanged, when that has been sent; and unchanged, as the first thing of
a session.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from statistics import median

from measuring import mark, report

_AGAIN = 5
"""How often an unchanged folder is synced."""


def main() -> None:
    given = json.loads(sys.argv[2])
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as cache:
        os.environ["BELAY_CACHE_DIR"] = cache  # nothing is minified beforehand
        import belay

        def sync() -> float:
            started = time.perf_counter()
            device.sync(given["tree"], "/app")
            return time.perf_counter() - started

        device = belay.Device(sys.argv[1])
        mark("connect")
        figures["sync_new_s"] = sync()
        mark("sync new")
        figures["sync_same_s"] = sync()
        mark("sync same")
        figures["sync_same_s"] = median([figures["sync_same_s"], *(sync() for _ in range(_AGAIN - 1))])
        if "sim:" not in sys.argv[1]:  # such a board ends with its session
            device.close()
            device = belay.Device(sys.argv[1])
            mark("connect again")
            figures["sync_first_s"] = sync()
            mark("sync first")
        device.close()
    report(figures)


if __name__ == "__main__":
    main()
