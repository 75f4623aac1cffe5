"""A fleet beside a single board: `belay sync` and `belay install` of 100 small files each, at 115200 baud.

    python bench/fleets.py [--boards 8] [--rounds 5]

Prints a Markdown table of whole processes: at most 1.3 times the time of one board is promised. The boards
are simulated, each with a MicroPython of its own, and start within the time that is measured.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from payloads import make_payloads

__all__ = ["main"]

_BOARD = "sim:?baud=115200"
_AT_MOST = 1.3
_NAME = "fleet"


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--boards", type=int, default=8, help="how many are compared with one (8)")
    parser.add_argument("--rounds", type=int, default=5, help="how often each is measured (5)")
    given = parser.parse_args()
    print(f"| command | 1 board | {given.boards} boards | ratio | at most |\n|---|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as top:
        folder = _project(Path(top))
        for words in (["sync", _NAME], ["install"]):
            one, many = _measured(words, folder, counts=(1, given.boards), rounds=given.rounds)
            print(f"| `belay {words[0]}` | {one:.2f} s | {many:.2f} s | {many / one:.2f} | {_AT_MOST} |")
    print(f"\nLoad when it ended: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores.")


def _project(top: Path) -> Path:
    """Make a project whose own package is the folder of small files, and return its folder."""
    folder = top / "project"
    folder.mkdir()
    payloads = make_payloads(top / "payloads", is_quick=False)["slow"]
    payloads.tree.rename(folder / _NAME)
    (folder / "pyproject.toml").write_text(f'[tool.belay]\nname = "{_NAME}"\n')
    return folder


def _measured(words: list[str], folder: Path, *, counts: tuple[int, int], rounds: int) -> list[float]:
    """Return the median seconds for each number of boards, in rounds that interleave."""
    times: dict[int, list[float]] = {count: [] for count in counts}
    for _ in range(rounds):
        for count in counts:
            times[count].append(_timed(words, folder, count))
    return [statistics.median(times[count]) for count in counts]


def _timed(words: list[str], folder: Path, count: int) -> float:
    name, *rest = words
    ports = [word for _ in range(count) for word in ("--port", _BOARD)]
    with tempfile.TemporaryDirectory() as cache:  # nothing is minified beforehand
        environment = os.environ | {"BELAY_CACHE_DIR": cache, "NO_COLOR": "1"}
        start_s = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "belay_cli", name, *ports, *rest],
            cwd=folder,
            env=environment,
            capture_output=True,
            check=True,
            timeout=120,
        )
        return time.perf_counter() - start_s


if __name__ == "__main__":
    main()
