"""What is moved to boards: the same bytes for every tool, from a seed and from Python's own library.

- Random: 1 MB, and its first 100 kB for the slow link. Nothing shortens it.
- Text: 1 MB of modules of the standard library, one behind the other; its first 100 kB are the Python source
  for the slow link. Text that people wrote, so it deflates as such does.
- A folder of 100 small files of Python, about 91 kB: functions and classes of the same modules.
"""

from __future__ import annotations

import ast
import random
import shutil
import sysconfig
from pathlib import Path
from typing import NamedTuple

__all__ = ["Payloads", "make_payloads"]

_SEED = 20261120
_LARGE_BYTES = 1_000_000
_SLOW_BYTES = 100_000
_QUICK_BYTES = 10_000

_FILES = 100
_QUICK_FILES = 8
_FOLDERS = ("", "drivers", "lib", "lib/net")
_FILE_BYTES = range(300, 2200)
_MEAN_FILE_BYTES = 910
_MOST_DOCSTRING = 0.2
# Of its text: code for boards explains itself less than the standard library does.

# Modules of the kind that projects for boards copy; with more of the same the text gets its length.
_MODULES = (
    "asyncio/queues.py", "base64.py", "bisect.py", "colorsys.py", "configparser.py", "contextlib.py",
    "csv.py", "fnmatch.py", "heapq.py", "html/parser.py", "json/decoder.py", "json/encoder.py",
    "logging/handlers.py", "queue.py", "random.py", "sched.py", "statistics.py", "string.py", "textwrap.py",
    "types.py", "urllib/parse.py", "collections/__init__.py", "datetime.py", "argparse.py", "ast.py",
    "calendar.py", "difflib.py", "doctest.py", "enum.py", "fractions.py", "ftplib.py", "functools.py",
    "http/client.py", "http/cookiejar.py", "imaplib.py", "inspect.py", "mailbox.py", "optparse.py",
    "pathlib.py", "pickle.py",
)  # fmt: skip


class Payloads(NamedTuple):
    """Files on this computer.

    Attributes:
        random: bytes that nothing shortens.
        text: Python source.
        tree: a folder of small files.
    """

    random: Path
    text: Path
    tree: Path


def make_payloads(folder: Path, *, is_quick: bool) -> dict[str, Payloads]:
    """Write what is moved over each kind of link, "fast" and "slow", and return where it is."""
    random_bytes = random.Random(_SEED).randbytes(_LARGE_BYTES)
    sources = _sources()
    text = b"".join(sources)[:_LARGE_BYTES]
    tree = folder / "tree"
    files = _small_files(sources)
    _write_tree(tree, files[:_QUICK_FILES] if is_quick else files)
    made: dict[str, Payloads] = {}
    for name, size in (("fast", _LARGE_BYTES), ("slow", _SLOW_BYTES)):
        used = _QUICK_BYTES if is_quick else size
        payloads = Payloads(folder / name / "random.bin", folder / name / "source.txt", tree)
        payloads.random.parent.mkdir(parents=True, exist_ok=True)
        payloads.random.write_bytes(random_bytes[:used])
        payloads.text.write_bytes(text[:used])
        made[name] = payloads
    return made


def _sources() -> list[bytes]:
    """Return modules that together are long enough, in an order that does not change."""
    library = Path(sysconfig.get_path("stdlib"))
    return [(library / name).read_bytes() for name in _MODULES if (library / name).exists()]


def _small_files(sources: list[bytes]) -> list[str]:
    """Return definitions that are small enough, whose mean size comes near to what is wanted."""
    chosen: list[str] = []
    total = 0
    for source in sources:
        text = source.decode()
        for node in ast.parse(text).body:
            if len(chosen) == _FILES:
                return chosen
            definition = ast.get_source_segment(text, node)
            if not isinstance(node, ast.FunctionDef | ast.ClassDef) or definition is None:
                continue
            if len(ast.get_docstring(node) or "") > _MOST_DOCSTRING * len(definition):
                continue
            size = len(definition) + 1
            wanted = (len(chosen) + 1) * _MEAN_FILE_BYTES - total
            # None that would take the sum far from where it should be by now.
            if size in _FILE_BYTES and abs(wanted - size) < _MEAN_FILE_BYTES:
                chosen.append(definition + "\n")
                total += size
    return chosen


def _write_tree(tree: Path, contents: list[str]) -> None:
    shutil.rmtree(tree, ignore_errors=True)  # nothing of another choice may stay
    for index, content in enumerate(contents):
        path = tree / _FOLDERS[index % len(_FOLDERS)] / f"module_{index:02}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
