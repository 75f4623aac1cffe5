"""Measures `import belay` in a fresh interpreter, and what it loads that is neither Python's nor Belay's."""

from __future__ import annotations

import sys
import time

_BEFORE = set(sys.modules)
_STARTED = time.perf_counter()
import belay  # noqa: E402, F401 - this import is what is measured

_ENDED = time.perf_counter()


def main() -> None:
    import json

    # What stands in no module of the standard library and in none of Belay's own packages.
    strangers = (
        {name.partition(".")[0] for name in set(sys.modules) - _BEFORE}
        - set(sys.stdlib_module_names)
        - {"belay", "belay_transport", "__mp_main__"}
    )
    print(
        json.dumps(
            {"import_s": _ENDED - _STARTED, "strangers": sorted(strangers), "modules": len(sys.modules)}
        )
    )


if __name__ == "__main__":
    main()
