"""What is measured of files: each tool moves the same bytes and syncs the same folder, on a board of its own.

Like `cells`, which knows the other jobs. A Belay does it inside one session, the others as whole processes.
"""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from boards import Count, Tap, fresh_board
from cells import Cell, Key
from children import ChildError, follow, run
from environments import TOP
from payloads import make_payloads

if TYPE_CHECKING:
    from cells import Figures
    from environments import Environment
    from payloads import Payloads

__all__ = ["file_cells"]

_GROUP = "files"
_FLASH = "8m"
_TIMEOUT_S = 180.0
"""The longest: the incumbent with 1 MB of random bytes on `usb` takes 46 s on a quiet machine."""

_PLACES = ("direct", "usb", "uart")
_BELAYS = ("ours", "incumbent")
_OFTEN = {
    # What takes no more than some seconds; the others are measured once in a run.
    ("ours", "direct"),
    ("ours", "usb"),
    ("mpytool", "direct"),
}
_OFTEN_SYNCED = _OFTEN | {("incumbent", "direct"), ("incumbent", "usb")}

_COPY = {
    "mpremote": ["mpremote", "connect", "PORT", "fs", "cp", "FROM", "TO"],
    "mpytool": ["mpytool", "-p", "PORT", "cp", "FROM", "TO"],
}
_COPY_FOLDER = {
    "mpremote": ["mpremote", "connect", "PORT", "fs", "cp", "-r", "FROM", "TO"],
    "mpytool": _COPY["mpytool"],
}
_TOO_SLOW = {
    # Half a minute and more each; one such figure says enough.
    ("incumbent", "usb", "text_up_s"),
    ("mpremote", "usb", "text_up_s"),
    ("mpremote", "usb", "random_down_s"),
    ("mpremote", "uart", "text_up_s"),
    ("mpremote", "uart", "random_down_s"),
    ("mpremote", "uart", "sync"),
}


def file_cells(environments: dict[str, Environment], *, is_quick: bool) -> list[Cell]:
    """Return the cells about files for the tools that are there, in the order in which they interleave."""
    server = environments["ours"]
    payloads = make_payloads(TOP / ".bench" / ("quick" if is_quick else "payloads"), is_quick=is_quick)
    cells: list[Cell] = []
    for place in _PLACES:
        moved = payloads["slow" if place == "uart" else "fast"]
        for subject, environment in environments.items():
            if subject in _BELAYS:
                cells += _session_cells(subject, environment, server, place, moved)
            else:
                cells += _process_cells(subject, environment, server, place, moved)
    cells += [
        _bytes_cell(subject, environments[subject], server, payloads["fast"])
        for subject in _BELAYS
        if subject in environments
    ]
    cells.append(_heap_cell(server, payloads["fast"]))
    return cells


def _session_cells(
    subject: str, environment: Environment, server: Environment, place: str, payloads: Payloads
) -> list[Cell]:
    plan = _plan(payloads, has_text=(subject, place, "text_up_s") not in _TOO_SLOW)
    is_own = subject == "ours" and place == "uart"  # as with calls: see `cells`

    def measure(worker: str) -> Figures:
        command = [str(environment.python), str(TOP / f"bench/workers/{worker}.py")]
        if is_own:
            return _read(run([*command, f"sim:?profile=uart&flash={_FLASH}", plan], timeout_s=_TIMEOUT_S))
        with fresh_board(server, place, flash=_FLASH) as path:
            return _read(run([*command, path, plan], timeout_s=_TIMEOUT_S))

    def _read(printed: str) -> Figures:
        return {Key(subject, place, figure): value for figure, value in json.loads(printed).items()}

    return [
        Cell(
            _GROUP,
            f"large files, {subject} on {place}",
            lambda: measure("moving"),
            is_once=(subject, place) not in _OFTEN,
        ),
        Cell(
            _GROUP,
            f"sync, {subject} on {place}",
            lambda: measure("syncing"),
            is_once=(subject, place) not in _OFTEN_SYNCED,
        ),
    ]


