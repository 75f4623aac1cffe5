"""Starting a board anew: `reset`, `soft-reset` and `bootloader`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there is no simulated board on Windows")

MAIN = "runs = 7\nwhile True: print('running')\n"


@pytest.mark.parametrize("name", ["soft-reset", "reset"])
def test_main_runs_then(command: Callable[..., object], board: str, name: str) -> None:
    """What was in memory is gone, and `main.py` runs on when the command has ended."""
    command("exec", board, f"before = 1\nwith open('/main.py', 'w') as file: file.write({MAIN!r})")

    assert command(name, board) == (0, "", "")

    with open(board, "rb", buffering=0) as port:  # noqa: PTH123 - a pty
        assert b"running" in port.read(300) + port.read(300) + port.read(300)
    assert command("eval", board, "runs, 'before' in globals()") == (0, "(7, False)\n", "")


def test_the_bootloader(command: Callable[..., object]) -> None:
    """The link goes away, which is no failure."""
    assert command("bootloader", "--port", "sim:") == (0, "", "")


@pytest.mark.parametrize("name", ["soft-reset", "reset", "bootloader"])
def test_a_board_named_twice(command: Callable[..., object], name: str) -> None:
    """It is misuse."""
    assert command(name, "sim:", "-p", "COM3") == (
        2,
        "",
        "error: The board is named twice: `sim:` and `--port COM3`\n\nhint: leave one of them out\n",
    )
