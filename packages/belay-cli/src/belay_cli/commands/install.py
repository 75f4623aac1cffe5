"""`belay install`: bring a project to a board."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
    Word,
)
from belay_cli.fleet.choice import ABOUT_FLEETS, Choice
from belay_cli.targets import ABOUT_PORT, named_once

if TYPE_CHECKING:
    from collections.abc import Iterable

    from belay import Device
    from belay_cli.actions.installing import Installed

__all__ = ["app"]

app = typer.Typer(rich_markup_mode=None, add_completion=False)

_DETAILS = """\
The packages go to `/lib`, the project's own package to `/<name>`, `--main` to `/main.py`. What earlier
installs brought and the project has no more is removed, and nothing else. Then the board starts anew, and
runs its `main.py`; `--follow` shows what it prints, until Ctrl-C. With `--watch` all of this is done again
whenever a file of the project is saved, of packages in development too.
"""


@app.command(epilog=f"{_DETAILS}\n{ABOUT_PORT}\n\n{ABOUT_FLEETS}")
def install(
    word: Word = None,
    *,
    ports: Ports = None,
    every: All = False,
    usb: Usb = None,
    ids: Ids = None,
    password: Password = None,
    main_file: Annotated[
        str | None, typer.Option("--main", metavar="FILE", help="The script that becomes `/main.py`")
    ] = None,
    script_file: Annotated[
        str | None,
        typer.Option("--run", metavar="FILE", help="Run this script then, without writing it to the board"),
    ] = None,
    groups: Annotated[
        list[str] | None, typer.Option("--with", metavar="GROUP", help="An optional group that comes too")
    ] = None,
    follow: Annotated[bool, typer.Option("-f", "--follow", help="Show what `main.py` prints")] = False,
    no_minify: NoMinify = False,
    mpy: Mpy = False,
    binary: Binary = None,
    opt: Level = None,
    dry_run: DryRun = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was done as JSON")] = False,
    watch: Watch = False,
) -> None:
    """Bring the project that this folder is in to a board."""
    from belay_cli.actions.installing import File, install_files
    from belay_cli.actions.sent import install_steps
    from belay_cli.boards import connected
    from belay_cli.commands.compiling import check_compiling
    from belay_cli.progress import Progress
    from belay_pm.commands.getting import project_here, require_main
    from belay_pm.payload import project_files
    from belay_pm.store import Store

    choice = Choice(ports or (), every, usb or (), ids or ())
    named = named_once(word, choice.port)
    if choice.is_many:
        choice.check(word)
    main, script = _path("--main", main_file), _path("--run", script_file)
    _check(script, follow=follow, as_json=as_json)
    check_compiling(mpy=mpy, binary=binary, opt=opt)
    require_main(main)
    if watch:
        from belay_cli.watching.words import refuse_beside_watch

        refuse_beside_watch(dry_run=dry_run, is_many=choice.is_many)

    def payload() -> dict[str, File]:
        brought = project_files(project_here(), Store(), groups=groups or (), main=main)
        files = {file.target: File(file.content, file.opt) for file in brought}
        if watch:
            from belay_cli.watching.litter import without_litter

            return without_litter(files)
        return files

    if choice.is_many:
        from belay_cli.actions.installing import laid_out
        from belay_cli.fleet.jobs import install_job
        from belay_cli.fleet.muster import muster

        options = {"minify": not no_minify, "mpy": mpy, "mpy_cross_binary": binary}
        with laid_out(payload(), opt=opt or 0) as layout:
            job = install_job(layout, script, follow=follow, dry_run=dry_run, **options)
            muster(choice, job, password=password, as_json=as_json)
        return

    def once(device: Device, files: dict[str, File]) -> None:
        began = time.monotonic()
        with Progress() as update:
            installed = install_files(
                device,
                files,
                minify=not no_minify,
                mpy=mpy,
                mpy_cross_binary=binary,
                opt=opt or 0,
                dry_run=dry_run,
                progress=update,
            )
        seconds = time.monotonic() - began
        steps = install_steps(installed, script, follow=follow) if dry_run else ()
        _show(installed, seconds, steps=steps, dry_run=dry_run, as_json=as_json)

    if watch:
        from belay_cli.watching.installing import install_watched

        install_watched(
            named,
            lambda device: once(device, payload()),
            password=password,
            groups=groups or (),
            main=main,
            script=script,
            follow=follow,
            minify=not no_minify,
        )
        return
    files = payload()
    with connected(named, password=password, startup="") as device:
        once(device, files)
        if not dry_run:
            _start(device, script, follow=follow, minify=not no_minify)


def _path(option: str, text: str | None) -> Path | None:
    from belay_pm.command_line.errors import MisuseError

    if text == "":  # a variable of a shell that is not set would be the current folder
        raise MisuseError(f"`{option}` is empty", hint=f"give `{option}` the path of a `.py` file")
    return None if text is None else Path(text)


def _check(script: Path | None, *, follow: bool, as_json: bool) -> None:
    """Refuse what contradicts itself, and a script that is none."""
    from belay_pm.command_line.errors import MisuseError

    if script is not None and follow:
        raise MisuseError("`--run` and `--follow` are given", hint="a script that is run is always followed")
    if script is not None:
        _require_script(script)
    if as_json and (follow or script is not None):
        name = "--follow" if script is None else "--run"
        raise MisuseError(
            f"`--json` and `{name}` are given, and what a board prints is no JSON",
            hint=f"leave out `{name}`; `belay run` runs a script",
        )


def _require_script(script: Path) -> None:
    """Refuse what cannot be run before anything is installed for it."""
    from belay_cli.host_paths import file_trouble
    from belay_pm.command_line.errors import MisuseError

    trouble = file_trouble(str(script))
    if trouble is None:
        try:
            script.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            trouble = f"is not UTF-8: {error.reason} at offset {error.start}"
    if trouble is not None:
        raise MisuseError(f"`{script}` {trouble}", hint="give `--run` the path of a `.py` file")


def _start(device: Device, script: Path | None, *, follow: bool, minify: bool) -> None:
    """Start what is to run, and show what it prints if somebody looks."""
    import threading

    from belay_cli.actions.starting import soft_reset
    from belay_cli.console import board_stdout, words

    if script is not None:
        from belay import run_file

        with board_stdout() as output:
            run_file(device, script, minify=minify, stream_out=output, record=False)
        return
    if not follow:
        soft_reset(device)
        return
    words("Following `main.py`; Ctrl-C interrupts it")
    device.soft_reset()
    threading.Event().wait()  # the device prints what comes


def _show(
    installed: Installed, seconds: float, *, steps: Iterable[str], dry_run: bool, as_json: bool
) -> None:
    from belay_cli.actions.sent import install_facts, told
    from belay_cli.console import data, print_json, words

    if as_json:
        print_json(install_facts(installed, seconds, dry_run=dry_run))
        return
    for step in steps:
        data(step)
    words(told(installed.plan, len(installed.removed), seconds, dry_run=dry_run))
