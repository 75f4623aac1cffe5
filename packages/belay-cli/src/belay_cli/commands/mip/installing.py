"""`belay mip install`: bring packages, and what they need, to a board."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from belay_cli.commands.mip.words import Target, named_folder
from belay_cli.commands.options import DryRun, Json, Password, Port  # noqa: TC001 - typer reads them
from belay_pm.commands.typed_options import Offline  # noqa: TC001 - as above

if TYPE_CHECKING:
    from collections.abc import Sequence

    from belay_cli.actions.packages import Done
    from belay_pm.gathering import Gathered

__all__ = ["SOURCES", "install"]

SOURCES = """\
A PACKAGE is a name of the index (`aioble`, `aioble@0.6`), `github:o/r/path@ref` (`gitlab:` and `codeberg:`
too), an address, or a path of this computer that ends in `.py` or `.json`, or begins with `./`.
What it needs comes along. All of it is on the board in the end, or nothing has changed.
"""


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
    as_json: Json = False,
) -> None:
    """Bring packages, and what they need, to a board."""
    import time
    from pathlib import Path

    from belay_cli.actions.packages import Package, board_facts, default_target, install_packages
    from belay_cli.boards import connected
    from belay_cli.progress import Progress
    from belay_pm.command_line.progress import showing_progress
    from belay_pm.gathering import check_asked, gather

    check_asked(packages, folder=Path.cwd())
    with connected(port, password=password, startup="") as device:
        began = time.monotonic()
        facts = board_facts(device)
        folder = named_folder(target) or default_target(facts)
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
    seconds = time.monotonic() - began
    if as_json:
        from belay_cli.console import print_json

        print_json(_facts(folder, gathered, done) | {"seconds": round(seconds, 3), "dry_run": dry_run})
        return
    _show_packages(folder, gathered)
    _show(done, seconds, dry_run=dry_run)


def _facts(folder: str, gathered: Sequence[Gathered], done: Done) -> dict[str, Any]:  # Any: JSON
    packages = [
        {
            "name": each.name,
            "version": each.version,
            "source": each.source,
            "requires": each.requires,
            "files": sorted(each.files),
            "notes": each.notes,
        }
        for each in gathered
    ]
    return {
        "target": folder,
        "packages": packages,
        "actions": [action._asdict() for action in done.plan.actions],
        "removed": done.removed,
        "kept": done.kept,
        "unchanged": done.plan.unchanged,
        "finished": done.finished,
        "size_bytes": done.plan.bytes_to_send,
    }


def _show_packages(folder: str, gathered: Sequence[Gathered]) -> None:
    import sys

    from belay_cli.console import coloured, words

    for each in gathered:
        words(f"`{each.name}`{f' {each.version}' if each.version else ''} in `{folder}`")
        for note in each.notes:
            words(f"{coloured('note:', 'yellow', sys.stderr)} `{each.name}`: {note}")


def _show(done: Done, seconds: float, *, dry_run: bool) -> None:
    from belay_cli.console import data, words
    from belay_pm.command_line.counting import counted

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
        f"{counted(done.plan.bytes_to_send, 'byte')}, in {seconds:.2f} s; "
        f"{len(done.removed)} removed, {len(done.plan.unchanged)} unchanged"
    )
