"""`belay fs ls`, `tree`, `cat`, `sha256sum`, `df` and `du`: look at the files of a board."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from belay_cli.commands.fs.words import Paths, PathsOrRoot, board_path, entry_facts, not_empty
from belay_cli.commands.options import Json, Password, Port  # noqa: TC001 - typer reads them

if TYPE_CHECKING:
    from collections.abc import Sequence

    from belay import Device
    from belay.files.facts import Entry, Space, Usage

__all__ = ["cat", "df", "du", "ls", "sha256sum", "tree"]


def ls(
    paths: PathsOrRoot = None, *, port: Port = None, password: Password = None, as_json: Json = False
) -> None:
    """List files and folders, with the bytes of each file."""
    from belay_cli.boards import connected
    from belay_cli.console import data, print_json

    with connected(port, password=password, startup="") as device:
        files, folders = _listed(device, [board_path(path) for path in paths or ["/"]])
    if as_json:
        print_json([entry_facts(entry) for entries in (files, *folders.values()) for entry in entries])
        return
    is_one = len(files) + len(folders) == 1
    parts = [[_line(entry, entry.name if is_one else entry.path) for entry in files]] if files else []
    for folder, entries in folders.items():
        heading = [] if is_one else [f"{folder}:"]
        parts.append([*heading, *(_line(entry, entry.name) for entry in entries)])
    for number, lines in enumerate(parts):
        for line in lines if number == 0 else ["", *lines]:
            data(line)


def _listed(device: Device, paths: Sequence[str]) -> tuple[list[Entry], dict[str, Sequence[Entry]]]:
    """Return those that are files, and what is in those that are folders."""
    from belay.files.facts import Entry

    files: list[Entry] = []
    folders: dict[str, Sequence[Entry]] = {}
    for path in paths:
        stat = device.fs.stat(path)
        if stat.is_dir:
            folders[path] = device.fs.list(path)
        else:
            files.append(Entry(path, is_dir=False, size_bytes=stat.size_bytes))
    return files, folders


def _line(entry: Entry, name: str) -> str:
    size = "?" if entry.size_bytes is None else entry.size_bytes
    return f"{'' if entry.is_dir else size:>10} {name}{'/' if entry.is_dir else ''}"


def tree(
    path: Annotated[
        str, typer.Argument(metavar="[PATH]", help="A folder on the board", callback=not_empty)
    ] = "/",
    *,
    port: Port = None,
    password: Password = None,
    as_json: Json = False,
) -> None:
    """Show a folder and all that is in it."""
    from belay_cli.boards import connected
    from belay_cli.console import data, print_json

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
    from belay_cli.console import data, print_json

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
    from belay_cli.console import data, print_json

    with connected(port, password=password, startup="") as device:
        rooms = {path: _room(device, path) for path in map(board_path, paths or ["/"])}
    if as_json:
        print_json({path: room._asdict() for path, room in rooms.items()})
        return
    data(f"{'bytes':>12} {'used':>12} {'free':>12}  path")
    for path, room in rooms.items():
        used = room.total_bytes - room.free_bytes
        data(f"{room.total_bytes:12} {used:12} {room.free_bytes:12}  {path}")


def _room(device: Device, path: str) -> Space:
    """Return the room around a path that is there: some boards tell it of any."""
    device.fs.stat(path)
    return device.fs.free(path)


def du(
    paths: PathsOrRoot = None, *, port: Port = None, password: Password = None, as_json: Json = False
) -> None:
    """Print what folders hold: bytes, files and folders, all levels together; or the bytes of files."""
    from belay_cli.boards import connected
    from belay_cli.console import data, print_json

    with connected(port, password=password, startup="") as device:
        held = {path: _held(device, path) for path in map(board_path, paths or ["/"])}
    if as_json:
        print_json({path: usage._asdict() for path, usage in held.items()})
        return
    data(f"{'bytes':>12} {'files':>8} {'folders':>8}  path")
    for path, usage in held.items():
        data(f"{usage.size_bytes:12} {usage.files:8} {usage.folders:8}  {path}")


def _held(device: Device, path: str) -> Usage:
    from belay.files.facts import Usage

    stat = device.fs.stat(path)
    return device.fs.usage(path) if stat.is_dir else Usage(1, 0, stat.size_bytes)
