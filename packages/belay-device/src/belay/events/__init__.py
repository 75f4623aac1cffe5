"""Events: what the board's program tells the host at any time, and who hears it.

The rooms below: `arrivals` reads what came, `dispatcher` is the thread that hands it on, `stream` collects
it, `events` is the face of it all. How a note crosses is `belay_transport.repl`'s, and `_onboard/events.py`
sends it.
"""

from __future__ import annotations

from belay.events.arrivals import Event
from belay.events.events import Events
from belay.events.stream import EventStream

__all__ = ["Event", "EventStream", "Events"]
