"""What is measured: each cell is one tool doing one job once, in processes of its own.

Knows how a worker or a command is started, bounded and read. The numbers it brings are seconds
(bytes where the figure's name says so), by subject, profile and figure.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, NamedTuple

from boards import Count, Tap, fresh_board, port_like
from children import ChildError, follow, run
from environments import TOP

if TYPE_CHECKING:
    from collections.abc import Callable

    from environments import Environment

__all__ = ["Cell", "Figures", "Key", "Workload", "all_cells"]


class Key(NamedTuple):
    """What a number is of.

    Attributes:
        subject: `ours`, `incumbent`, `mpremote`, `mpytool`, `bare`, `incumbent without clock`.
        place: `direct`, `usb`, `uart`, `port` (direct, under a port's name), `sim`, or `process`.
        figure: `call_s`, `connect_s`, …
    """

    subject: str
    place: str
    figure: str


Figures = dict[Key, float]


class Cell(NamedTuple):
    """One measurement of a round.

    Attributes:
        group: what `--only` calls it.
        name: for messages.
        measure: does it once.
        is_once: whether one round is enough, because it counts bytes.
    """

    group: str
    name: str
    measure: Callable[[], Figures]
    is_once: bool = False


class Workload(NamedTuple):
    """How much a worker does in one round.

    Attributes:
        calls: by place, how many calls and generator items.
        lists: how many calls that return 10 kB, on a fast link and on the slow one.
    """

    calls: dict[str, int]
    lists: tuple[int, int]

    def plan(self, place: str, options: dict[str, object]) -> str:
        """Return the argument that tells a worker."""
        lists = self.lists[place == "uart"]
        return json.dumps({"calls": self.calls[place], "lists": lists, "options": options})


FULL = Workload({"direct": 300, "usb": 80, "uart": 15, "port": 50, "sim": 300}, (8, 1))
QUICK = Workload({"direct": 5, "usb": 5, "uart": 3, "port": 3, "sim": 5}, (1, 1))

_WORKERS = {
    "ours": "decorated",
    "incumbent": "decorated",
    "incumbent without clock": "decorated",
    "mpremote": "mpremote_calls",
    "mpytool": "mpytool_calls",
    "bare": "bare",
}
_OPTIONS: dict[str, dict[str, object]] = {"incumbent without clock": {"auto_sync_time": False}}

_LEFT_OUT = {
    # Only connecting is of interest there.
    ("incumbent without clock", "uart"),
    ("incumbent without clock", "port"),
    # Ours takes a pty for a wire that holds bytes back, as it does, and writes up to 2 kB at once; the UART
    # behind this one would lose some. So ours opens that board by its own address, and knows what it is.
    ("ours", "uart"),
}
"""Subjects and places without a measurement of their own."""


def all_cells(environments: dict[str, Environment], workload: Workload) -> list[Cell]:
    """Return the cells of a round for the tools that are there, in the order in which they interleave."""
    server = environments["ours"]
    subjects = {"bare": server, **environments}
    if "incumbent" in environments:
        subjects["incumbent without clock"] = environments["incumbent"]
    cells = [
        _calls_cell(subject, environment, server, place, workload)
        for place in ("direct", "usb", "uart", "port")
        for subject, environment in subjects.items()
        if (subject, place) not in _LEFT_OUT
    ]
    cells.append(_own_board_cell(server, "uart", "sim:?profile=uart", workload))
    cells.append(_own_board_cell(server, "sim", "sim:", workload))
    cells += [
        _import_cell(subject, environments[subject])
        for subject in ("ours", "incumbent")
        if subject in environments
    ]
    for job, commands in _COMMANDS.items():
        cells += [
            _command_cell(job, tool, [environments[tool].program(command[0]), *command[1:]], server)
            for tool, command in commands.items()
            if tool in environments
        ]
    cells += [
        _bytes_cell(subject, environment, server, workload) for subject, environment in subjects.items()
    ]
    return cells


_COMMANDS = {
    "help": {
        "ours": ["belay", "--help"],
        "incumbent": ["belay", "--help"],
        "mpremote": ["mpremote", "--help"],
        "mpytool": ["mpytool", "--help"],
    },
    "exec": {
        "ours": ["belay", "exec", "PORT", "print(1)"],
        "incumbent": ["belay", "exec", "PORT", "print(1)"],
        "mpremote": ["mpremote", "connect", "PORT", "exec", "print(1)"],
        "mpytool": ["mpytool", "-p", "PORT", "exec", "print(1)"],
    },
}
"""Whole processes: the job, the tool, what is typed."""


def _calls_cell(
    subject: str, environment: Environment, server: Environment, place: str, workload: Workload
) -> Cell:
    plan = workload.plan(place, {} if place == "port" else _OPTIONS.get(subject, {}))

    def measure() -> Figures:
        with fresh_board(server, "direct" if place == "port" else place) as path:
            if place != "port":
                return _work(subject, environment, place, path, plan)
            with port_like(path) as link:
                return _work(subject, environment, place, link, plan)

    return Cell(place, f"{subject} on {place}", measure)


def _own_board_cell(environment: Environment, place: str, address: str, workload: Workload) -> Cell:
    """Return a cell for ours on a board that it starts itself."""
    plan = workload.plan(place, {})
    return Cell(place, f"ours on {address}", lambda: _work("ours", environment, place, address, plan))


def _import_cell(subject: str, environment: Environment) -> Cell:
    def measure() -> Figures:
        found = json.loads(run([str(environment.python), _worker("importing")]))
        return {
            Key(subject, "process", "import_s"): found["import_s"],
            Key(subject, "process", "strangers"): len(found["strangers"]),
            Key(subject, "process", "modules"): found["modules"],
        }

    return Cell("import", f"import belay, {subject}", measure)


def _command_cell(job: str, tool: str, command: list[str], server: Environment) -> Cell:
    def measure() -> Figures:
        if "PORT" not in command:
            return {Key(tool, "process", f"{job}_s"): _time_command(command, "")}
        with fresh_board(server, "direct") as path:
            typed = [path if word == "PORT" else word for word in command]
            return {Key(tool, "process", f"{job}_s"): _time_command(typed, "1")}

    return Cell("commands", f"{job}, {tool}", measure)


def _time_command(command: list[str], expected: str) -> float:
    started = time.perf_counter()
    printed = run(command)
    ended = time.perf_counter()
    if expected not in printed.split():
        if expected:
            raise ChildError(f"it printed {printed!r:.80}, not {expected!r}")
        if not printed:
            raise ChildError("it printed nothing")
    return ended - started


def _bytes_cell(subject: str, environment: Environment, server: Environment, workload: Workload) -> Cell:
    def measure() -> Figures:
        plan = workload.plan("direct", _OPTIONS.get(subject, {}))
        marks: list[tuple[str, Count]] = []
        with fresh_board(server, "direct") as path:
            tap = Tap(path)
            try:
                command = [*_command(subject, environment, tap.path, plan), "--marks"]
                follow(command, lambda name: marks.append((name, tap.count())))
            finally:
                tap.close()
        return _per_step(subject, marks, json.loads(plan))

    return Cell("bytes", f"bytes of {subject}", measure, is_once=True)


def _per_step(subject: str, marks: list[tuple[str, Count]], plan: dict[str, int]) -> Figures:
    """Return what each step cost on the wire, for one repetition of it."""
    calls, lists = plan["calls"], plan["lists"]
    repeats = {"call": calls, "method": calls, "item": calls, "list": lists, "batch": lists, "map": lists}
    figures: Figures = {}
    before = Count(0, 0, 0)
    for name, count in marks:
        step = count.since(before)
        for field in step._fields:
            figures[Key(subject, "bytes", f"{name} {field}")] = getattr(step, field) / repeats.get(name, 1)
        before = count
    return figures


def _worker(name: str) -> str:
    return str(TOP / f"bench/workers/{name}.py")


def _command(subject: str, environment: Environment, path: str, plan: str) -> list[str]:
    return [str(environment.python), _worker(_WORKERS[subject]), path, plan]


def _work(subject: str, environment: Environment, place: str, path: str, plan: str) -> Figures:
    figures: dict[str, float] = json.loads(run(_command(subject, environment, path, plan)))
    return {Key(subject, place, figure): value for figure, value in figures.items()}
