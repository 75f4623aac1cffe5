"""What the commands share that get packages, or show what was got."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from belay_pm.lockfile import Lock
    from belay_pm.project import Project
    from belay_pm.updating import Means, PackageChange, UpdateResult

__all__ = [
    "is_compiled",
    "locked_project",
    "means_of",
    "parse_variables",
    "project_here",
    "require_main",
    "tell_changes",
    "tell_notes",
    "tell_stray",
]


def project_here() -> Project:
    """Return the project that the current folder is in."""
    from pathlib import Path

    from belay_pm.project import find_project, read_project

    return read_project(find_project(Path.cwd()))


def locked_project() -> tuple[Project, Lock]:
    """Return the project that the current folder is in, and its lock; tell when the two do not fit."""
    from belay_pm.command_line.console import words
    from belay_pm.updating import require_lock

    project = project_here()
    lock = require_lock(project)
    if lock.digest != project.digest:
        words(
            "`belay.lock` was made before the last change of `pyproject.toml`: `belay update` or `belay lock`"
        )
    return project, lock


def is_compiled(*, mpy: bool, binary: str | None, opt: int | None = None, arch: str | None = None) -> bool:
    """Return whether Python is compiled: `--mpy` says so, or that a compiler is named.

    Raises:
        MisuseError: it is not, and something is said of how.
    """
    from belay_pm.command_line.errors import MisuseError

    compiles = mpy or binary is not None
    for name, value in (("--opt", opt), ("--march", arch)):
        if value is not None and not compiles:
            raise MisuseError(f"`{name}` is for compiling", hint="add `--mpy`")
    return compiles


def require_main(script: Path | None) -> None:
    """Refuse a `--main` that is no file.

    Raises:
        MisuseError: it is none.
    """
    import stat

    from belay_pm.command_line.errors import MisuseError

    if script is None:
        return
    trouble = "is a folder"
    try:
        if not stat.S_ISDIR(script.stat().st_mode):
            return
    except FileNotFoundError:
        trouble = "is not there"
    except OSError:
        return  # for whoever reads it
    raise MisuseError(f"The main script `{script}` {trouble}", hint="give `--main` the path of a `.py` file")


@contextmanager
def means_of(*, offline: bool, variables: Iterable[str] = (), trusted: Sequence[str] = ()) -> Iterator[Means]:
    """Give how packages are got, as the options say; in the block, what comes is shown.

    Raises:
        MisuseError: see `parse_variables`.
    """
    from belay_pm.command_line.progress import showing_progress

    parsed = parse_variables(variables)
    with showing_progress() as progress:
        yield {"offline": offline, "variables": parsed, "trusted": trusted, "progress": progress}


def parse_variables(texts: Iterable[str] | None) -> dict[str, str]:
    """Return the variables for manifests.

    Raises:
        MisuseError: a text is not as `NAME=FOLDER`.
    """
    from belay_pm.command_line.errors import MisuseError

    variables = {}
    for text in texts or ():
        name, equals, folder = text.partition("=")
        if not name.isidentifier() or not equals or not folder:
            raise MisuseError(
                f"`--var {text}` names no folder", hint="write it as in `--var MPY_DIR=../micropython`"
            )
        variables[name] = folder
    return variables


def tell_changes(changes: Sequence[PackageChange]) -> None:
    """Tell which packages are others now."""
    from belay_pm.command_line.console import words

    for name, before, after in changes:
        if before is None:
            words(f"Added `{name}` {after}")
        elif after is None:
            words(f"Removed `{name}` {before}")
        elif before == after:
            words(f"Changed `{name}` {after}")
        else:
            words(f"Updated `{name}` {before} → {after}")


def tell_notes(result: UpdateResult) -> None:
    """Tell what may surprise."""
    import sys

    from belay_pm.command_line.console import coloured, words

    label = coloured("note:", "yellow", sys.stderr)
    if result.recovered:
        words(f"{label} an update before had not come to its end, and was undone first")
    for note in result.notes:
        words(f"{label} {note}")
    tell_stray(result.laid.stray)


def tell_stray(stray: Sequence[str]) -> None:
    """Tell which files below the packages are of others."""
    import sys

    from belay_pm.command_line.console import coloured, words

    label = coloured("note:", "yellow", sys.stderr)
    if len(stray) == 1:
        words(f"{label} 1 file below the packages is of none of them and stays: `{stray[0]}`")
    elif stray:
        words(
            f"{label} {len(stray)} files below the packages are of none of them and stay; "
            f"the first is `{stray[0]}`"
        )
