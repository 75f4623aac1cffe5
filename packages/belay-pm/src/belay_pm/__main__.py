"""`python -m belay_pm` is `belay-pm`."""

from __future__ import annotations

from belay_pm.app import main

main()
