"""Serves a fresh simulated board behind a pty until its standard input ends: `python board.py PROFILE`."""

from __future__ import annotations

import sys

from belay_transport.sim import SimOptions, serve_pty


def main() -> None:
    with serve_pty(SimOptions.from_query(None, [("profile", sys.argv[1])])) as board:
        board.fence()  # returns when the board has booted
        print(board.path, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
