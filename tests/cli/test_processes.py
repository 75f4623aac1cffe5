"""Commands in processes of their own: signals, pipes and screens, as a shell has them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Start = Callable[..., Any]  # Any: a process, as conftest.py has it
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has neither these signals nor ptys")

ENDLESS = """\
ended = False
print("started")
try:
    while True:
        pass
finally:
    ended = True
"""


@pytest.fixture
def endless(folder: Path) -> str:
    """A script that only an interrupt ends, and that notes when it has ended."""
    (folder / "endless.py").write_text(ENDLESS)
    return "endless.py"


@pytest.mark.parametrize(
    ("ending", "exit_code", "stderr"),
    [("SIGINT", 130, "interrupted\n"), ("SIGTERM", 143, ""), ("SIGHUP", 129, "")],
)
def test_the_program_on_the_board_ends_first(
    command: Callable[..., object],
    start: Start,
    board: str,
    endless: str,
    *,
    ending: str,
    exit_code: int,
    stderr: str,
) -> None:
    """Whatever signal ends the command, the script on the board is interrupted, and the board answers."""
    running = start("run", board, endless)
    first = running.read_line()

    running.process.send_signal(signal.Signals[ending])

    assert first == "started\n"
    assert running.finish() == (exit_code, "", stderr)
    assert command("eval", board, "ended") == (0, "True\n", "")


def test_a_reader_that_goes_away_ends_the_program(
    command: Callable[..., object], start: Start, board: str, folder: Path
) -> None:
    """As in `belay run … | head`: no traceback of ours, and the board's program is interrupted."""
    (folder / "chatty.py").write_text("while True:\n    print('again')\n")
    running = start("run", board, "chatty.py")
    first = running.read_line()

    running.process.stdout.close()
    stderr = running.process.stderr.read()

    assert first == "again\n"
    assert (running.process.wait(), stderr) == (1, b"")
    assert command("eval", board, "6 * 7") == (0, "42\n", "")


def test_a_value_for_a_reader_that_has_gone(start: Start, board: str) -> None:
    """Nobody is told when nobody listens."""
    running = start("eval", board, "'x' * 100")
    running.process.stdout.close()

    stderr = running.process.stderr.read()

    assert (running.process.wait(), stderr) == (1, b"")


def test_prints_arrive_while_the_script_runs(start: Start, board: str, folder: Path) -> None:
    """The first line is there while the second waits for us."""
    (folder / "asking.py").write_text("import sys\nprint('ready')\nwhile True: pass\n")

    running = start("run", board, "asking.py")

    assert running.read_line() == "ready\n"
    assert running.process.poll() is None


def test_a_narrow_encoding_is_no_reason_to_fail(start: Start) -> None:
    """Values are escaped, and what a board prints passes as the bytes that it is."""
    value = start("eval", "sim:", "'21 °C'", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    printed = start("exec", "sim:", "print('21 °C')", PYTHONIOENCODING="ascii", PYTHONUTF8="0")

    assert value.finish() == (0, "'21 \\xb0C'\n", "")
    assert printed.finish() == (0, "21 °C\n", "")


@pytest.mark.parametrize(
    ("environment", "label"), [({"NO_COLOR": ""}, "\033[1;31merror:\033[0m"), ({"NO_COLOR": "1"}, "error:")]
)
def test_a_screen_gets_colours_unless_it_objects(
    folder: Path, environment: dict[str, str], label: str
) -> None:
    """On a terminal errors are red, with `NO_COLOR` they are plain."""
    near, far = os.openpty()
    with os.fdopen(near, "rb", buffering=0) as screen:
        try:
            done = subprocess.run(
                [sys.executable, "-m", "belay_cli", "rum"],
                cwd=folder,
                env=os.environ | environment | {"TERM": "xterm"},
                stdin=subprocess.DEVNULL,
                stderr=far,
                check=False,
            )
        finally:
            os.close(far)
        shown = screen.read(1000).decode()

    assert done.returncode == 2
    assert shown.startswith(f"{label} `rum` is not a command of `belay`\r\n")
