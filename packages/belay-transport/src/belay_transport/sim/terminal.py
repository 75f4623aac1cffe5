"""A pseudo-terminal whose other end looks like a board's serial port.

Knows terminals; must not know boards.
"""

from __future__ import annotations

import os
import termios

__all__ = ["open_terminal"]


def open_terminal() -> tuple[int, str]:
    """Open a pseudo-terminal in raw mode; return the descriptor of its near end and the path of the far one.

    The far end stays open here too, so clients may come and go.
    """
    near, far = os.openpty()
    settings = termios.tcgetattr(far)
    settings[0] = settings[1] = settings[3] = 0  # nothing is translated, echoed or made a signal
    settings[2] = termios.CS8 | termios.CREAD | termios.CLOCAL
    settings[6][termios.VMIN], settings[6][termios.VTIME] = 1, 0
    termios.tcsetattr(far, termios.TCSANOW, settings)
    return near, os.ttyname(far)
