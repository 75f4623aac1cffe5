"""Measure Belay beside its peers, in one run on the same simulated board: `python bench/run.py`.

Installs each tool into an environment of its own under `.bench/` when it is missing, runs the rounds,
and writes `docs/benchmarks.md`. Takes about ten minutes; needs Linux or macOS.
A run that leaves something out prints its tables and writes nothing, unless `--output` says where.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from cells import FULL, QUICK, all_cells
from children import run
from command_cells import command_cells
from environments import PEERS, TOP, Environment, make_environments
from file_cells import file_cells
from report import generated_part, read_page
from rounds import run_rounds

__all__ = ["main"]

_PAGE = TOP / "docs/benchmarks.md"
_GROUPS = ("direct", "usb", "uart", "port", "sim", "import", "commands", "bytes", "files", "processes")
_TOOLS = ("ours", *PEERS)


def main() -> None:
    """Run what the command line asks for."""
    given = _parse()
    # ours is always there: it serves the boards
    tools = ["ours", *(tool for tool in given.tools if tool != "ours")]
    is_whole = set(given.only) == set(_GROUPS) and set(tools) == set(_TOOLS) and not given.quick
    path = given.output or (_PAGE if is_whole else None)
    page = read_page(path) if path else None  # before the work: a page that cannot be written is no use
    environments = make_environments(tools, is_here=given.here)
    cells = all_cells(environments, QUICK if given.quick else FULL)
    cells = [cell for cell in cells if cell.group in given.only]
    if "files" in given.only:
        cells += file_cells(environments, is_quick=given.quick)
    if "processes" in given.only:
        cells += command_cells(environments, is_quick=given.quick)
    results = run_rounds(cells, given.rounds)
    part = generated_part(results, environments, _minified_sizes(environments) if is_whole else "")
    if page:
        page.write(part)
    else:
        print(part)
    sys.exit(1 if results.failures else 0)


def _minified_sizes(environments: dict[str, Environment]) -> str:
    """Return the table of `minify_sizes.py`, a measurement of its own that needs no board."""
    ours, theirs = environments["ours"].python, environments["incumbent"].python
    return run([str(ours), str(TOP / "bench/minify_sizes.py"), "--peer-python", str(theirs)]).strip()


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5, help="how often each cell is measured (5)")
    parser.add_argument("--only", nargs="+", choices=_GROUPS, default=_GROUPS, help="groups of cells (all)")
    parser.add_argument("--tools", nargs="+", choices=_TOOLS, default=_TOOLS, help="beside ours (all)")
    parser.add_argument("--quick", action="store_true", help="a few calls each: does it run at all?")
    parser.add_argument("--here", action="store_true", help="take this interpreter's own belay, as it is")
    parser.add_argument("--output", type=Path, help="the page to write (docs/benchmarks.md)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
