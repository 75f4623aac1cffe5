"""The examples do on a simulated board what they show."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("events", "waiting for the button\nthe button is pressed\nthe button is released\n"),
        # The first tick may come before the tasks have ended.
        (
            "async_tasks",
            "(tick .*\n)?doubled: .0, 2, 4, 6, 8.\n(tick at \\d+ ms\n)+given up; the board answers: 42\n",
        ),
    ],
)
def test_an_example(name: str, printed: str) -> None:
    """It runs to its end, and prints what it is said to print."""
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / f"{name}.py"), "sim:"],
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )

    assert done.stderr == ""
    assert re.fullmatch(printed, done.stdout)
