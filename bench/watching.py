"""Measure how long `--watch` takes from a saved file to a board that has it: `python bench/watching.py`.

Whole processes, which run already; a save is one write in place. What ends the time is a line: for `run` and
`install --run` the first that the new script prints, for `sync` the summary of what was sent.
"""

from __future__ import annotations

import argparse
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

_FILES = 100
_PROJECT = '[tool.belay]\nname = "app"\n'
_START = "import app.module_7\nprint(app.module_7.value)\nwhile True:\n    pass\n"


class Job(NamedTuple):
    """What is watched.

    Attributes:
        words: behind `belay`.
        saved: the file that is saved.
        text: what is in it, with its number as `{number}`.
        answers: whether a line that tells that the board has it came on stdout, else on stderr.
    """

    words: tuple[str, ...]
    saved: str
    text: str
    answers: bool


_JOBS = {
    "run, script that loops": Job(
        ("run", "--watch", "BOARD", "main.py"),
        "main.py",
        "print({number})\nwhile True:\n    pass\n",
        answers=True,
    ),
    "sync, 1 of 100 files": Job(
        ("sync", "--watch", "BOARD", "app"), "app/module_7.py", "value = {number}\n", answers=False
    ),
    "install --run, 1 of 100 files": Job(
        ("install", "--watch", "BOARD", "--run", "start.py"),
        "app/module_7.py",
        "value = {number}\n",
        answers=True,
    ),
}


def main() -> None:
    """Measure what the command line asks for, and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--board", nargs="+", default=["sim:?profile=usb", "sim:"], help="addresses")
    parser.add_argument("--saves", type=int, default=15, help="how often a file is saved (15)")
    given = parser.parse_args()
    print("| from a saved file to the board | board | median, s | slowest, s |\n|---|---|---|---|")
    for board in given.board:
        for name, job in _JOBS.items():
            seconds = _measure(job, board, given.saves)
            print(
                f"| {name} | `{board}` | {statistics.median(seconds):.3f} | {max(seconds):.3f} |", flush=True
            )


def _measure(job: Job, board: str, saves: int) -> list[float]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "app").mkdir()
        for number in range(_FILES):
            (folder / f"app/module_{number}.py").write_text(f"value = {number}\n" + "x = [1, 2, 3]\n" * 60)
        (folder / "app/__init__.py").touch()
        (folder / "start.py").write_text(_START)
        (folder / "pyproject.toml").write_text(_PROJECT)
        saved = folder / job.saved
        saved.write_text(job.text.format(number=0))
        words = [board if word == "BOARD" else word for word in job.words]
        environment = os.environ | {"BELAY_CACHE_DIR": str(folder / "cache")}
        process = subprocess.Popen(
            [sys.executable, "-m", "belay_cli", *words],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL if job.answers else subprocess.PIPE,
            text=True,
        )
        try:
            stream = process.stdout if job.answers else process.stderr
            assert stream is not None
            return _saves(job, saved, stream.readline, saves)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait()


def _saves(job: Job, saved: Path, read_line: Callable[[], str], saves: int) -> list[float]:
    seconds = []
    _wait(job, read_line, 0)
    for number in range(1, saves + 1):
        began = time.monotonic()
        saved.write_text(job.text.format(number=number))
        _wait(job, read_line, number)
        seconds.append(time.monotonic() - began)
    return seconds


def _wait(job: Job, read_line: Callable[[], str], number: int) -> None:
    while line := read_line():
        if line == f"{number}\n" if job.answers else line.startswith("Sent "):
            return
    raise SystemExit("the command has ended")


if __name__ == "__main__":
    main()
