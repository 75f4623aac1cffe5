"""Options that several commands have, as values; `typed_options` has them as typer reads them."""

from __future__ import annotations

from belay_pm.command_line.syntax import Option

__all__ = [
    "ARCH",
    "BINARY",
    "HIGHEST_LEVEL",
    "LEVEL",
    "MPY",
    "NO_MINIFY",
    "NO_UPDATE",
    "OFFLINE",
    "TRUSTED",
    "VARIABLES",
    "WITH",
]

HIGHEST_LEVEL = 3  # mpy-cross knows 0 to 3


def _level(text: str) -> int:
    level = int(text) if text.isdecimal() else -1
    if not 0 <= level <= HIGHEST_LEVEL:
        raise ValueError(f"{text} is not a whole number from 0 to {HIGHEST_LEVEL}")
    return level


ARCH = Option("arch", ("--march",), "ARCH", "The architecture for native code")

BINARY = Option("binary", ("--mpy-cross-binary",), "FILE", "Compile with this mpy-cross")

LEVEL = Option("opt", ("--opt",), "LEVEL", "mpy-cross's level of optimisation, 0 to 3", parse=_level)

MPY = Option("mpy", ("--mpy",), "", "Compile `.py` files")

NO_MINIFY = Option("no_minify", ("--no-minify",), "", "Leave Python as it is, comments and all")

NO_UPDATE = Option("no_update", ("--no-update",), "", "Change `pyproject.toml` alone, and get nothing")

OFFLINE = Option("offline", ("--offline",), "", "Ask nobody: take what the cache has")

TRUSTED = Option(
    "trusted",
    ("--trust-manifest",),
    "NAME",
    "Run the `manifest.py` of this package, if it does more than can be read",
    several=True,
)

VARIABLES = Option(
    "variables", ("--var",), "NAME=FOLDER", "What `$(NAME)` stands for in a `manifest.py`", several=True
)

WITH = Option("groups", ("--with",), "GROUP", "An optional group that comes too", several=True)
