"""The example that shows `device.fs`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

EXAMPLE = Path(__file__).parents[3] / "examples" / "files.py"


def test_the_example_runs() -> None:
    """`examples/files.py` does what it says, and leaves nothing on the board."""
    done = subprocess.run(
        [sys.executable, str(EXAMPLE), "sim:"], capture_output=True, text=True, timeout=30, check=True
    )

    assert "/belay-example/copy.txt" in done.stdout
    assert "Hello from the host\nand once more\n" in done.stdout
