"""What tests of links, and of code that uses a link, can lean on. Public; loaded by tests only."""

from __future__ import annotations

from belay_transport.testing.clock import FakeClock
from belay_transport.testing.conformance import PROMISES, FarEnd, check_link
from belay_transport.testing.script import Break, Expect, Send, SkipUntil, Stall, Step
from belay_transport.testing.scripted import ScriptedLink, ScriptMismatchError
from belay_transport.testing.webrepl import WebReplServer

__all__ = [
    "PROMISES",
    "Break",
    "Expect",
    "FakeClock",
    "FarEnd",
    "ScriptMismatchError",
    "ScriptedLink",
    "Send",
    "SkipUntil",
    "Stall",
    "Step",
    "WebReplServer",
    "check_link",
]