def _process_cells(
    tool: str, environment: Environment, server: Environment, place: str, payloads: Payloads
) -> list[Cell]:
    def copy(command: list[str], path: str, source: str, target: str) -> float:
        words = {"PORT": path, "FROM": source, "TO": target}
        typed = [environment.program(command[0]), *(words.get(word, word) for word in command[1:])]
        started = time.perf_counter()
        run(typed, timeout_s=_TIMEOUT_S)
        return time.perf_counter() - started

    def check(path: str, sent: dict[str, str]) -> None:
        """Make sure that the board has what was sent: path there -> file here."""
        worker = str(TOP / "bench/workers/checking.py")
        run([str(server.python), worker, path, json.dumps(sent)], timeout_s=_TIMEOUT_S)

    def move() -> Figures:
        figures: Figures = {}
        command = _COPY[tool]
        sent: dict[str, str] = {}
        with fresh_board(server, place, flash=_FLASH) as path, tempfile.TemporaryDirectory() as folder:
            for name, source in (("random", payloads.random), ("text", payloads.text)):
                if (tool, place, f"{name}_up_s") not in _TOO_SLOW:
                    figures[Key(tool, place, f"{name}_up_s")] = copy(command, path, str(source), f":/{name}")
                    sent[f"/{name}"] = str(source)
            if (tool, place, "random_down_s") not in _TOO_SLOW:
                target = Path(folder) / "copy"
                figures[Key(tool, place, "random_down_s")] = copy(command, path, ":/random", str(target))
                if target.read_bytes() != payloads.random.read_bytes():
                    raise ChildError("what it brought back is not what it had sent")
            check(path, sent)
        return figures

    def sync() -> Figures:
        command = _COPY_FOLDER[tool]
        with fresh_board(server, place, flash=_FLASH) as path:
            figures = {
                Key(tool, place, figure): copy(command, path, str(payloads.tree), ":/")
                for figure in ("sync_new_s", "sync_first_s")
            }
            files = [file for file in payloads.tree.rglob("*") if file.is_file()]
            parent = payloads.tree.parent
            check(path, {f"/{file.relative_to(parent).as_posix()}": str(file) for file in files})
            return figures

    is_once = (tool, place) not in _OFTEN
    cells = [Cell(_GROUP, f"large files, {tool} on {place}", move, is_once)]
    if (tool, place, "sync") not in _TOO_SLOW:
        cells.append(Cell(_GROUP, f"folder, {tool} on {place}", sync, is_once))
    return cells


def _bytes_cell(subject: str, environment: Environment, server: Environment, payloads: Payloads) -> Cell:
    def measure() -> Figures:
        marks: list[tuple[str, Count]] = []
        with fresh_board(server, "direct", flash=_FLASH) as path:
            tap = Tap(path)
            try:
                worker = str(TOP / "bench/workers/syncing.py")
                command = [str(environment.python), worker, tap.path, _plan(payloads), "--marks"]
                follow(command, lambda name: marks.append((name, tap.count())))
            finally:
                tap.close()
        figures: Figures = {}
        before = Count(0, 0, 0)
        for name, count in marks:
            for field, value in count.since(before)._asdict().items():
                figures[Key(subject, "bytes", f"{name} {field}")] = value
            before = count
        return figures

    return Cell(_GROUP, f"bytes of a sync, {subject}", measure, is_once=True)


def _heap_cell(server: Environment, payloads: Payloads) -> Cell:
    def measure() -> Figures:
        printed = run([str(server.python), str(TOP / "bench/workers/small_heap.py"), _plan(payloads)])
        return {Key("ours", "heap", figure): value for figure, value in json.loads(printed).items()}

    return Cell(_GROUP, "heap of a small board", measure, is_once=True)


def _plan(payloads: Payloads, *, has_text: bool = True) -> str:
    paths = {name: str(path) for name, path in payloads._asdict().items() if has_text or name != "text"}
    return json.dumps(paths)
