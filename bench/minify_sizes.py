"""What minifying makes of a fixed set of files, ours beside the incumbent's: bytes, and MB a second.

    python bench/minify_sizes.py --peer-python PATH/TO/AN/ENVIRONMENT/WITH/belay==0.30.1/bin/python

Prints a Markdown table. The incumbent runs in its own environment, given by its interpreter.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import NamedTuple

__all__ = ["main"]

TOP = Path(__file__).resolve().parent.parent
STANDARD_LIBRARY = Path(sysconfig.get_path("stdlib"))
OUR_FILES = ["examples/*.py", "packages/*/src/*/_onboard/*.py", "packages/*/src/*/*/_onboard/*.py"]
# Modules of the kind that projects for boards copy, with and without many docstrings.
MODULES = [
    "asyncio/queues.py", "base64.py", "bisect.py", "collections/__init__.py", "colorsys.py",
    "configparser.py", "contextlib.py", "csv.py", "datetime.py", "fnmatch.py", "heapq.py",
    "html/parser.py", "json/decoder.py", "json/encoder.py", "logging/handlers.py", "queue.py",
    "random.py", "sched.py", "statistics.py", "string.py", "textwrap.py", "types.py",
    "unittest/case.py", "urllib/parse.py", "xml/etree/ElementTree.py",
]  # fmt: skip
# Runs in both environments, so that both are measured in the same way.
WORKER = """
import json, sys, time, warnings
from belay import minify
warnings.simplefilter("ignore")
sources = [open(path, encoding="utf-8", newline="").read() for path in json.load(sys.stdin)]
options = {"is_file": True} if sys.argv[1] == "ours" else {}
seconds = []
for _ in range(5):
    start = time.perf_counter()
    shorter = [minify(source, **options) for source in sources]
    seconds.append(time.perf_counter() - start)
json.dump([[len(text.encode()) for text in shorter], min(seconds)], sys.stdout)
"""


class Row(NamedTuple):
    """The bytes of one file, as it is and minified."""

    name: str
    plain: int
    ours: int
    theirs: int

    def __str__(self) -> str:
        return f"| {self.name} | {self.plain} | {self.ours} | {self.theirs} | {self.ours / self.theirs:.3f} |"


def main() -> None:
    """Measure both and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peer-python", required=True, help="the interpreter of the incumbent's environment")
    peer_python = parser.parse_args().peer_python

    paths = corpus()
    ours, our_seconds = measured(sys.executable, "ours", paths)
    theirs, their_seconds = measured(peer_python, "theirs", paths)

    rows = [
        Row(*row)
        for row in zip(paths, (path.stat().st_size for path in paths.values()), ours, theirs, strict=True)
    ]
    total = Row("**all**", *(sum(column) for column in list(zip(*rows, strict=True))[1:]))
    print(f"Minified files, in bytes (standard library of Python {platform.python_version()}).\n")
    print("| file | as it is | ours | incumbent | ratio |\n|---|---:|---:|---:|---:|")
    print(*rows, total, sep="\n")
    smaller = sum(row.ours < row.theirs for row in rows)
    print(f"\n{smaller} of {len(rows)} files are smaller than the incumbent's.", end=" ")
    print(f"Ours takes in {total.plain / our_seconds / 1e6:.1f} MB a second,", end=" ")
    print(f"the incumbent {total.plain / their_seconds / 1e6:.1f}.")


def corpus() -> dict[str, Path]:
    """Return the files by the name that the table gives them."""
    ours = sorted(path for pattern in OUR_FILES for path in TOP.glob(pattern))
    return {
        **{str(path.relative_to(TOP)).replace("packages/", "").replace("/src", ""): path for path in ours},
        **{name: STANDARD_LIBRARY / name for name in MODULES},
    }


def measured(python: str, whose: str, paths: dict[str, Path]) -> tuple[list[int], float]:
    """Return the size of each minified file in bytes, and the fastest round over all of them in seconds."""
    done = subprocess.run(
        [python, "-c", WORKER, whose],
        input=json.dumps([str(path) for path in paths.values()]),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    sizes, seconds = json.loads(done.stdout)
    return sizes, seconds


if __name__ == "__main__":
    main()
