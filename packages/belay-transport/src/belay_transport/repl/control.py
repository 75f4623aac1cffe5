"""The bytes that the REPL gives a meaning to.

Source: MicroPython reference, "The MicroPython Interactive Interpreter Mode", raw and raw-paste mode.
"""

from __future__ import annotations

__all__ = [
    "CTRL_A",
    "CTRL_B",
    "CTRL_C",
    "CTRL_D",
    "CTRL_E",
    "FRIENDLY_PROMPT",
    "PASTE_PROMPT",
    "RAW_BANNER",
    "RAW_PASTE_REQUEST",
    "printable",
]

CTRL_A = b"\x01"
CTRL_B = b"\x02"
CTRL_C = b"\x03"
CTRL_D = b"\x04"
CTRL_E = b"\x05"

FRIENDLY_PROMPT = b">>> "
PASTE_PROMPT = b"=== "
RAW_BANNER = b"raw REPL; CTRL-B to exit\r\n>"
RAW_PASTE_REQUEST = b"\x05A\x01"


def printable(data: bytes | bytearray, *, limit: int = 200) -> str:
    """Return `data` as a short quoted text for messages: its last `limit` bytes at most."""
    shown = repr(bytes(data[-limit:]))[1:]
    return f"…{shown}" if len(data) > limit else shown
