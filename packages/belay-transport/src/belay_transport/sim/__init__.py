"""The simulated board: the real MicroPython interpreter in a process of its own, dressed as a board.

The doors: `open_sim` for a link, `serve_pty` for a path that other tools take for a port,
`fence_report` for how well the host is fenced off here. Its outside is `belay_transport.simulated`.
"""

from __future__ import annotations

from belay_transport.sim.board import FenceReport
from belay_transport.sim.link import SimLink, open_sim
from belay_transport.sim.options import SimOptions
from belay_transport.sim.serving import ServedBoard, fence_report, serve_pty

__all__ = [
    "FenceReport",
    "ServedBoard",
    "SimLink",
    "SimOptions",
    "fence_report",
    "open_sim",
    "serve_pty",
]
