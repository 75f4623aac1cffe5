r"""The simulated board: the real MicroPython interpreter in a process of its own, dressed as a board.

The doors: `open_sim` for a link, `serve_pty` for a path that other tools take for a port,
`fence_report` for how well the host is fenced off here. Its outside is `belay_transport.simulated`.

What differs from a board, and stays so:

- `sys.platform` is "linux" or "darwin", and numbers are those of a 64-bit machine: the interpreter
  says what it is. Viper's `uint` has 64 bits.
- In source sent to the REPL, `\r\n` counts as two line ends; send `\n`.
- A `\r` and a `\n` printed one after the other by two calls leave as they are, where firmware that
  looks at each call alone would make `\r\r\n` of them.
- `time.time()` has fractions, and starts as the host's, in UTC, where a board starts in 1970, 2000 or 2021.
- `machine.soft_reset()` ends the program whatever it catches; firmware raises a SystemExit.
- A board dressed as CircuitPython has MicroPython's compiler, texts of errors and limits, and does not
  wait for a key behind `code.py`.
- The port does not go away at a reset, as with a board behind a UART bridge.
- `I2C`, `SPI` and `UART` know what a test attached, not what a line's electricity does.

The fence (see fence.py) closes on Linux. On macOS there is only the façade: `import os` has no way
out, but a program that wants out finds one. That half has not been tried on a real Mac.
"""

from __future__ import annotations

from belay_transport.sim.link import SimLink, open_sim
from belay_transport.sim.options import SimOptions
from belay_transport.sim.serving import ServedBoard, fence_report, serve_pty
from belay_transport.simulated import FenceReport

__all__ = [
    "FenceReport",
    "ServedBoard",
    "SimLink",
    "SimOptions",
    "fence_report",
    "open_sim",
    "serve_pty",
]
