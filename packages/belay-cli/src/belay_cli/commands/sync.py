"""`belay sync`: make a folder of a board what a folder here is."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from belay_cli.commands.options import (  # noqa: TC001 - typer reads them
    All,
    Binary,
    DryRun,
    Ids,
    Level,
    Mpy,
    NoMinify,
    Password,
    Ports,
    Usb,
    Watch,
)
from belay_cli.fleet.choice import ABOUT_FLEETS, Choice
from belay_cli.targets import ABOUT_PORT, named_once

if TYPE_CHECKING:
    from collections.abc import Sequence

    from belay import Device
    from belay.files.actions import SyncPlan

__all__ = ["app"]

app = typer.Typer(rich_markup_mode=None, add_completion=False)


_DETAILS = """\
With `--watch` each change of the folder is on the board a moment after it is saved, until Ctrl-C.
"""


@app.command(epilog=f"{_DETAILS}\n{ABOUT_PORT}\n\n{ABOUT_FLEETS}")
def sync(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="[PORT] FOLDER", help="One word is FOLDER, or a single file", show_default=False
        ),
    ],
    *,
    ports: Ports = None,
    every: All = False,
    usb: Usb = None,
    ids: Ids = None,
    password: Password = None,
    dst: Annotated[str, typer.Option("--dst", metavar="PATH", help="The folder on the board")] = "/",
    keep: Annotated[
        list[str] | None,
        typer.Option(
            "--keep", metavar="PATH", help="Stays although it is not here; repeatable", show_default=False
        ),
    ] = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option(
            "--ignore", metavar="PATTERN", help="As in `.gitignore`; repeatable", show_default=False
        ),
    ] = None,
    no_minify: NoMinify = False,
    mpy: Mpy = False,
    binary: Binary = None,
    opt: Level = None,
    dry_run: DryRun = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was done as JSON")] = False,
    watch: Watch = False,
) -> None:
    """Make a folder of a board what a folder of this computer is."""
    from belay_cli.boards import connected
    from belay_cli.commands.compiling import check_compiling
    from belay_cli.progress import Progress

    choice = Choice(ports or (), every, usb or (), ids or ())
    named, folder = _split(words, choice.port)
    dst = _on_board(dst)
    check_compiling(mpy=mpy, binary=binary, opt=opt)
    _check_places(folder, dst, keep or ())
    if watch:
        from belay_cli.watching.words import refuse_beside_watch

        refuse_beside_watch(dry_run=dry_run, is_many=choice.is_many)
    options: dict[str, Any] = {  # Any: keywords
        "keep": keep or None,
        "ignore": ignore or None,
        "opt": opt or 0,
        "minify": not no_minify,
        "mpy": mpy,
        "mpy_cross_binary": binary,
    }
    if choice.is_many:
        from belay_cli.fleet.jobs import sync_job
        from belay_cli.fleet.muster import muster

        choice.check(named)
        muster(choice, sync_job(folder, dst, dry_run=dry_run, **options), password=password, as_json=as_json)
        return

    def once(device: Device, _watcher: object = None) -> None:
        began = time.monotonic()
        with Progress() as update:
            plan = device.sync(
                folder,
                dst,
                progress_update=update,
                dry_run=dry_run,
                **options,
            )
        _show(plan, time.monotonic() - began, dry_run=dry_run, as_json=as_json)

    if watch:
        from pathlib import Path

        from belay_cli.watching.litter import with_litter
        from belay_cli.watching.looking import see_folder
        from belay_cli.watching.staying import keep_doing

        is_file = Path(folder).is_file()
        options["ignore"] = ignored = with_litter(options["ignore"])
        keep_doing(
            once,
            lambda: see_folder(folder, dst=dst, ignore=ignored, is_file=is_file),
            what=f"`{folder}`",
            named=named,
            password=password,
            checks_python=not no_minify,
        )
        return
    with connected(named, password=password, startup="") as device:
        once(device)


def _on_board(path: str) -> str:
    """Return the path that `:PATH` means, as for `belay fs`; any other is what it is."""
    below = path.removeprefix(":")
    return path if below == path else f"/{below.lstrip('/')}"


def _split(words: list[str], port: str | None) -> tuple[str | None, str]:
    from belay_pm.command_line.errors import MisuseError
    from belay_transport.address import looks_like_address

    if words[2:]:
        raise MisuseError(
            f"{len(words)} words are given, and the command takes at most 2",
            hint="put quotes around a word that has blanks in it",
        )
    if not words[-1]:  # a variable of a shell that is not set would be the current folder
        raise MisuseError("`FOLDER` is empty", hint="`.` is the current folder")
    if words[1:]:
        return named_once(words[0], port), words[1]
    if port is None and words[0].startswith("sim:") and looks_like_address(words[0]):
        raise MisuseError("`FOLDER` is missing", hint=f"write it behind PORT: `{words[0]} src`")
    return port, words[0]


def _check_places(folder: str, dst: str, keep: Sequence[str]) -> None:
    """Refuse words that are no places, here and on the board."""
    from belay.exceptions import ArgumentValueError, BoardPathError
    from belay.files.board_paths import absolute_path
    from belay.files.keeping import kept
    from belay_cli.host_paths import source_trouble
    from belay_pm.command_line.errors import MisuseError

    trouble = source_trouble(folder)
    if trouble is not None:
        raise MisuseError(
            f"`{folder}` cannot be synced: it {trouble}", hint="name a folder, as in `belay sync src`"
        )
    try:
        top = absolute_path(dst, what="`--dst`")
        for path in keep:
            kept(path, top)
    except BoardPathError as error:
        raise MisuseError(str(error), hint=error.hint) from error
    except ArgumentValueError as error:
        raise MisuseError(
            str(error).replace("`keep`", "`--keep`", 1),
            hint="such as `--keep data`; a folder stands for all that is in it",
        ) from error


def _show(plan: SyncPlan, seconds: float, *, dry_run: bool, as_json: bool) -> None:
    from belay_cli.actions.sent import count_removed, sync_facts, told
    from belay_cli.console import data, print_json, words

    if as_json:
        print_json(sync_facts(plan, seconds, dry_run=dry_run))
        return
    if dry_run:
        data(str(plan))
    words(told(plan, count_removed(plan), seconds, dry_run=dry_run))
