"""The raw REPL protocol, sans-I/O: bytes in, events out, for both roles.

Nothing below here knows a clock, a thread, a port or a print.
`host` is our side, `board` the other, so that any exchange can be tested in memory;
`frames` is how replies travel inside a program's output.
"""

from __future__ import annotations

from .board import BoardRepl
from .control import printable
from .events import Damaged, Event, Finished, Output, Ready, Refused, Reply, Restarted
from .frames import Frame, FrameDecoder, check, encode_frame, start_mark
from .host import HostRepl, State

__all__ = [
    "BoardRepl",
    "Damaged",
    "Event",
    "Finished",
    "Frame",
    "FrameDecoder",
    "HostRepl",
    "Output",
    "Ready",
    "Refused",
    "Reply",
    "Restarted",
    "State",
    "check",
    "encode_frame",
    "printable",
    "start_mark",
]
