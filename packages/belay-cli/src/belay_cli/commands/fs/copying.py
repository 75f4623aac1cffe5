"""`belay fs cp`: copy files to a board, from it, or on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from belay_cli.commands.fs.words import Recursive, board_path, print_json
from belay_cli.commands.options import DryRun, Json, Password, Port  # noqa: TC001 - typer reads them
from belay_pm.command_line.errors import MisuseError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from belay import Device
    from belay_cli.actions.copying import Copied

__all__ = ["cp"]


def cp(
    paths: Annotated[
        list[str],
        typer.Argument(metavar="SOURCE... TARGET", help="`:PATH` is on the board", show_default=False),
    ],
    *,
    port: Port = None,
    password: Password = None,
    recursive: Recursive = False,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Copy files to the board, from it, or on it; a PATH of the board begins with `:`."""
    from belay_cli.boards import connected

    *sources, target = paths
    if not sources:
        raise MisuseError("`TARGET` is missing", hint=f"write it behind the source: `belay fs cp {target} :`")
    if not target.startswith(":") and not all(source.startswith(":") for source in sources):
        raise MisuseError(
            "Neither source nor target is on the board",
            hint=f"a path of the board begins with `:`, as `:{target}`",
        )
    if sources[1:] and not target.endswith(("/", ":")):
        target += "/"  # several sources go into a folder
    with connected(port, password=password, startup="") as device:
        results = [_copy(device, source, target, recursive=recursive, dry_run=dry_run) for source in sources]
    _show_copied(results, dry_run=dry_run, as_json=as_json)


def _copy(device: Device, source: str, target: str, *, recursive: bool, dry_run: bool) -> Copied:
    from belay_cli.actions.copying import fetch, send
    from belay_cli.actions.copying_on_board import copy_on_board
    from belay_cli.progress import Progress

    with Progress() as update:
        if not source.startswith(":"):
            return send(
                device, source, board_path(target), recursive=recursive, dry_run=dry_run, update=update
            )
        if not target.startswith(":"):
            return fetch(
                device, board_path(source), target, recursive=recursive, dry_run=dry_run, update=update
            )
        return copy_on_board(
            device, board_path(source), board_path(target), recursive=recursive, dry_run=dry_run
        )


def _show_copied(results: Sequence[Copied], *, dry_run: bool, as_json: bool) -> None:
    from belay_cli.console import data, words

    copied = [path for result in results for path in result.copied]
    unchanged = [path for result in results for path in result.unchanged]
    size = sum(result.size_bytes for result in results)
    seconds = sum(result.seconds for result in results)
    if as_json:
        facts = {"copied": copied, "unchanged": unchanged, "size_bytes": size, "seconds": round(seconds, 3)}
        print_json(facts | {"dry_run": dry_run})
        return
    if dry_run:
        for path in copied:
            data(path)
    verb = "Would copy" if dry_run else "Copied"
    words(
        f"{verb} {len(copied)} {'file' if len(copied) == 1 else 'files'}, {size} bytes, in {seconds:.2f} s; "
        f"{len(unchanged)} unchanged"
    )
