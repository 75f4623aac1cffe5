"""Commands in processes of their own: signals, pipes and screens, as a shell has them."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Start = Callable[..., Any]  # Any: a process, as conftest.py has it

_WAIT_S = 30  # for an answer that should come at once; only a failure takes so long

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

FULL = "error: Writing to stdout failed: No space left on device\n\nhint: `df -h` shows which disk is full\n"


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
    assert (running.process.wait(), stderr) == (141, b"")
    assert command("eval", board, "6 * 7") == (0, "42\n", "")


def test_a_value_for_a_reader_that_has_gone(start: Start, board: str) -> None:
    """Nobody is told when nobody listens."""
    running = start("eval", board, "'x' * 100")
    running.process.stdout.close()

    stderr = running.process.stderr.read()

    assert (running.process.wait(), stderr) == (141, b"")


@pytest.mark.parametrize("word", ["--help", "--version"])
def test_help_for_a_reader_that_has_gone(start: Start, word: str) -> None:
    """What typer prints itself ends as what we print."""
    running = start(word)
    running.process.stdout.close()

    stderr = running.process.stderr.read()

    assert (running.process.wait(), stderr) == (141, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a file that is always full is Linux's")
@pytest.mark.parametrize(
    "words",
    [
        ["--help"],
        ["--version"],
        ["exec", "--help"],
        ["devices", "--json"],
        ["sim"],
        ["info", "sim:"],
        ["eval", "sim:", "1"],
        ["exec", "sim:", "print(1)"],
        ["exec", "sim:", "print(1); 1/0"],
        ["run", "sim:", "hello.py"],
    ],
    ids=" ".join,
)
def test_a_full_stdout_is_a_failure(folder: Path, words: list[str]) -> None:
    """One line says so, whatever the program on the board does besides."""
    (folder / "hello.py").write_text("print('hello')\n")

    assert _redirected(">/dev/full", *words) == (
        1,
        "",
        FULL,
    )


@pytest.mark.parametrize(
    "words",
    [["--help"], ["--version"], ["info", "sim:"], ["eval", "sim:", "1"], ["exec", "sim:", "print(1)"]],
)
def test_a_closed_stdout_is_a_failure(words: list[str]) -> None:
    """One line says so."""
    assert _redirected(">&-", *words) == (
        1,
        "",
        "error: Nothing can be printed: stdout is closed\n\nhint: run it without `>&-`\n",
    )


@pytest.mark.parametrize(
    ("words", "ended"),
    [
        (["exec", "sim:", "print(1)"], (0, "1\n", "")),
        (["exec", "sim:", "1/0"], (1, "", "")),
        (["eval", "sim:", "print(1) or 2"], (0, "2\n", "")),
        (["rum"], (2, "", "")),
    ],
    ids=str,
)
def test_a_closed_stderr_is_no_reason_to_fail(words: list[str], ended: tuple[int, str, str]) -> None:
    """What is said for a person is dropped; exit code and data stay."""
    assert _redirected("2>&-", *words) == ended


def test_a_closed_stdin_is_no_reason_to_fail() -> None:
    """A board may be started by a program that has none: its own descriptors never take that number."""
    assert _redirected("<&-", "eval", "sim:", "6 * 7") == (0, "42\n", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a file that is always full is Linux's")
def test_a_board_that_prints_to_a_full_file_is_left_at_its_prompt(board: str, folder: Path) -> None:
    """Its program is interrupted, and the next tool finds the friendly REPL."""
    (folder / "chatty.py").write_text("while True:\n    print('again')\n")

    ended = _redirected(">/dev/full", "run", board, "chatty.py")

    assert ended == (1, "", FULL)
    assert _typed(board, b"6*7\r") == b"6*7\r\n42\r\n>>> "


def _redirected(redirection: str, *words: str) -> tuple[int, str, str]:
    """Run `belay` with these words as a shell does with this behind them."""
    done = subprocess.run(
        ["sh", "-c", f'exec "$@" {redirection}', "sh", sys.executable, "-m", "belay_cli", *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def _typed(board: str, keys: bytes) -> bytes:
    """What a terminal at the board's path shows after these keys, up to the next prompt."""
    terminal = os.open(board, os.O_RDWR | os.O_NOCTTY)
    try:
        os.write(terminal, keys)
        shown = b""
        while not shown.endswith(b"\n>>> ") and select.select([terminal], [], [], _WAIT_S)[0]:
            shown += os.read(terminal, 1000)
    finally:
        os.close(terminal)
    return shown


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
