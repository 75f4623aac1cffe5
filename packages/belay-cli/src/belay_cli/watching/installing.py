"""A project that is on a board, and again whenever one of its files is saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay_cli.actions.starting import soft_reset
from belay_cli.console import words
from belay_pm.commands.getting import project_here
from belay_pm.payload import edited_files
from belay_pm.store import Store

from .looking import see_project
from .running import run_until_changed
from .staying import keep_doing

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from belay import Device

    from .sights import Sight
    from .watcher import Watcher

__all__ = ["install_watched"]


def install_watched(
    named: str | None,
    install: Callable[[Device], None],
    *,
    password: str | None,
    groups: Collection[str],
    main: Path | None,
    script: Path | None,
    follow: bool,
    minify: bool,
) -> None:
    """Install the project that this folder is in, and start what is to run, after each change anew.

    Args:
        named: the word that names the board, or None.
        install: brings the project to a board, as it is now.
        password: for boards that ask for one.
        groups: optional groups that the board gets as well.
        main: the script that becomes `main.py`, or None.
        script: runs then, or None.
        follow: show what `main.py` prints.
        minify: as `install` does it; half a file can be told then, see `Watcher`.

    Raises:
        PackageError: there is no project, or it is not in order.
        BelayException, CommandError, KeyboardInterrupt: as `keep_doing`.
    """
    scripts = [path for path in (main, script) if path is not None]

    def look() -> Sight:
        project = project_here()
        return see_project(project.folder, edited_files(project, Store(), groups=groups), scripts)

    def work(device: Device, watcher: Watcher) -> None:
        install(device)
        if script is not None:
            run_until_changed(device, watcher, script, minify=minify)
        elif follow:
            words("Following `main.py`")
            device.soft_reset()  # the device prints what comes
        else:
            soft_reset(device)

    keep_doing(work, look, what="the project", named=named, password=password, checks_python=minify)
