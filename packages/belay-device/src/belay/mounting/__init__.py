"""A folder of the host's as a file system of the board's.

`wire` finds requests in what a board prints, `folder` is the folder and its fence, `server` answers,
`imports` knows what an import asks for next, `link` joins them to a wire, and `mounting` puts it all onto
a board.
"""

from __future__ import annotations

from belay.mounting.mounting import Mount, mount

__all__ = ["Mount", "mount"]
