"""Running a manifest that the person at the keyboard trusts: a process of its own, a copy of its folder.

It is no sandbox: what runs there may do what the person may. What comes back are the calls of the manifest's
functions, and their paths follow the rules that all paths follow.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from belay_pm.errors import ManifestError
from belay_pm.manifest.interpreting import Call, Problem, Script
from belay_pm.manifest.limits import MOST_CALLS
from belay_pm.target_paths import target_path

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from belay_pm.trees import Place

__all__ = ["run_manifest"]

_TIMEOUT_S = 60.0
"""A manifest names files; one that takes longer does something else."""

_MOST_ANSWER_BYTES = 4 << 20

_KEPT_ENVIRONMENT = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LANG", "LC_ALL")
"""Enough to start programs; nothing that could be a token of somebody's."""


def run_manifest(place: Place, *, functions: Collection[str], options: Mapping[str, object]) -> Script:
    """Run a manifest, and return the calls that it made.

    Args:
        place: the manifest; its folder is copied, and it runs in the copy.
        functions: the names that it may call.
        options: what it finds in `options`.

    Raises:
        ManifestError: it did not come to its end in time, or its process ended without a word.
        SourceError: a file of its folder cannot be read.
        UnsafePathError: a file of its folder has a name that is none on every computer.
    """
    with tempfile.TemporaryDirectory(prefix="belay-") as top:
        # As the process sees it: a link in the way would make other paths of the manifest's own.
        folder = Path(os.path.realpath(top), "manifest")
        manifest = _copied(place, folder)
        answer = folder.parent / "answer.json"
        told = {
            "manifest": str(manifest),
            "answer": str(answer),
            "functions": sorted(functions),
            "options": dict(options),
        }
        _run(json.dumps(told), folder)
        try:
            with answer.open("rb") as file:
                content = file.read(_MOST_ANSWER_BYTES + 1)
        except FileNotFoundError as error:
            raise ManifestError("it ended the process that it was run in") from error
    if len(content) > _MOST_ANSWER_BYTES:
        raise ManifestError(f"it says more than {_MOST_ANSWER_BYTES} bytes")
    return _script(content, functions)


def _copied(place: Place, folder: Path) -> Path:
    """Copy the folder of a manifest; return where the manifest is then."""
    top, _, name = place.path.rpartition("/")
    for path in place.tree.files(top):
        inner = target_path(path[len(top) :].lstrip("/"), source=place.tree.label)
        copy = folder / inner
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(place.tree.read(path))
    return folder / name


def _run(told: str, folder: Path) -> None:
    environment = {name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ}
    driver = Path(__file__).with_name("driver.py")
    try:
        subprocess.run(  # noqa: S603 - this very interpreter, a file of ours
            [sys.executable, "-I", str(driver)],
            input=told.encode(),
            cwd=folder,
            env=environment,
            capture_output=True,
            timeout=_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ManifestError(f"it has run for {_TIMEOUT_S:.0f} s without coming to its end") from error
    except OSError as error:
        raise ManifestError(f"it cannot be run: {error.strerror}") from error


def _script(content: bytes, functions: Collection[str]) -> Script:
    """Return what the process wrote; it is a stranger's, so nothing in it is believed."""
    try:
        told: Any = json.loads(content)  # Any: whatever the manifest made of it
        calls = [
            Call(int(call["line"]), call["function"], tuple(call["arguments"]), dict(call["keywords"]))
            for call in told["calls"]
        ]
        problem = told["problem"]
        problems = [] if problem is None else [Problem(int(problem["line"]), str(problem["text"])[:500])]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise ManifestError("it wrote another answer than it should") from error
    if len(calls) > MOST_CALLS:
        raise ManifestError(f"it makes more than {MOST_CALLS} calls")
    if any(call.function not in functions for call in calls):
        raise ManifestError("it wrote another answer than it should")
    return Script(calls, problems)
