"""From medians to tables: what took how long, and what went over the wire.

Pure: knows no process, file or clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cells import Key

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rounds import Results

__all__ = ["FILES", "PROCESSES", "TIMES", "as_markdown", "bytes_table", "in_units", "times_table"]

COLUMNS = {
    "ours": "Belay",
    "incumbent": "belay 0.30.1",
    "mpremote": "mpremote",
    "mpytool": "mpytool",
    "bare": "raw REPL",
}
"""The subjects that have a column, and its heading."""

TIMES = (
    ("task call, small arguments; `direct`", "direct", "call_s"),
    ("task call; `usb`", "usb", "call_s"),
    ("task call; `uart`", "uart", "call_s"),
    ("task call; `direct`, under a port's name", "port", "call_s"),
    ("task call; `sim:`, no pty between", "sim", "call_s"),
    ("method call of a proxy; `direct`", "direct", "method_s"),
    ("method call of a proxy; `usb`", "usb", "method_s"),
    ("generator item; `direct`", "direct", "item_s"),
    ("generator item; `usb`", "usb", "item_s"),
    ("call that returns a 10 kB list; `direct`", "direct", "list_s"),
    ("call that returns a 10 kB list; `usb`", "usb", "list_s"),
    ("call that returns a 10 kB list; `uart`", "uart", "list_s"),
    ("connect to first result; `direct`", "direct", "connect_s"),
    ("connect to first result; `usb`", "usb", "connect_s"),
    ("start a board and connect to it; `sim:`", "sim", "connect_s"),
    ("`device.batch()` of 100 calls; `direct`", "direct", "batch_s"),
    ("`device.batch()` of 100 calls; `usb`", "usb", "batch_s"),
    ("`task.map` over 100 items; `usb`", "usb", "map_s"),
    ("`import belay`", "process", "import_s"),
    ("help text, whole process", "process", "help_s"),
    ("`exec PORT 'print(1)'`, whole process; `direct`", "process", "exec_s"),
)
"""The rows of the table of times: what was done, where, and which figure of it."""

FILES = (
    ("1 MB random up; `direct`", "direct", "random_up_s"),
    ("1 MB random up; `usb`", "usb", "random_up_s"),
    ("100 kB random up; `uart`", "uart", "random_up_s"),
    ("1 MB random down; `direct`", "direct", "random_down_s"),
    ("1 MB random down; `usb`", "usb", "random_down_s"),
    ("100 kB random down; `uart`", "uart", "random_down_s"),
    ("1 MB text up; `direct`", "direct", "text_up_s"),
    ("1 MB text up; `usb`", "usb", "text_up_s"),
    ("100 kB Python source up; `uart`", "uart", "text_up_s"),
    ("100 small files, new; `direct`", "direct", "sync_new_s"),
    ("100 small files, new; `usb`", "usb", "sync_new_s"),
    ("100 small files, new; `uart`", "uart", "sync_new_s"),
    ("100 small files, unchanged, later in a session; `direct`", "direct", "sync_same_s"),
    ("100 small files, unchanged, later in a session; `usb`", "usb", "sync_same_s"),
    ("100 small files, unchanged, later in a session; `uart`", "uart", "sync_same_s"),
    ("100 small files, unchanged, first of a session; `direct`", "direct", "sync_first_s"),
    ("100 small files, unchanged, first of a session; `usb`", "usb", "sync_first_s"),
    ("100 small files, unchanged, first of a session; `uart`", "uart", "sync_first_s"),
    ("1 MB random up, 32 kB of free heap; `sim:`", "heap", "small_up_s"),
    ("1 MB random down, 32 kB of free heap; `sim:`", "heap", "small_down_s"),
)
"""The same for files."""

PROCESSES = (
    ("`python -c pass`", "process", "nothing_s"),
    ("`remote connect PORT resume eval 1+1`; `direct`", "process", "remote_eval_s"),
    ("100 small files, new: `sync`, `cp`; `usb`", "usb", "process_new_s"),
    ("100 small files, unchanged: `sync`, `cp`; `usb`", "usb", "process_same_s"),
    ("`mount DIR exec 'import pkg'`, 20 kB; `usb`", "usb", "mount_remote_s"),
    ("the import in it, as the board sees it", "usb", "import_remote_s"),
    ("the same; `usb`, under a port's name", "usb port", "mount_remote_s"),
    ("the import in it", "usb port", "import_remote_s"),
    ("`belay mount PORT DIR --exec 'import pkg'`, 20 kB; `usb`", "usb", "mount_native_s"),
    ("the import in it, again", "usb", "import_native_s"),
)
"""The same for commands, as whole processes."""

_LARGEST_MS = 10_000

STEPS = (
    ("connecting, before the first call", "connect"),
    ("task call", "call"),
    ("method call of a proxy", "method"),
    ("generator item", "item"),
    ("call that returns a 10 kB list", "list"),
    ("`device.batch()` of 100 calls", "batch"),
    ("sync of 100 small files, new", "sync new"),
    ("sync of them, unchanged", "sync same"),
    ("sync of them, unchanged, first of a session", "sync first"),
)
"""The rows of the table of bytes, and the mark that ends each step."""


def times_table(results: Results, jobs: Sequence[tuple[str, str, str]] = TIMES) -> list[list[str]]:
    """Return the medians, a row for each job; with the incumbent, how many times faster ours is."""
    measured = {key.subject for key in results.samples if any(key[1:] == job[1:] for job in jobs)}
    columns = [subject for subject in COLUMNS if subject in measured]
    is_compared = "incumbent" in columns
    last = ["times faster than belay 0.30.1"] if is_compared else []
    table = [["", *(COLUMNS[subject] for subject in columns), *last]]
    for title, place, figure in jobs:
        medians = {subject: results.median(Key(subject, place, figure)) for subject in columns}
        if all(value is None for value in medians.values()):
            continue
        ours, theirs = medians.get("ours"), medians.get("incumbent")
        ratio = f"{theirs / ours:.1f}" if ours and theirs else ""
        cells = [in_units(value, figure) for value in medians.values()]
        table.append([title, *cells, *([ratio] if is_compared else [])])
    return table


def bytes_table(results: Results) -> list[list[str]]:
    """Return what each step takes on the wire: bytes to the board / from the board / turnarounds."""
    columns = _present(results)
    table = [["bytes up / bytes down / turnarounds", *(COLUMNS[subject] for subject in columns)]]
    for title, step in STEPS:
        cells = []
        for subject in columns:
            counts = [
                results.median(Key(subject, "bytes", f"{step} {field}")) for field in ("up", "down", "turns")
            ]
            cells.append(" / ".join(_count(count) for count in counts if count is not None))
        if any(cells):
            table.append([title, *cells])
    return table


def as_markdown(table: Iterable[list[str]]) -> str:
    """Return rows, the first of which is the heading, as a Markdown table."""
    heading, *rows = table
    rule = ["---", *("---:" for _ in heading[1:])]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [heading, rule, *rows])


def in_units(value: float | None, figure: str) -> str:
    """Return a number as people read it: seconds as milliseconds, anything else as a count."""
    if value is None:
        return ""
    if not figure.endswith("_s"):
        return _count(value)
    milliseconds = value * 1000
    if milliseconds > _LARGEST_MS:
        return f"{value:.1f} s"
    return f"{milliseconds:.3g} ms" if milliseconds < 100 else f"{milliseconds:.0f} ms"


def _count(value: float) -> str:
    return f"{value:.0f}" if abs(value - round(value)) < 0.05 else f"{value:.1f}"


def _present(results: Results) -> list[str]:
    subjects = {key.subject for key in results.samples}
    return [subject for subject in COLUMNS if subject in subjects]
