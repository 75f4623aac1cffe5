"""A second update with nothing changed, for 20 dependencies: whole processes, ours beside the incumbent's.

    python bench/packages.py [--peer PATH/TO/belay] [--rounds 7]

Prints a Markdown table. Ours has them in 20 git repositories on this computer, each asked for its branch;
both have them in 20 files as well, which is what the incumbent can do without the web.
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

__all__ = ["main"]

_COUNT = 20
_GIT = {
    f"GIT_{role}_{what}": "bench@example.com"
    for role in ("AUTHOR", "COMMITTER")
    for what in ("NAME", "EMAIL")
}


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peer", help="the `belay` command of the incumbent's environment")
    parser.add_argument("--rounds", type=int, default=7, help="how often each is measured (7)")
    given = parser.parse_args()
    ours = [sys.executable, "-m", "belay_pm"]
    cells = {
        ("20 git repositories", "ours"): (ours, _repositories),
        ("20 local files", "ours"): (ours, _files),
        **({("20 local files", "belay 0.30.1"): ([given.peer], _files)} if given.peer else {}),
    }
    print("| dependencies | tool | first update | second, nothing changed |\n|---|---|---:|---:|")
    for (what, tool), (command, make) in cells.items():
        first, second = _measured(command, make, given.rounds)
        print(f"| {what} | {tool} | {first:.2f} s | {second:.2f} s |")


def _measured(command: list[str], make: object, rounds: int) -> tuple[float, float]:
    """Return the seconds of a first update, and the median of the following ones."""
    with tempfile.TemporaryDirectory() as top:
        folder = Path(top, "project")
        folder.mkdir()
        wanted = make(Path(top, "sources"))  # type: ignore[operator] # one of the two below
        lines = "".join(f'{name} = "{uri}"\n' for name, uri in wanted.items())
        (folder / "pyproject.toml").write_text(
            f'[tool.belay]\nname = "bench"\n[tool.belay.dependencies]\n{lines}'
        )
        (folder / "bench").mkdir()
        times = [_timed([*command, "update"], folder, Path(top)) for _ in range(rounds + 1)]
    return times[0], statistics.median(times[1:])


def _timed(command: list[str], folder: Path, top: Path) -> float:
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    environment = kept | {"HOME": str(top / "home"), "XDG_CACHE_HOME": str(top / "cache"), "NO_COLOR": "1"}
    (top / "home").mkdir(exist_ok=True)
    start_s = time.perf_counter()
    subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=True, timeout=300)
    return time.perf_counter() - start_s


def _repositories(folder: Path) -> dict[str, str]:
    wanted = {}
    for name in _names():
        path = folder / name
        _write(path / f"{name}.py", name)
        for words in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", name]):
            subprocess.run(["git", *words], cwd=path, env=os.environ | _GIT, check=True)
        wanted[name] = f"git+{path.as_uri()}@main#{name}.py"
    return wanted


def _files(folder: Path) -> dict[str, str]:
    for name in _names():
        _write(folder / f"{name}.py", name)
    return {name: f"../sources/{name}.py" for name in _names()}


def _names() -> list[str]:
    return [f"module_{number}" for number in range(_COUNT)]


def _write(path: Path, name: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"name = {name!r}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
