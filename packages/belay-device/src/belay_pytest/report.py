"""What the report of a failed test says about its board beside what that has printed.

Knows a simulated board's time line and how a person reads one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from belay.device import Device
    from belay_transport.simulated import TimelineEntry

__all__ = ["timeline_section"]

_ENTRIES = 20
# What fits on a screen beside the traceback.


def timeline_section(device: Device) -> tuple[str, str] | None:
    """Return a title and the last entries of the board's time line; None for a real board."""
    from belay.exceptions import BelayException  # noqa: PLC0415 - a board was connected: all of it is loaded

    if device.simulated is None:
        return None
    try:
        entries = device.simulated.timeline()
    except BelayException as error:
        return "Timeline of the board", str(error)
    shown = entries[-_ENTRIES:]
    title = f"Timeline of the board ({len(shown)} of {len(entries)} entries)"
    return title, "\n".join(map(_line, shown))


def _line(entry: TimelineEntry) -> str:
    words = [entry.kind, *([repr(entry.identifier)] if entry.identifier != "" else []), entry.what]
    return f"{entry.time_us / 1e6:12.6f} s  {' '.join(words)} {entry.value!r}"
