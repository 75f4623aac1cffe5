"""mpremote's `fs` and `df`: its words for what `actions` do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay_cli.console import data, exact_stdout

from .errors import RemoteError, told
from .paths import board_path, named
from .removing import remove, remove_folder

if TYPE_CHECKING:
    from belay import Device

    from .board import Board
    from .grammar import Step

__all__ = ["print_room", "run_fs"]


def run_fs(board: Board, step: Step) -> None:
    """Do one command of `fs`.

    Raises:
        RemoteError: it cannot be done.
    """
    command, *words = step.words
    is_told = step.options["verbose"] is not False and (command != "cat" or step.options["verbose"] is True)
    if command == "cp":
        from .copying import copy  # noqa: PLC0415 - it loads with its command

        copy(board, step, is_told=is_told)
        return
    for word in words:
        if is_told:
            data(f"{command} :{named(word)}")
        with told(command, named(word)):
            _do(board, board.device, step, word)


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
    elif command == "mkdir":
        device.fs.mkdir(path)
    elif command == "rm":
        remove(board, step, word)
    elif command == "rmdir":
        remove_folder(device, word)
    elif command == "touch":
        _touch(device, path)
    else:
        _require_file(device, path)
        if command == "cat":
            exact_stdout(device.fs.read_bytes(path))
        else:
            data(_sum(device, path, command.removesuffix("sum")))


def _touch(device: Device, path: str) -> None:
    if path.endswith("/") and not device.fs.is_dir(path):
        raise NotADirectoryError(20, "")
    device.fs.touch(path)


def _require_file(device: Device, path: str) -> None:
    if device.fs.stat(path).is_dir:
        raise IsADirectoryError(21, "")
    if path.endswith("/"):
        raise NotADirectoryError(20, "")


def _sum(device: Device, path: str, algorithm: str) -> str:
    if algorithm == "sha256":
        computed = device.fs.hash(path)
        if computed.algorithm == "sha256":
            return computed.hexdigest
    import hashlib  # noqa: PLC0415 - as above

    return hashlib.new(algorithm, device.fs.read_bytes(path)).hexdigest()


def _show_tree(board: Board, device: Device, step: Step, word: str, path: str) -> None:
    from .tree import drawn, size_for_people  # noqa: PLC0415 - as above

    if not device.fs.is_dir(path):
        raise RemoteError(f"tree: '{word}' is not a directory")
    where = f" on {board.name}" if step.is_set("verbose") else ""
    shown = named(word)
    data(f":{path if shown in {'', '.'} else shown}{where}")

    def size(size_bytes: int) -> str:
        if step.is_set("size"):
            return f"[{size_bytes:9d}]  "
        return f"[{size_for_people(size_bytes):>6}]  " if step.is_set("human") else ""

    for line in drawn(device.fs.walk(path), path.rstrip("/") or "/", size):
        data(line)


def print_room(device: Device) -> None:
    """Print how much room the file systems of a board have."""
    from belay_cli.actions.looking import list_file_systems  # noqa: PLC0415 - as above

    row = "{:<10} {:>8} {:>8} {:>8} {:>4} {}".format
    data(row("filesystem", "size", "used", "avail", "use%", "mounted on"))
    for each in list_file_systems(device):
        used = each.size_bytes - each.free_bytes
        share = round(100 * used / each.size_bytes)
        data(row(each.name, each.size_bytes, used, each.free_bytes, share, each.path))
