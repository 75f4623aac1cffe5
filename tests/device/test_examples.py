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
        (
            "sync",
            (
                "first:\nmake folder /example .new.\n(put file .*\n){2}again:\nnothing to do\n"
                "changed:\nput file /example/names.txt .changed, 20 bytes.\n"
                "the board has .'red', 'green'.\n"
            ),
        ),
        ("subclass", "switched 6 times\non: True\ncounted .0, 1, 2, 3.\n"),
        (
            "reconnect",
            "read 25\nread 30\nread 35\nunplugged, and plugged in again\nread 25\nread 30\nread 35\n",
        ),
        ("webrepl", "doubling 21 far away\n42\nfiles cross as well\n"),
        ("proxy", "the LED is 1\nthe readings are .1, 2, 3.\n(.*\n)+without it .1, 2, 3.\n"),
        (
            "files",
            "(.* bytes  /belay-example/.*\n)+Hello from the host\nand once more\n\\d+ bytes are free\n",
        ),
        ("timestamps", "the board's clock is .* ahead, to .* ms\n(.*\n)+which is known to .*\n"),
        ("events", "waiting for the button\nthe button is pressed\nthe button is released\n"),
        # The first tick may come before the tasks have ended, and more of them before the clock stops.
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
