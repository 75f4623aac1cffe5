"""`belay mip list` and `remove`: the packages that are on a board."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from belay_cli.commands.mip.words import Target, named_folder
from belay_cli.commands.options import DryRun, Json, Password, Port  # noqa: TC001 - typer reads them

if TYPE_CHECKING:
    from collections.abc import Sequence

    from belay import Device

__all__ = ["list_packages", "remove"]


def list_packages(
    *, port: Port = None, password: Password = None, target: Target = None, as_json: Json = False
) -> None:
    """List the packages that are on a board."""
    from belay_cli.actions.packages import read_record
    from belay_cli.boards import connected
    from belay_cli.console import data, print_json, words
    from belay_pm.command_line.tables import table

    with connected(port, password=password, startup="") as device:
        folders = _folders(device, target)
        found = [
            (name, folder, package)
            for folder in folders
            for name, package in sorted(read_record(device, folder).items())
        ]
    if as_json:
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
        print_json(facts)
    elif found:
        rows = [(name, package.version, folder, package.source) for name, folder, package in found]
        data(table(("NAME", "VERSION", "FOLDER", "SOURCE"), rows))
    else:
        listed = ", ".join(f"`{folder}`" for folder in folders)
        words(f"There are no packages in {listed}; `belay mip install` brings some")


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
    as_json: Json = False,
) -> None:
    """Remove packages from a board.

    Their files go as they were installed, and no others.
    """
    from belay.exceptions import BelayException
    from belay_cli.actions.packages import board_facts, default_target, remove_packages
    from belay_cli.boards import connected
    from belay_cli.console import data, print_json, words
    from belay_pm.command_line.counting import counted

    with connected(port, password=password, startup="") as device:
        folder = named_folder(target) or default_target(board_facts(device))
        done = remove_packages(device, names, target=folder, force=force, dry_run=dry_run)
    if as_json:
        print_json({"target": folder, "removed": done.removed, "kept": done.kept, "dry_run": dry_run})
    else:
        for path in done.removed if dry_run else ():
            data(f"remove file {path}")
        words(f"{'Would remove' if dry_run else 'Removed'} {counted(len(done.removed), 'file')}")
    if done.kept:
        stays = "stays" if len(done.kept) == 1 else "stay"
        raise BelayException(
            f"{_quoted(done.kept)} {stays}: not as it was installed", hint="`--force` removes that too"
        )


def _folders(device: Device, target: str | None) -> Sequence[str]:
    from belay_cli.actions.packages import board_facts, package_folders

    folder = named_folder(target)
    return (folder,) if folder else package_folders(device, board_facts(device))


def _quoted(paths: Sequence[str]) -> str:
    return ", ".join(f"`{path}`" for path in paths)
