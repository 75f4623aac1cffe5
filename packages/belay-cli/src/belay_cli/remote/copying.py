"""mpremote's `cp`: which path its words mean on either side, and what it says."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from belay_cli.console import data

from .errors import RemoteError, told
from .paths import board_path, is_remote, named

if TYPE_CHECKING:
    from belay import Device

    from .board import Board
    from .grammar import Step

__all__ = ["copy"]


class _Place(NamedTuple):
    """Where a word leads.

    Attributes:
        word: as typed.
        path: absolute on the board, or here.
        is_folder: None when nothing is there.
        is_in_folder: whether what it is in is a folder; None when nothing is there.
    """

    word: str
    path: str
    is_folder: bool | None
    is_in_folder: bool | None


def copy(board: Board, step: Step, *, is_told: bool) -> None:
    """Copy what the words of a step name.

    Raises:
        RemoteError: it cannot be done.
    """
    _, *sources, target = step.words
    for source in sources:
        if is_told:
            data(f"cp {source} {target}")
        _copy(board, step, source, target, is_one=len(sources) == 1)


def _copy(board: Board, step: Step, source: str, target: str, *, is_one: bool) -> None:
    device = board.device
    origin, place = _look(device, source, target)
    if not is_one and not place.is_folder:
        # Each would take the place of the one before.
        there = "does not exist" if place.is_folder is None else "is not a directory"
        raise RemoteError(f"cp: destination {there}")
    with told("cp", named(source)):
        if origin.is_folder is None:
            raise FileNotFoundError(2, "")
    if origin.is_folder and not step.is_set("recursive"):
        raise RemoteError("cp: -r not specified; omitting directory")
    end = _end(origin, place)
    top = len(place.path.rstrip("/"))
    shown = named(target).rstrip("/") or ("" if target.startswith(":/") else ".")
    with told("cp", f"{shown}{end[top:]}"):
        unchanged = _do(board, step, origin, end, is_on_board=is_remote(target))
    if place.is_folder and not _name(origin):
        shown += "/."
    for path in unchanged:
        data(f"Up to date: {shown}{path[top:]}")


def _look(device: Device, source: str, target: str) -> tuple[_Place, _Place]:
    """Tell where both words lead; what the board knows of them is one question."""
    paths = {word: board_path(device, word) for word in (source, target) if is_remote(word)}
    asked = [path for each in paths.values() for path in (each, each.rstrip("/").rpartition("/")[0] or "/")]
    facts = iter([stat and stat.is_dir for stat in (device.fs.stat_many(asked) if asked else ())])
    known = {word: _Place(word, path, next(facts), next(facts)) for word, path in paths.items()}
    return known.get(source) or _place_here(source), known.get(target) or _place_here(target)


def _place_here(word: str) -> _Place:
    folder = os.path.dirname(word.rstrip("/")) or ("." if word else "")  # noqa: PTH120 - `pathlib` costs 4 ms
    is_folder, is_in_folder = (
        os.path.isdir(path) if os.path.exists(path) else None  # noqa: PTH110, PTH112 - as above
        for path in (word, folder)
    )
    return _Place(word, word, is_folder, is_in_folder)


def _end(origin: _Place, place: _Place) -> str:
    """Return the new path."""
    path = place.path.rstrip("/") or "/"
    shown = named(place.word)
    name = _name(origin)
    if place.is_folder:
        return f"{path.rstrip('/')}/{name}" if name else path
    if place.is_folder is not None and origin.is_folder:
        with told("cp", f"{shown.rstrip('/')}/{name or '.'}"):
            raise NotADirectoryError(20, "")
    if not origin.is_folder and shown.endswith("/"):
        raise RemoteError("cp: destination is not a directory")
    with told("cp", shown):
        if place.is_in_folder is None:
            raise FileNotFoundError(2, "")
        if not place.is_in_folder:
            raise NotADirectoryError(20, "")
    return path


def _name(origin: _Place) -> str:
    """Return under which name it goes into a folder; "" for what is in it."""
    if not is_remote(origin.word):
        from belay_cli.actions.sending import host_name  # noqa: PLC0415 - it loads with the first copy

        return host_name(origin.path)
    last = named(origin.word).rstrip("/").rpartition("/")[2]
    return "" if last in {"", "."} else origin.path.rstrip("/").rpartition("/")[2]


def _do(board: Board, step: Step, origin: _Place, end: str, *, is_on_board: bool) -> tuple[str, ...]:
    """Copy, and return what was there already."""
    from belay.exceptions import HostFileError  # noqa: PLC0415 - as above
    from belay.files.errors import SyncConflictError  # noqa: PLC0415 - as above
    from belay_cli.actions.copying import fetch  # noqa: PLC0415 - as above
    from belay_cli.actions.copying_all import copy_here, send_each  # noqa: PLC0415 - as above
    from belay_cli.actions.copying_on_board import copy_on_board  # noqa: PLC0415 - as above
    from belay_cli.actions.sending import send  # noqa: PLC0415 - as above
    from belay_cli.progress import Progress  # noqa: PLC0415 - as above

    device, source, recursive = board.device, origin.path, step.is_set("recursive")
    again = step.is_set("force")
    if is_remote(origin.word) and is_on_board:
        done = copy_on_board(device, source, end, recursive=recursive, dry_run=False, into=False, again=again)
        return done.unchanged
    if not is_on_board and not is_remote(origin.word):
        copy_here(source, end)
        return ()
    with Progress() as update:
        if not is_on_board:
            fetch(device, source, end, recursive=recursive, dry_run=False, update=update, into=False)
            return ()
        try:
            if again or board.is_mounted(end):
                return tuple(send_each(device, source, end, again=again))
            return send(
                device, source, end, recursive=recursive, dry_run=False, update=update, into=False
            ).unchanged
        except HostFileError:
            with told("cp", source):
                raise
        except SyncConflictError as error:
            raise IsADirectoryError(21, "") from error
