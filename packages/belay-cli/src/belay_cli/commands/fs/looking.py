"""`belay fs ls`, `tree`, `cat`, `sha256sum`, `df` and `du`: look at the files of a board."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from belay_cli.commands.fs.words import Paths, PathsOrRoot, board_path, entry_facts, print_json
from belay_cli.commands.options import Json, Password, Port  # noqa: TC001 - typer reads them

if TYPE_CHECKING:
    from collections.abc import Sequence

    from belay import Device
    from belay.files.facts import Entry

__all__ = ["cat", "df", "du", "ls", "sha256sum", "tree"]


def ls(
    paths: PathsOrRoot = None, *, port: Port = None, password: Password = None, as_json: Json = False
) -> None:
    """List files and folders, with the bytes of each file."""
    from belay_cli.boards import connected
    from belay_cli.console import data

    with connected(port, password=password, startup="") as device:
        entries = [entry for path in paths or ["/"] for entry in _listed(device, board_path(path))]
    if as_json:
        print_json([entry_facts(entry) for entry in entries])
        return
    for entry in entries:
        size = "?" if entry.size_bytes is None else entry.size_bytes
        data(f"{'' if entry.is_dir else size:>10} {entry.name}{'/' if entry.is_dir else ''}")


def _listed(device: Device, path: str) -> Sequence[Entry]:
    from belay.files.facts import Entry

    stat = device.fs.stat(path)
    return device.fs.list(path) if stat.is_dir else [Entry(path, is_dir=False, size_bytes=stat.size_bytes)]


def tree(
    path: Annotated[str, typer.Argument(metavar="[PATH]", help="A folder on the board")] = "/",
    *,
    port: Port = None,
    password: Password = None,
    as_json: Json = False,
) -> None:
    """Show a folder and all that is in it."""
    from belay_cli.boards import connected
    from belay_cli.console import data

    top = board_path(path)
    with connected(port, password=password, startup="") as device:
        entries = device.fs.walk(top)
    if as_json:
        print_json([entry_facts(entry) for entry in entries])
        return
    data(top)
    for entry in entries:
        level = entry.path[len(top.rstrip("/")) :].count("/")
        data(f"{'  ' * level}{entry.name}{'/' if entry.is_dir else ''}")


def cat(paths: Paths, *, port: Port = None, password: Password = None) -> None:
    """Print files, byte for byte."""
    from belay_cli.boards import connected
    from belay_cli.console import exact_stdout

    with connected(port, password=password, startup="") as device:
        for path in paths:
            exact_stdout(device.fs.read_bytes(board_path(path)))


def sha256sum(paths: Paths, *, port: Port = None, password: Password = None, as_json: Json = False) -> None:
    """Print the SHA-256 of files, computed on the board."""
    from belay_cli.boards import connected
    from belay_cli.console import data

    with connected(port, password=password, startup="") as device:
        sums = {path: device.fs.hash(path, "sha256").hexdigest for path in map(board_path, paths)}
    if as_json:
        print_json(sums)
        return
    for path, digest in sums.items():
        data(f"{digest}  {path}")


def df(
    paths: PathsOrRoot = None, *, port: Port = None, password: Password = None, as_json: Json = False
) -> None:
    """Print the room of the file systems that hold these paths."""
    from belay_cli.boards import connected
    from belay_cli.console import data

    with connected(port, password=password, startup="") as device:
        rooms = {path: device.fs.free(path) for path in map(board_path, paths or ["/"])}
    if as_json:
        print_json({path: room._asdict() for path, room in rooms.items()})
        return
    data(f"{'bytes':>12} {'used':>12} {'free':>12}  path")
    for path, room in rooms.items():
        used = room.total_bytes - room.free_bytes
        data(f"{room.total_bytes:12} {used:12} {room.free_bytes:12}  {path}")


def du(
    paths: PathsOrRoot = None, *, port: Port = None, password: Password = None, as_json: Json = False
) -> None:
    """Print what folders hold: bytes, files and folders, all levels together."""
    from belay_cli.boards import connected
    from belay_cli.console import data

    with connected(port, password=password, startup="") as device:
        held = {path: device.fs.usage(path) for path in map(board_path, paths or ["/"])}
    if as_json:
        print_json({path: usage._asdict() for path, usage in held.items()})
        return
    data(f"{'bytes':>12} {'files':>8} {'folders':>8}  path")
    for path, usage in held.items():
        data(f"{usage.size_bytes:12} {usage.files:8} {usage.folders:8}  {path}")
