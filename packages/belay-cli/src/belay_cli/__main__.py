"""`python -m belay_cli` is `belay`."""

from __future__ import annotations

from belay_cli.app import main

main()
