"""`belay fs`: the files of a board."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from belay_cli.commands.options import DryRun, Json, Password, Port  # noqa: TC001 - typer reads them
from belay_pm.command_line.errors import MisuseError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from belay import Device
    from belay.files.facts import Entry
    from belay_cli.actions.copying import Copied

__all__ = ["app"]

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)

Paths = Annotated[list[str], typer.Argument(metavar="PATH...", help="On the board", show_default=False)]
PathsOrRoot = Annotated[
    list[str] | None, typer.Argument(metavar="[PATH]...", help="On the board; else `/`", show_default=False)
]
Recursive = Annotated[bool, typer.Option("-r", "--recursive", help="Folders with all that is in them, too")]


def _board_path(word: str) -> str:
    """Return the absolute path that a word means: `:` in front may be left out, `/` too."""
    path = word.removeprefix(":")
    return path if path.startswith("/") else f"/{path}"


def _entry_facts(entry: Entry) -> dict[str, object]:
    return {"path": entry.path, "is_dir": entry.is_dir, "size_bytes": entry.size_bytes}


def _print_json(value: object) -> None:
    import json

    from belay_cli.console import data

    data(json.dumps(value, ensure_ascii=False))


def _listed(device: Device, path: str) -> Sequence[Entry]:
    from belay.files.facts import Entry

    stat = device.fs.stat(path)
    return device.fs.list(path) if stat.is_dir else [Entry(path, is_dir=False, size_bytes=stat.size_bytes)]


@app.command()
def ls(
    paths: PathsOrRoot = None, *, port: Port = None, password: Password = None, as_json: Json = False
) -> None:
    """List files and folders, with the bytes of each file."""
    from belay_cli.boards import connected
    from belay_cli.console import data

    with connected(port, password=password, startup="") as device:
        entries = [entry for path in paths or ["/"] for entry in _listed(device, _board_path(path))]
    if as_json:
        _print_json([_entry_facts(entry) for entry in entries])
        return
    for entry in entries:
        size = "?" if entry.size_bytes is None else entry.size_bytes
        data(f"{'' if entry.is_dir else size:>10} {entry.name}{'/' if entry.is_dir else ''}")


@app.command()
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

    top = _board_path(path)
    with connected(port, password=password, startup="") as device:
        entries = device.fs.walk(top)
    if as_json:
        _print_json([_entry_facts(entry) for entry in entries])
        return
    data(top)
    for entry in entries:
        level = entry.path[len(top.rstrip("/")) :].count("/")
        data(f"{'  ' * level}{entry.name}{'/' if entry.is_dir else ''}")


@app.command()
def cat(paths: Paths, *, port: Port = None, password: Password = None) -> None:
    """Print files, byte for byte."""
    from belay_cli.boards import connected
    from belay_cli.console import exact_stdout

    with connected(port, password=password, startup="") as device:
        for path in paths:
            exact_stdout(device.fs.read_bytes(_board_path(path)))


@app.command()
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
    from belay_cli.actions.copying import copy_on_board, fetch, send
    from belay_cli.progress import Progress

    with Progress() as update:
        if not source.startswith(":"):
            return send(
                device, source, _board_path(target), recursive=recursive, dry_run=dry_run, update=update
            )
        if not target.startswith(":"):
            return fetch(
                device, _board_path(source), target, recursive=recursive, dry_run=dry_run, update=update
            )
        return copy_on_board(
            device, _board_path(source), _board_path(target), recursive=recursive, dry_run=dry_run
        )


def _show_copied(results: Sequence[Copied], *, dry_run: bool, as_json: bool) -> None:
    from belay_cli.console import data, words

    copied = [path for result in results for path in result.copied]
    unchanged = [path for result in results for path in result.unchanged]
    size = sum(result.size_bytes for result in results)
    seconds = sum(result.seconds for result in results)
    if as_json:
        facts = {"copied": copied, "unchanged": unchanged, "size_bytes": size, "seconds": round(seconds, 3)}
        _print_json(facts | {"dry_run": dry_run})
        return
    if dry_run:
        for path in copied:
            data(path)
    verb = "Would copy" if dry_run else "Copied"
    words(
        f"{verb} {len(copied)} {'file' if len(copied) == 1 else 'files'}, {size} bytes, in {seconds:.2f} s; "
        f"{len(unchanged)} unchanged"
    )


@app.command()
def mv(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="On the board", show_default=False)],
    target: Annotated[str, typer.Argument(metavar="TARGET", help="On the board", show_default=False)],
    *,
    port: Port = None,
    password: Password = None,
    force: Annotated[bool, typer.Option("-f", "--force", help="Take the place of a file")] = False,
) -> None:
    """Rename or move a file or folder on the board."""
    from belay_cli.boards import connected

    old, new = _board_path(source), _board_path(target)
    with connected(port, password=password, startup="") as device:
        if new.endswith("/") or device.fs.is_dir(new):
            new = f"{new.rstrip('/')}/{old.rstrip('/').rpartition('/')[2]}"
        device.fs.rename(old, new, overwrite=force)


@app.command()
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
            map(_board_path, paths),
            recursive=recursive,
            missing_ok=force,
            everything=everything,
            dry_run=dry_run,
        )
    if dry_run:
        for path in removed:
            data(path)


@app.command()
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
            device.fs.mkdir(_board_path(path), parents=parents, exist_ok=parents)


@app.command()
def rmdir(paths: Paths, *, port: Port = None, password: Password = None) -> None:
    """Remove empty folders."""
    from belay_cli.boards import connected

    with connected(port, password=password, startup="") as device:
        for path in paths:
            device.fs.remove_only(_board_path(path), "folder")


@app.command()
def touch(paths: Paths, *, port: Port = None, password: Password = None) -> None:
    """Make empty files where there are none."""
    from belay_cli.boards import connected

    with connected(port, password=password, startup="") as device:
        for path in paths:
            device.fs.touch(_board_path(path))


@app.command()
def sha256sum(paths: Paths, *, port: Port = None, password: Password = None, as_json: Json = False) -> None:
    """Print the SHA-256 of files, computed on the board."""
    from belay_cli.boards import connected
    from belay_cli.console import data

    with connected(port, password=password, startup="") as device:
        sums = {path: device.fs.hash(path, "sha256").hexdigest for path in map(_board_path, paths)}
    if as_json:
        _print_json(sums)
        return
    for path, digest in sums.items():
        data(f"{digest}  {path}")


@app.command()
def df(
    paths: PathsOrRoot = None, *, port: Port = None, password: Password = None, as_json: Json = False
) -> None:
    """Print the room of the file systems that hold these paths."""
    from belay_cli.boards import connected
    from belay_cli.console import data

    with connected(port, password=password, startup="") as device:
        rooms = {path: device.fs.free(path) for path in map(_board_path, paths or ["/"])}
    if as_json:
        _print_json({path: room._asdict() for path, room in rooms.items()})
        return
    data(f"{'bytes':>12} {'used':>12} {'free':>12}  path")
    for path, room in rooms.items():
        used = room.total_bytes - room.free_bytes
        data(f"{room.total_bytes:12} {used:12} {room.free_bytes:12}  {path}")


@app.command()
def du(
    paths: PathsOrRoot = None, *, port: Port = None, password: Password = None, as_json: Json = False
) -> None:
    """Print what folders hold: bytes, files and folders, all levels together."""
    from belay_cli.boards import connected
    from belay_cli.console import data

    with connected(port, password=password, startup="") as device:
        held = {path: device.fs.usage(path) for path in map(_board_path, paths or ["/"])}
    if as_json:
        _print_json({path: usage._asdict() for path, usage in held.items()})
        return
    data(f"{'bytes':>12} {'files':>8} {'folders':>8}  path")
    for path, usage in held.items():
        data(f"{usage.size_bytes:12} {usage.files:8} {usage.folders:8}  {path}")
