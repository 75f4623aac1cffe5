"""Running a manifest that the person at the keyboard trusts: a process of its own, a copy of its folder.

It is no sandbox: what runs there may do what the person may. What comes back are the calls of the manifest's
functions, and their paths follow the rules that all paths follow.
"""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from belay_pm.errors import ManifestError
from belay_pm.manifest.expressions import require_bounded
from belay_pm.manifest.interpreting import Call, Problem, Script
from belay_pm.manifest.limits import MOST_CALLS
from belay_pm.target_paths import target_path
from belay_pm.trees import ReadsAhead

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
    # What it leaves there may be such that it cannot be removed, and that is no reason to fail.
    with tempfile.TemporaryDirectory(prefix="belay-", ignore_cleanup_errors=True) as top:
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
        try:
            text = json.dumps(told)
        except TypeError as error:
            raise ManifestError(f"it cannot be run with such options: {error}") from error
        _run(text, folder)
        content = _read(answer)
    return _script(content, functions)


def _copied(place: Place, folder: Path) -> Path:
    """Copy the folder of a manifest; return where the manifest is then."""
    top, _, name = place.path.rpartition("/")
    # Without a repository's own files: they are many, and no part of what lies in it.
    paths = [path for path in place.tree.files(top) if ".git" not in path.split("/")]
    if isinstance(place.tree, ReadsAhead):
        place.tree.read_ahead(paths)
    for path in paths:
        inner = target_path(path[len(top) :].lstrip("/"), source=place.tree.label)
        content = place.tree.read(path)
        copy = folder / inner
        try:
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(content)
        except OSError as error:
            raise ManifestError(f"copying `{inner}`, to run it beside, failed: {error.strerror}") from error
    return folder / name


def _run(told: str, folder: Path) -> None:
    environment = {name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ}
    driver = Path(__file__).with_name("driver.py")
    try:
        process = subprocess.Popen(  # noqa: S603 - this very interpreter, a file of ours
            [sys.executable, "-I", str(driver)],
            stdin=subprocess.PIPE,
            # Pipes would be waited for as long as any program that it starts has them.
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env=environment,
            start_new_session=True,
        )
    except OSError as error:
        raise ManifestError(f"it cannot be run: {error.strerror}") from error
    try:
        process.communicate(told.encode(), timeout=_TIMEOUT_S)
    except subprocess.TimeoutExpired as error:
        raise ManifestError(f"it has run for {_TIMEOUT_S:.0f} s without coming to its end") from error
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process that has not come to its end, with what it started."""
    if process.returncode is not None:
        return
    if sys.platform == "win32":
        process.kill()
    else:
        with suppress(ProcessLookupError, PermissionError):  # it has just ended
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _read(answer: Path) -> bytes:
    """Return what the process wrote; the manifest could have put anything there."""
    try:
        if not stat.S_ISREG(answer.lstat().st_mode):
            raise ManifestError("it wrote another answer than it should")
        with answer.open("rb") as file:
            content = file.read(_MOST_ANSWER_BYTES + 1)
    except OSError as error:
        raise ManifestError("it ended the process that it was run in") from error
    if len(content) > _MOST_ANSWER_BYTES:
        raise ManifestError(f"it says more than {_MOST_ANSWER_BYTES} bytes")
    return content


def _script(content: bytes, functions: Collection[str]) -> Script:
    """Return what the process wrote; it is a stranger's, so nothing in it is believed."""
    try:
        told: Any = json.loads(content)  # Any: whatever the manifest made of it
        calls = [
            Call(int(call["line"]), str(call["function"]), tuple(call["arguments"]), dict(call["keywords"]))
            for call in told["calls"]
        ]
        problem = told["problem"]
        problems = [] if problem is None else [Problem(int(problem["line"]), str(problem["text"])[:500])]
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise ManifestError("it wrote another answer than it should") from error
    if len(calls) > MOST_CALLS:
        raise ManifestError(f"it makes more than {MOST_CALLS} calls")
    if any(call.function not in functions for call in calls):
        raise ManifestError("it wrote another answer than it should")
    refused = {index: text for index, call in enumerate(calls) if (text := _refusal(call)) is not None}
    problems += [Problem(calls[index].line, text) for index, text in refused.items()]
    return Script([call for index, call in enumerate(calls) if index not in refused], problems)


def _refusal(call: Call) -> str | None:
    """Say why nothing may look at the values of a call, or return None."""
    try:
        require_bounded([*call.arguments, *call.keywords.values()])
    except ValueError as error:
        return f"a value for `{call.function}` is not taken: {error}"
    return None
