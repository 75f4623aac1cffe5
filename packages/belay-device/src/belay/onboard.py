"""The code that runs on the board: real files under `_onboard/`, made small for the wire.

This room knows how to read them. What they say to the host is for `belay.runtime` to know.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

__all__ = ["board_code"]


@cache
def board_code(name: str) -> str:
    """Return the file `_onboard/NAME.py`, minified, ending in a newline.

    Its line numbers are not kept: frames of ours never stand in a traceback that a user reads.
    """
    from belay.minify import minify  # noqa: PLC0415 - its patterns take a while to compile; connecting needs them

    text = files("belay").joinpath("_onboard", f"{name}.py").read_text(encoding="utf-8")
    lines = minify(text, is_file=True).split("\n")
    return "\n".join(line for line in lines if line) + "\n"
