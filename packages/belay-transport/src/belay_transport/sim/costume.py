"""What the interpreter's C code says of itself, said as CircuitPython would.

The banner, and the names of the code emitters that CircuitPython's builds lack, are constants in the
library: they are overwritten in this process's private copy of it, before it forks. Where the
constants cannot be found or written they stay, and the board says "MicroPython" in its banner.

Knows the library's file and its memory; Linux only.
"""

from __future__ import annotations

import ctypes
import os
import re
import sys

__all__ = ["SOFT_REBOOT", "VERSION", "put_on"]

VERSION = "10.0.3"
"""The version of CircuitPython whose dress this is."""

SOFT_REBOOT = b"soft reboot\r\n\x1b]0;\xf0\x9f\x90\x8dcode.py | 10.0.3\x1b\\"
"""What the board prints at a soft reset. The title is what a terminal shows in its frame."""

_BANNER = b"\x1b]0;CP\x1b\\Adafruit CircuitPython 10.0.3 on 2025-10-17; sim"
_CHANGES = (
    # The interpreter prints the banner in two parts. The second must keep its last word: the linker lets
    # the name `version` share it.
    (re.compile(rb"\0[0-9.]+; (MicroPython [^\0;]*)\0"), _BANNER[:36]),
    (re.compile(rb"\0MicroPython [^\0;]*(; [^\0]*) version\0"), _BANNER[36:] + b"\0"),
    (re.compile(rb'\0(Type "help\(\)" for more information\.\r\n)\0'), b"\0"),
    # The last letter changes, so that the table of names stays sorted.
    (re.compile(rb"\0(emit=native)\0"), b"emit=nativf"),
    (re.compile(rb"\0(emit=viper)\0"), b"emit=vipes"),
)
_PROT_READ, _PROT_WRITE = 1, 2
_PAGE_BYTES = 4096


def put_on(libc: ctypes.CDLL, path: str) -> None:
    """Overwrite the constants of the library at `path`, which this process has loaded."""
    if not sys.platform.startswith("linux"):
        return
    name = os.path.realpath(path).encode()
    with open("/proc/self/maps", "rb") as maps:  # noqa: PTH123 - `pathlib` loads slowly
        areas = [line.split(maxsplit=5) for line in maps if line.rstrip().endswith(name)]
    for area, permissions, *_ in areas:
        if permissions != b"r--p":
            continue
        start, end = (int(bound, 16) for bound in area.split(b"-"))
        content = ctypes.string_at(start, end - start)
        for pattern, new in _CHANGES:
            found = pattern.search(content)
            if found and len(new) <= len(found[1]) + 1:
                _write(libc, start + found.start(1), new)


def _write(libc: ctypes.CDLL, address: int, data: bytes) -> None:
    page = address // _PAGE_BYTES * _PAGE_BYTES
    size = ctypes.c_size_t(address + len(data) - page)
    if libc.mprotect(ctypes.c_void_p(page), size, _PROT_READ | _PROT_WRITE) == 0:
        ctypes.memmove(address, data, len(data))
        libc.mprotect(ctypes.c_void_p(page), size, _PROT_READ)
