"""The example about proxies."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parents[3] / "examples/proxy.py"


def test_it_runs_on_a_simulated_board() -> None:
    """It prints what it promises, on the whole."""
    done = subprocess.run(
        [sys.executable, str(EXAMPLE), "sim:"], capture_output=True, text=True, timeout=30, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "the LED is 1\n"
        "the readings are [1, 2, 3]\n"
        "the filter has seen 4 things, the last is the LED: True\n"
        "without it [1, 2, 3]\n"
    )
