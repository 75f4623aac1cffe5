"""mpremote's `fs`, `df` and `edit`: its words for what `actions` do."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from belay_cli.console import data, exact_stdout

from .errors import RemoteError
from .paths import board_path, is_remote, named

if TYPE_CHECKING:
    from belay import Device

    from .board import Board
    from .grammar import Step

__all__ = ["edit", "print_room", "run_fs"]


def run_fs(board: Board, step: Step) -> None:
    """Do one command of `fs`.

    Raises:
        RemoteError: it cannot be done.
    """
    command, *words = step.words
    is_told = step.options["verbose"] is not False and (command != "cat" or step.options["verbose"] is True)
    device = board.device
    if command == "cp":
        *sources, target = words
        for source in sources:
            if is_told:
                data(f"cp {source} {target}")
            if source is sources[0] and sources[1:]:
                _require_folder(device, target)
            _told(command, named(source), lambda source=source: _copy(device, step, source, target))
        return
    for word in words:
        if is_told:
            data(f"{command} :{named(word)}")
        path = named(word)
        _told(command, path, lambda path=path: _do(board, device, step, path))


def _require_folder(device: Device, target: str) -> None:
    """Refuse to copy several to what is no folder: each would take the place of the one before."""
    if is_remote(target):
        path = board_path(device, target)
        is_there, is_folder = device.fs.exists(path), device.fs.is_dir(path)
    else:
        is_there, is_folder = os.path.lexists(named(target)), os.path.isdir(named(target))  # noqa: PTH112 - `pathlib` costs 4 ms
    if not is_folder:
        raise RemoteError(f"cp: destination {'is not a directory' if is_there else 'does not exist'}")


def _told(command: str, path: str, do: object) -> None:
    from belay.exceptions import BelayException, ConnectionLost  # noqa: PLC0415 - loads with the device

    assert callable(do)
    try:
        do()
    except ConnectionLost:
        raise
    except OSError as error:
        number = error.errno
        if number is None:
            number = 2 if isinstance(error, FileNotFoundError) else None
        said = os.strerror(number) if number is not None else str(error)
        raise RemoteError(f"{command}: {path}: {said}.") from error
    except BelayException as error:
        raise RemoteError(f"{command}: {path}: {error}") from error


def _do(board: Board, device: Device, step: Step, word: str) -> None:
    command = step.words[0]
    path = board_path(device, word)
    if command == "ls":
        from belay_cli.actions.looking import list_as_told  # noqa: PLC0415 - only this command needs it

        if not device.fs.stat(path).is_dir:
            raise NotADirectoryError(20, "")
        for entry in list_as_told(device, path):
            data(f"{entry.size_bytes:12} {entry.name}{'/' if entry.is_dir else ''}")
    elif command == "tree":
        _show_tree(board, device, step, word, path)
    elif command == "cat":
        _refuse_folder(device, path)
        exact_stdout(device.fs.read_bytes(path))
    elif command == "mkdir":
        device.fs.mkdir(path)
    elif command == "touch":
        device.fs.touch(path)
    elif command in {"rm", "rmdir"}:
        from belay_cli.actions.removing import remove  # noqa: PLC0415 - as above

        is_folder = device.fs.stat(path).is_dir
        if command == "rmdir" and not is_folder:
            raise NotADirectoryError(20, "")
        remove(device, [path.rstrip("/") or "/"], recursive=step.is_set("recursive"), everything=True)
    else:
        _refuse_folder(device, path)
        data(_sum(device, path, command.removesuffix("sum")))


def _refuse_folder(device: Device, path: str) -> None:
    if device.fs.stat(path).is_dir:
        raise IsADirectoryError(21, "")


def _sum(device: Device, path: str, algorithm: str) -> str:
    if algorithm == "sha256":
        told = device.fs.hash(path)
        if told.algorithm == "sha256":
            return told.hexdigest
    import hashlib  # noqa: PLC0415 - as above

    return hashlib.new(algorithm, device.fs.read_bytes(path)).hexdigest()


def _show_tree(board: Board, device: Device, step: Step, word: str, path: str) -> None:
    from .tree import drawn, size_for_people  # noqa: PLC0415 - as above

    if not device.fs.is_dir(path):
        raise RemoteError(f"tree: '{word}' is not a directory")
    where = f" on {board.name}" if step.is_set("verbose") else ""
    data(f":{word or path}{where}")

    def size(size_bytes: int) -> str:
        if step.is_set("size"):
            return f"[{size_bytes:9d}]  "
        return f"[{size_for_people(size_bytes):>6}]  " if step.is_set("human") else ""

    for line in drawn(device.fs.walk(path), path.rstrip("/") or "/", size):
        data(line)


def _copy(device: Device, step: Step, source: str, target: str) -> None:
    from belay_cli.actions.copying import copy_on_board, fetch  # noqa: PLC0415 - as above
    from belay_cli.actions.copying_all import copy_here, send_again  # noqa: PLC0415 - as above
    from belay_cli.actions.sending import send  # noqa: PLC0415 - as above
    from belay_cli.progress import Progress  # noqa: PLC0415 - as above

    recursive = step.is_set("recursive")
    there = board_path(device, target) if is_remote(target) else named(target)
    if is_remote(source):
        origin = board_path(device, source)
        if device.fs.stat(origin).is_dir and not recursive:
            raise RemoteError("cp: -r not specified; omitting directory")
        if is_remote(target):
            copy_on_board(device, origin, there, recursive=recursive, dry_run=False)
            return
        with Progress() as update:
            fetch(device, origin, there, recursive=recursive, dry_run=False, update=update)
        return
    if os.path.isdir(source) and not recursive:  # noqa: PTH112 - `pathlib` costs 4 ms
        raise RemoteError("cp: -r not specified; omitting directory")
    if not is_remote(target):
        copy_here(source, there)
    elif step.is_set("force"):
        send_again(device, source, there)
    else:
        with Progress() as update:
            done = send(device, source, there, recursive=recursive, dry_run=False, update=update)
        shown = named(target).rstrip("/") or ("" if target.startswith(":/") else ".")
        top = len(there.rstrip("/"))
        for path in done.unchanged:
            data(f"Up to date: {shown}{path[top:]}")


def print_room(device: Device) -> None:
    """Print how much room the file systems of a board have."""
    from belay_cli.actions.looking import list_file_systems  # noqa: PLC0415 - as above

    row = "{:<10} {:>8} {:>8} {:>8} {:>4} {}".format
    data(row("filesystem", "size", "used", "avail", "use%", "mounted on"))
    for each in list_file_systems(device):
        used = each.size_bytes - each.free_bytes
        share = round(100 * used / each.size_bytes)
        data(row(each.name, each.size_bytes, used, each.free_bytes, share, each.path))


def edit(device: Device, words: tuple[str, ...]) -> None:
    """Have a person edit files of the board; what the editor did not save stays as it was.

    Raises:
        RemoteError: there is no editor, or it failed.
    """
    import shlex  # noqa: PLC0415 - as above
    import subprocess  # noqa: PLC0415 - as above
    import tempfile  # noqa: PLC0415 - as above
    from pathlib import Path  # noqa: PLC0415 - as above

    editor = os.environ.get("EDITOR", "").strip()
    if not editor:
        raise RemoteError("edit: $EDITOR not set")
    for word in words:
        path = board_path(device, word)
        data(f"edit :{named(word)}")
        before = device.fs.read_bytes(path) if device.fs.exists(path) else None
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder, os.path.basename(path) or "file")  # noqa: PTH119 - a path of the board's
            copy.write_bytes(before or b"")
            ended = subprocess.run([*shlex.split(editor), str(copy)], check=False)  # noqa: S603 - the user's own editor
            after = copy.read_bytes() if copy.is_file() else None
        if ended.returncode != 0:
            raise RemoteError(f"edit: `{editor}` ended with {ended.returncode}; {named(word)} is unchanged")
        if after is None:
            raise RemoteError(f"edit: `{editor}` left no file; {named(word)} is unchanged")
        if after != before:
            device.fs.write_bytes(path, after)
