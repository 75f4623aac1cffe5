"""Serves a fresh simulated board behind a pty until its standard input ends: `board.py PROFILE FLASH`."""

from __future__ import annotations

import sys

from belay_transport.sim import SimOptions, serve_pty


def main() -> None:
    with serve_pty(SimOptions.from_query(None, [("profile", sys.argv[1]), ("flash", sys.argv[2])])) as board:
        board.fence()  # returns when the board has booted
        print(board.path, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
