"""The code that runs on the board: real files under `_onboard/`, made small for the wire.

This room knows how to read them. What they say to the host is for `belay.runtime` to know.
"""

from __future__ import annotations

from functools import cache

from belay.exceptions import InternalError

__all__ = ["board_code"]


@cache
def board_code(name: str) -> str:
    """Return the file `_onboard/NAME.py`, minified, ending in a newline.

    Its line numbers are not kept: frames of ours never stand in a traceback that a user reads.
    """
    from pkgutil import get_data  # noqa: PLC0415 - `importlib.resources` takes 10 ms to load, this one 0.5

    from belay.minify import minify  # noqa: PLC0415 - its patterns take a while to compile; connecting needs them

    data = get_data("belay", f"_onboard/{name}.py")
    if data is None:
        raise InternalError(f"the board's file `_onboard/{name}.py` is not part of this installation")
    lines = minify(data.decode(), is_file=True).split("\n")
    return "\n".join(line for line in lines if line) + "\n"
