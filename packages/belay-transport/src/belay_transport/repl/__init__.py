"""The raw REPL protocol, sans-I/O: bytes in, events out, for both roles.

Nothing below here knows a clock, a thread, a port or a print.
`host` is our side, `board` and `wrapper` the other, so that any `exchange` can be tested in memory;
these three are for tests, and are imported by name.
`frames` is how replies travel inside a program's output.
"""

from __future__ import annotations

from .control import printable
from .events import Event, Finished, Note, Output, Ready, Refused, Reply, Restarted
from .frames import Frame, FrameDecoder, encode_frame, running_check, start_mark
from .host import HostRepl, State
from .joining import ERROR_KIND
from .notes import EXCHANGE, MESSAGE

__all__ = [
    "ERROR_KIND",
    "EXCHANGE",
    "MESSAGE",
    "Event",
    "Finished",
    "Frame",
    "FrameDecoder",
    "HostRepl",
    "Note",
    "Output",
    "Ready",
    "Refused",
    "Reply",
    "Restarted",
    "State",
    "encode_frame",
    "printable",
    "running_check",
    "start_mark",
]
