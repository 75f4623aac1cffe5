"""`belay mip`: packages on a board, without a project."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from belay_cli.commands.options import DryRun, Json, Password, Port  # noqa: TC001 - typer reads them
from belay_pm.commands.getting import Offline  # noqa: TC001 - as above

if TYPE_CHECKING:
    from collections.abc import Sequence

    from belay import Device
    from belay_cli.actions.packages import Done

__all__ = ["app"]

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)

Target = Annotated[
    str | None,
    typer.Option(
        "--target",
        metavar="FOLDER",
        help="On the board; else the first of `sys.path` that ends in `/lib`",
        show_default=False,
    ),
]

_SOURCES = """\
A PACKAGE is a name of the index (`aioble`, `aioble@0.6`), `github:o/r/path@ref` (`gitlab:` and `codeberg:`
too), an address, or a path of this computer that ends in `.py` or `.json`, or begins with `./`.
What it needs comes along. All of it is on the board in the end, or nothing has changed.
"""


@app.command(epilog=_SOURCES)
def install(
    packages: Annotated[
        list[str], typer.Argument(metavar="PACKAGE...", help="Which ones", show_default=False)
    ],
    *,
    port: Port = None,
    password: Password = None,
    target: Target = None,
    index: Annotated[
        str | None,
        typer.Option("--index", metavar="URL", help="The index; else micropython-lib's", show_default=False),
    ] = None,
    mpy: Annotated[
        bool, typer.Option("--mpy/--no-mpy", help="Compiled files, where the index has them for the board")
    ] = True,
    force: Annotated[
        bool, typer.Option("--force", help="Replace files that no package has, or that were changed")
    ] = False,
    offline: Offline = False,
    dry_run: DryRun = False,
) -> None:
    """Bring packages, and what they need, to a board."""
    import time
    from pathlib import Path

    from belay_cli.actions.packages import Package, board_facts, default_target, install_packages
    from belay_cli.boards import connected
    from belay_cli.console import coloured, words
    from belay_cli.progress import Progress
    from belay_pm.command_line.progress import showing_progress
    from belay_pm.gathering import gather

    with connected(port, password=password, startup="") as device:
        began = time.monotonic()
        facts = board_facts(device)
        folder = _folder(target) or default_target(facts)
        with showing_progress() as heard:
            gathered = gather(
                packages,
                folder=Path.cwd(),
                mpy=facts.mpy if mpy else "py",
                index=index,
                offline=offline,
                progress=heard,
            )
        with Progress() as update:
            done = install_packages(
                device,
                [Package(*each[:-1]) for each in gathered],
                target=folder,
                replace=force,
                dry_run=dry_run,
                progress=update,
            )
    import sys

    for each in gathered:
        words(f"`{each.name}`{f' {each.version}' if each.version else ''} in `{folder}`")
        for note in each.notes:
            words(f"{coloured('note:', 'yellow', sys.stderr)} `{each.name}`: {note}")
    _show(done, time.monotonic() - began, dry_run=dry_run)


def _show(done: Done, seconds: float, *, dry_run: bool) -> None:
    from belay_cli.console import data, words
    from belay_pm.commands.getting import counted

    if dry_run:
        for action in done.plan.puts:
            data(str(action))
        for path in done.removed:
            data(f"remove file {path}")
    if done.finished:
        words("An install before had been cut off, and was finished first")
    for path in done.kept:
        words(f"`{path}` is of an older version, was changed since, and stays")
    words(
        f"{'Would send' if dry_run else 'Sent'} {counted(len(done.plan.puts), 'file')}, "
        f"{done.plan.bytes_to_send} bytes, in {seconds:.2f} s; "
        f"{len(done.removed)} removed, {len(done.plan.unchanged)} unchanged"
    )


@app.command("list")
def list_packages(
    *, port: Port = None, password: Password = None, target: Target = None, as_json: Json = False
) -> None:
    """List the packages that are on a board."""
    from belay_cli.actions.packages import read_record
    from belay_cli.boards import connected
    from belay_cli.console import data, words
    from belay_pm.command_line.tables import table

    with connected(port, password=password, startup="") as device:
        folders = _folders(device, target)
        found = [
            (name, folder, package)
            for folder in folders
            for name, package in sorted(read_record(device, folder).items())
        ]
    if as_json:
        import json

        facts = [
            {
                "name": name,
                "version": package.version or None,
                "source": package.source,
                "target": folder,
                "requires": package.requires,
                "files": sorted(package.files),
            }
            for name, folder, package in found
        ]
        data(json.dumps(facts, ensure_ascii=False))
    elif found:
        rows = [(name, package.version, folder, package.source) for name, folder, package in found]
        data(table(("NAME", "VERSION", "FOLDER", "SOURCE"), rows))
    else:
        listed = ", ".join(f"`{folder}`" for folder in folders)
        words(f"There are no packages in {listed}; `belay mip install` brings some")


@app.command()
def remove(
    names: Annotated[
        list[str], typer.Argument(metavar="NAME...", help="As `belay mip list` has them", show_default=False)
    ],
    *,
    port: Port = None,
    password: Password = None,
    target: Target = None,
    force: Annotated[
        bool, typer.Option("--force", help="Also files that were changed, and what others need")
    ] = False,
    dry_run: DryRun = False,
) -> None:
    """Remove packages from a board.

    Their files go as they were installed, and no others.
    """
    from belay.exceptions import BelayException
    from belay_cli.actions.packages import board_facts, default_target, remove_packages
    from belay_cli.boards import connected
    from belay_cli.console import data, words
    from belay_pm.commands.getting import counted

    with connected(port, password=password, startup="") as device:
        folder = _folder(target) or default_target(board_facts(device))
        done = remove_packages(device, names, target=folder, force=force, dry_run=dry_run)
    if dry_run:
        for path in done.removed:
            data(f"remove file {path}")
    words(f"{'Would remove' if dry_run else 'Removed'} {counted(len(done.removed), 'file')}")
    if done.kept:
        stays = "stays" if len(done.kept) == 1 else "stay"
        raise BelayException(
            f"{_quoted(done.kept)} {stays}: not as it was installed", hint="`--force` removes that too"
        )


def _folders(device: Device, target: str | None) -> Sequence[str]:
    from belay_cli.actions.packages import board_facts, package_folders

    folder = _folder(target)
    return (folder,) if folder else package_folders(device, board_facts(device))


def _folder(target: str | None) -> str | None:
    """Return the folder that is meant: `:` in front may be left out, `/` too."""
    if target is None:
        return None
    path = target.removeprefix(":")
    return path if path.startswith("/") else f"/{path}"


def _quoted(paths: Sequence[str]) -> str:
    return ", ".join(f"`{path}`" for path in paths)
