"""`belay fs mv`, `rm`, `mkdir`, `rmdir` and `touch`: change the files of a board."""

from __future__ import annotations

from typing import Annotated

import typer

from belay_cli.commands.fs.words import Paths, Recursive, board_path, not_empty
from belay_cli.commands.options import DryRun, Password, Port  # noqa: TC001 - typer reads them

__all__ = ["mkdir", "mv", "rm", "rmdir", "touch"]


def mv(
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="On the board", show_default=False, callback=not_empty)
    ],
    target: Annotated[
        str, typer.Argument(metavar="TARGET", help="On the board", show_default=False, callback=not_empty)
    ],
    *,
    port: Port = None,
    password: Password = None,
    force: Annotated[bool, typer.Option("-f", "--force", help="Take the place of a file")] = False,
) -> None:
    """Rename or move a file or folder on the board."""
    from belay_cli.boards import connected

    old, new = board_path(source), board_path(target)
    with connected(port, password=password, startup="") as device:
        if new.endswith("/") or device.fs.is_dir(new):
            new = f"{new.rstrip('/')}/{old.rstrip('/').rpartition('/')[2]}"
        device.fs.rename(old, new, overwrite=force)


def rm(
    paths: Paths,
    *,
    port: Port = None,
    password: Password = None,
    recursive: Recursive = False,
    force: Annotated[bool, typer.Option("-f", "--force", help="A path may name nothing")] = False,
    everything: Annotated[bool, typer.Option("--everything", help="Let `rm -r /` empty the board")] = False,
    dry_run: DryRun = False,
) -> None:
    """Remove files, empty folders, or with `-r` folders and all that is in them."""
    from belay_cli.actions.removing import remove
    from belay_cli.boards import connected
    from belay_cli.console import data

    with connected(port, password=password, startup="") as device:
        removed = remove(
            device,
            map(board_path, paths),
            recursive=recursive,
            missing_ok=force,
            everything=everything,
            dry_run=dry_run,
        )
    if dry_run:
        for path in removed:
            data(path)


def mkdir(
    paths: Paths,
    *,
    port: Port = None,
    password: Password = None,
    parents: Annotated[bool, typer.Option("--parents", help="Those above, and one that is there")] = False,
) -> None:
    """Make folders."""
    from belay_cli.boards import connected

    with connected(port, password=password, startup="") as device:
        for path in paths:
            device.fs.mkdir(board_path(path), parents=parents, exist_ok=parents)


def rmdir(paths: Paths, *, port: Port = None, password: Password = None) -> None:
    """Remove empty folders."""
    from belay_cli.boards import connected

    with connected(port, password=password, startup="") as device:
        for path in paths:
            device.fs.remove_only(board_path(path), "folder")


def touch(paths: Paths, *, port: Port = None, password: Password = None) -> None:
    """Make empty files where there are none."""
    from belay_cli.boards import connected

    with connected(port, password=password, startup="") as device:
        for path in paths:
            device.fs.touch(board_path(path))
