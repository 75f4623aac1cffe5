"""Runs the blocks of the READMEs and the manual as tests: Python on a simulated board, `console` as typed.

A page is one namespace and one empty folder. In a `console` block each line that begins with `$ ` is a
command; the lines below it are what it prints, stdout before stderr, `…` standing for anything.
`sh` blocks are for the reader's machine; those of the README are run by `.ci/run`.
"""

from __future__ import annotations

import doctest
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sybil import Sybil
from sybil.parsers.myst import CodeBlockParser, PythonCodeBlockParser, SkipParser

if TYPE_CHECKING:
    from sybil import Example

_COMMAND_TIMEOUT_S = 30


def _enter_page(namespace: dict[str, Any]) -> None:  # Any: whatever the page defines
    namespace["_folder"] = tempfile.mkdtemp()
    namespace["_back_to"] = Path.cwd()
    os.chdir(namespace["_folder"])


def _leave_page(namespace: dict[str, Any]) -> None:  # Any: as above
    for value in list(namespace.values()):
        if hasattr(type(value), "implementation") and hasattr(value, "close"):
            value.close()  # a device that the page left open
    os.chdir(namespace["_back_to"])
    shutil.rmtree(namespace["_folder"])


def _run_console(example: Example) -> str | None:
    for command, expected in _commands(str(example.parsed)):
        printed = _run(command)
        pattern = ".*?".join(re.escape(part) for part in expected.strip().split("…"))
        if not re.fullmatch(pattern, printed.strip(), re.DOTALL):
            return f"$ {command}\nexpected:\n{expected}\nprinted:\n{printed}"
    return None


def _commands(block: str) -> list[tuple[str, str]]:
    parts = re.split(r"^\$ (.*)$", block, flags=re.MULTILINE)[1:]
    return list(zip(parts[::2], parts[1::2], strict=True))


def _run(command: str) -> str:
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    environment |= {"NO_COLOR": "1", "COLUMNS": "100", "BELAY_CACHE_DIR": str(Path.cwd() / ".cache")}
    environment.pop("BELAY_DEVICE", None)
    done = subprocess.run(  # noqa: S603 - the commands are the manual's own
        shlex.split(command),
        env=environment,
        capture_output=True,
        text=True,
        timeout=_COMMAND_TIMEOUT_S,
        check=False,
    )
    return done.stdout + done.stderr


pytest_collect_file = Sybil(
    parsers=[
        PythonCodeBlockParser(doctest_optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE),
        CodeBlockParser(language="console", evaluator=_run_console),
        SkipParser(),
    ],
    patterns=["README.md", "docs/*.md", "packages/*/README.md"],
    setup=_enter_page,
    teardown=_leave_page,
).pytest()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the blocks of each page back in their order, which pytest-randomly has mixed as it mixes tests."""
    blocks = [index for index, item in enumerate(items) if item.path.suffix == ".md"]
    ordered = sorted(
        (items[index] for index in blocks), key=lambda item: (item.path, item.reportinfo()[1] or 0)
    )
    for index, item in zip(blocks, ordered, strict=True):
        items[index] = item
