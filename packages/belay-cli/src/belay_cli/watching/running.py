"""A script that runs on a board, and again whenever it is saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay.exceptions import BoardException
from belay_cli.actions.starting import clear
from belay_cli.console import board_stdout, words
from belay_pm.command_line.errors import CommandError

from .looking import see_script
from .staying import keep_doing

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from belay import Device

    from .watcher import Watcher

__all__ = ["run_until_changed", "run_watched"]


def run_watched(
    named: str | None,
    script: str,
    arguments: Sequence[str],
    *,
    password: str | None,
    minify: bool,
    timeout_s: float | None,
) -> None:
    """Run a script, and interrupt it and run it anew whenever it is saved, until Ctrl-C.

    Args:
        named: the word that names the board, or None.
        script: a file of Python.
        arguments: what it finds in `sys.argv[1:]`.
        password: for boards that ask for one.
        minify: shorten it on its way.
        timeout_s: seconds that each run may take; None for ever.

    Raises:
        BelayException, CommandError, KeyboardInterrupt: as `keep_doing`.
    """

    def work(device: Device, watcher: Watcher) -> None:
        run_until_changed(device, watcher, script, arguments, minify=minify, timeout_s=timeout_s)

    keep_doing(
        work,
        lambda: see_script(script),
        what=f"`{script}`",
        named=named,
        password=password,
        checks_python=minify,
    )


def run_until_changed(
    device: Device,
    watcher: Watcher,
    script: str | os.PathLike[str],
    arguments: Sequence[str] = (),
    *,
    minify: bool = True,
    timeout_s: float | None = None,
) -> None:
    """Run a script on a board that was soft-reset; say when it has ended.

    Raises:
        CallInterrupted: something that is watched has changed.
        CommandError: the script cannot be read.
        BelayException: as `belay.run_file`.
    """
    from belay import run_file  # noqa: PLC0415 - once the board boots, see `connected`

    with watcher.interrupting(device._belay_runtime.session):  # noqa: SLF001 - another thread interrupts it
        clear(device)
        with board_stdout() as output:
            try:
                run_file(
                    device,
                    script,
                    arguments,
                    minify=minify,
                    stream_out=output,
                    record=False,
                    timeout_s=timeout_s,
                )
            except FileNotFoundError as error:
                if isinstance(error, BoardException):
                    raise
                raise CommandError(
                    f"`{script}` is gone", hint="put it back, or run another script"
                ) from error
    words(f"`{script}` ended; waiting for a change")
