"""What is measured of commands: whole processes, from what is typed to the end, each on a board of its own.

Like `cells`, which knows the other jobs. What a command printed is looked at: one that did not do its job
counts as failed.
"""

from __future__ import annotations

import re
import tempfile
import time
from typing import TYPE_CHECKING

from boards import fresh_board, port_like
from cells import Cell, Key
from children import ChildError, run
from environments import TOP
from payloads import make_payloads

if TYPE_CHECKING:
    from pathlib import Path

    from cells import Figures
    from environments import Environment

__all__ = ["command_cells"]

_GROUP = "processes"
_FLASH = "8m"
_TIMEOUT_S = 60.0

_REMOTE = {"ours": ["belay", "remote"], "mpremote": ["mpremote"]}
"""How mpremote's words begin."""

_MODULES = 10
_MODULE_BYTES = 2000
"""Together 20 kB."""

_FUNCTION = '''
def reading_{number}(values, scale=1):
    """Return the mean of what was read, or 0 when nothing was."""
    if not values:
        return 0
    total = 0
    for value in values:
        total += value * scale
    return total / len(values)
'''

_ALONE = (
    "import time;started=time.ticks_us();import pkg;"
    "print('took', time.ticks_diff(time.ticks_us(),started), pkg.count)"
)
"""Imports the package, and says how long the board saw it take."""


def command_cells(environments: dict[str, Environment], *, is_quick: bool) -> list[Cell]:
    """Return the cells about whole processes for the tools that are there."""
    server = environments["ours"]
    top = TOP / ".bench" / ("quick" if is_quick else "payloads")
    tree = make_payloads(top, is_quick=is_quick)["fast"].tree
    package = _make_package(top / "mounted")
    cells = [_bare_cell(server)]
    cells += [_eval_cell(tool, environments[tool], server) for tool in _REMOTE if tool in environments]
    cells.append(_sync_cell(server, tree))
    if "mpytool" in environments:
        cells.append(_copy_cell(environments["mpytool"], server, tree))
    for tool, words in _REMOTE.items():
        if tool in environments:
            chain = [*words, "connect", "PORT", "mount", str(package), "exec", _ALONE]
            for place in ("usb", "usb port"):
                key = Key(tool, place, "remote")
                cells.append(_import_cell(key, environments[tool], server, chain))
    native = ["belay", "mount", "PORT", str(package), "--exec", _ALONE]
    cells.append(_import_cell(Key("ours", "usb", "native"), server, server, native))
    return cells


def _bare_cell(server: Environment) -> Cell:
    """Return a cell for an interpreter that does nothing: no program in Python takes less."""

    def measure() -> Figures:
        seconds, _ = _timed([str(server.python), "-c", "pass"])
        return {Key("ours", "process", "nothing_s"): seconds}

    return Cell(_GROUP, "python -c pass", measure)


def _eval_cell(tool: str, environment: Environment, server: Environment) -> Cell:
    words = [*_REMOTE[tool], "connect", "PORT", "resume", "eval", "1+1"]

    def measure() -> Figures:
        with fresh_board(server, "direct") as path:
            seconds, printed = _timed(_command(environment, words, path))
        if printed.strip() != "2":
            raise ChildError(f"it printed {printed!r:.80}, not 2")
        return {Key(tool, "process", "remote_eval_s"): seconds}

    return Cell(_GROUP, f"remote eval, {tool}", measure)


def _sync_cell(server: Environment, tree: Path) -> Cell:
    count = sum(path.is_file() for path in tree.rglob("*"))
    words = ["belay", "sync", "PORT", str(tree), "--json"]

    def measure() -> Figures:
        with fresh_board(server, "usb", flash=_FLASH) as path, tempfile.TemporaryDirectory() as cache:
            variables = {"BELAY_CACHE_DIR": cache}  # nothing is minified beforehand
            new_s, sent = _timed(_command(server, words, path), variables)
            same_s, unchanged = _timed(_command(server, words, path), variables)
        found = (sent.count('"put_file"'), unchanged.count('"put_file"'))
        if found != (count, 0):
            raise ChildError(f"it sent {found} files, not {count} and then none")
        return {Key("ours", "usb", "process_new_s"): new_s, Key("ours", "usb", "process_same_s"): same_s}

    return Cell(_GROUP, "belay sync, new and unchanged", measure)


def _copy_cell(environment: Environment, server: Environment, tree: Path) -> Cell:
    words = ["mpytool", "-p", "PORT", "cp", str(tree), ":/"]

    def measure() -> Figures:
        with fresh_board(server, "usb", flash=_FLASH) as path:
            new_s, _ = _timed(_command(environment, words, path))
            same_s, _ = _timed(_command(environment, words, path))
        return {
            Key("mpytool", "usb", "process_new_s"): new_s,
            Key("mpytool", "usb", "process_same_s"): same_s,
        }

    return Cell(_GROUP, "mpytool cp, new and unchanged", measure)


def _import_cell(key: Key, environment: Environment, server: Environment, words: list[str]) -> Cell:
    """Return a cell for a package that is imported from a mounted folder; its figures end with the key's."""
    tool, place, way = key

    def measure() -> Figures:
        with fresh_board(server, "usb") as path:
            if place == "usb":
                seconds, printed = _timed(_command(environment, words, path))
            else:
                with port_like(path) as link:
                    seconds, printed = _timed(_command(environment, words, link))
        took = re.search(rf"took (\d+) {_MODULES}\b", printed)
        if took is None:
            raise ChildError(f"it printed {printed!r:.120}")
        return {
            Key(tool, place, f"mount_{way}_s"): seconds,
            Key(tool, place, f"import_{way}_s"): int(took[1]) / 1e6,
        }

    return Cell(_GROUP, f"import over a mount, {way}, {tool} on {place}", measure)


def _command(environment: Environment, words: list[str], path: str) -> list[str]:
    program, *rest = words
    return [environment.program(program), *(path if word == "PORT" else word for word in rest)]


def _timed(command: list[str], variables: dict[str, str] | None = None) -> tuple[float, str]:
    started = time.perf_counter()
    printed = run(command, timeout_s=_TIMEOUT_S, variables=variables)
    return time.perf_counter() - started, printed


def _make_package(folder: Path) -> Path:
    """Write a package of 20 kB into a folder, and return the folder."""
    package = folder / "pkg"
    package.mkdir(parents=True, exist_ok=True)
    names = [f"part_{number}" for number in range(1, _MODULES)]
    for name in ("__init__", *names):
        imports = "".join(f"from . import {other}\n" for other in names) if name == "__init__" else ""
        text = f"{imports}count = {_MODULES}\n"
        number = 0
        while len(text) + len(_FUNCTION) < _MODULE_BYTES:
            text += _FUNCTION.format(number=number)
            number += 1
        text += "#" * (_MODULE_BYTES - len(text) - 1) + "\n"
        (package / f"{name}.py").write_text(text, encoding="utf-8")
    return folder
