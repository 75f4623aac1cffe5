"""What a sync has to do: two pictures of a tree in, an ordered list of actions out.

Pure: decides, and does nothing. The order is that in which a link lost at any moment does the least harm:
what is in the way goes first, then come folders, then files (each one whole or not at all, what starts the
board last), and what is superfluous goes in the end, unless the room is needed earlier.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from belay.files.board_paths import (
    check_name,
    fat_key,
    folders_above,
    is_below,
    is_leftover,
    is_ours,
    name_of,
    parent_of,
    sort_key,
    target_of,
)
from belay.files.errors import BoardPathError, SyncConflictError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from belay.files.keeping import Kept
    from belay.files.trees import BoardTree, WantedTree

__all__ = ["Action", "Reason", "SyncPlan", "Verb", "space_needed", "sync_plan", "to_hash"]

Verb = Literal["rename_file", "remove_file", "remove_folder", "make_folder", "put_file"]
Reason = Literal["new", "changed", "superfluous", "in the way", "leftover", "stale twin"]

_BLOCK_BYTES = 4096
"""What a file system gives away at once: littlefs on flash, and FAT on most cards and drives up to 64 MB."""

_STARTERS = frozenset({"boot.py", "main.py", "code.py"})
"""What a board runs by itself: sent last, when what they import is there."""


class Action(NamedTuple):
    """One step of a sync.

    Attributes:
        verb: what to do.
        path: absolute, on the board.
        size: bytes of the file.
        replaces: bytes of the file whose place the new one takes, once it is whole.
        reason: why.
        source: where the file to be renamed to `path` stands.
    """

    verb: Verb
    path: str
    size: int = 0
    replaces: int = 0
    reason: Reason = "new"
    source: str = ""

    def __str__(self) -> str:
        words = self.verb.replace("_", " ") + (f" {self.source} to" if self.source else "")
        size = f", {self.size} bytes" if self.verb == "put_file" else ""
        return f"{words} {self.path} ({self.reason}{size})"


class SyncPlan(NamedTuple):
    """All that a sync has to do; a value, which `dry_run` returns and `str` shows.

    Attributes:
        actions: in the order in which they are carried out; empty when the board is as it shall be.
        unchanged: files that are on the board as they shall be.
        left: files at and below `dst` that the host does not have, and that stay.
    """

    actions: tuple[Action, ...] = ()
    unchanged: tuple[str, ...] = ()
    left: tuple[str, ...] = ()

    @property
    def puts(self) -> tuple[Action, ...]:
        """The files that are sent."""
        return tuple(action for action in self.actions if action.verb == "put_file")

    @property
    def bytes_to_send(self) -> int:
        """The sum of their sizes."""
        return sum(action.size for action in self.puts)

    def __str__(self) -> str:
        lines = [str(action) for action in self.actions] or ["nothing to do"]
        return "\n".join(lines)


def sync_plan(
    wanted: WantedTree,
    board: BoardTree,
    *,
    kept: Kept,
    dst: str = "/",
    is_fat: bool = False,
    free_bytes: int | None = None,
) -> SyncPlan:
    """Return what makes the board's tree what it shall be.

    Args:
        wanted: what shall be at and below `dst`.
        board: what is there. Paths beyond `dst` are left alone.
        kept: what stays although it is not wanted. A wanted file is put even there.
        dst: the folder on the board.
        is_fat: whether the board's file system takes upper and lower case for the same, as FAT does.
        free_bytes: room on the board; when that is too little for all new files beside what is superfluous,
            the latter is removed first. None assumes that there is room.

    Raises:
        BoardPathError: the board cannot have a name that is wanted, or two of them are one for it.
        SyncConflictError: what has to stay is where something else shall be.
    """
    planner = _Planner(wanted, board, kept, dst, is_fat=is_fat)
    planner.decide()
    actions = planner.actions(removals_first=False)
    if free_bytes is not None and space_needed(actions)[0] > free_bytes:
        actions = planner.actions(removals_first=True)
    return SyncPlan(actions, tuple(planner.unchanged), tuple(planner.left))


def space_needed(actions: Iterable[Action], *, block_bytes: int = _BLOCK_BYTES) -> tuple[int, str]:
    """Return how much room the board must have at the start, and which file needs it.

    Args:
        actions: of a plan. A file is written beside the one that it replaces.
        block_bytes: what the file system gives away at once.

    Returns:
        bytes, 0 when no file is put, and the path at which so much is needed ("" for none).
    """
    used, most, at = 0, 0, ""
    for action in actions:
        if action.verb == "put_file":
            used += _rounded(action.size, block_bytes)
            if used > most:
                most, at = used, action.path
            used -= _rounded(action.replaces, block_bytes)
        elif action.verb == "remove_file":
            used -= _rounded(action.size, block_bytes)
        elif action.verb == "make_folder":
            used += block_bytes
    return most, at


def to_hash(wanted: WantedTree, board: BoardTree) -> tuple[str, ...]:
    """Return the files whose content decides: on the board in the size that is wanted, and not hashed yet.

    A board that lists without reading has to read only these.
    """
    return tuple(
        path
        for path in sorted(wanted.files, key=sort_key)
        if (there := board.files.get(path)) is not None
        and there.digest is None
        and there.size == wanted.files[path].size
    )


def _rounded(size: int, block_bytes: int) -> int:
    return -(-size // block_bytes) * block_bytes


class _Planner:
    """One decision: what stands where, what has to go, and what comes."""

    def __init__(self, wanted: WantedTree, board: BoardTree, kept: Kept, dst: str, *, is_fat: bool) -> None:
        self._wanted = wanted
        self._kept = kept
        self._dst = dst
        self._key = fat_key if is_fat else str
        self._is_fat = is_fat
        self._folders = self._needed_folders()
        self._check_wanted()
        self._board = board
        self._renames: list[Action] = []
        self._bring_home()
        board = self._board
        key = self._key
        self._wanted_keys = {key(path) for path in wanted.files}
        self._folder_keys = {key(path) for path in self._folders}
        self._files_there = {key(path): path for path in board.files}
        self._folders_there = {key(path): path for path in board.folders}
        # What is in the way, or would be on a file system that takes upper and lower case for the same.
        self._early_files: dict[str, Reason] = {}
        self._early_folders: set[str] = set()
        self._late_files: dict[str, Reason] = {}
        self._late_folders: set[str] = set()
        self.unchanged: list[str] = []
        self.left: list[str] = []

    def decide(self) -> None:
        """Find out what has to go, and when."""
        self._refuse_kept_in_the_way()
        clashes = {fat_key(path): path for path in (*self._wanted.files, *self._folders)}
        gone = self._superfluous_files()
        for path, reason in gone.items():
            if reason == "leftover":
                self._early_files[path] = reason
            elif self._stands_in_the_way(path, clashes):
                self._early_files[path] = "in the way"
            else:
                self._late_files[path] = reason
        for path in self._empty_folders(set(gone)):
            early = self._stands_in_the_way(path, clashes)
            (self._early_folders if early else self._late_folders).add(path)

    def actions(self, *, removals_first: bool) -> tuple[Action, ...]:
        """Return the steps in their order."""
        twins = {} if removals_first else self._twins()
        late = [
            self._removal(path, why) for path, why in self._late_files.items() if path not in twins.values()
        ]
        if removals_first:
            late += [
                self._removal(path, "stale twin")
                for path in self._twins().values()
                if path not in self._late_files and path not in self._early_files
            ]
        late = _in_order(late) + _folders_removed(self._late_folders, "superfluous")
        steps = self._renames + _in_order(
            [self._removal(path, why) for path, why in self._early_files.items()]
        )
        steps += _folders_removed(self._early_folders, "in the way")
        steps += late if removals_first else []
        steps += [
            Action("make_folder", path)
            for path in sorted(self._folders, key=sort_key)
            if self._key(path) not in self._folders_there or self._is_removed(path)
        ]
        for put in self._puts():
            steps.append(put)
            if put.path in twins:
                steps.append(self._removal(twins[put.path], "stale twin"))
        return tuple(steps + ([] if removals_first else late))

    def _bring_home(self) -> None:
        """Rename whole files that an interruption kept from their place, and plan as if they had come to it.

        That is where the old file was removed already, so that nothing is lost. Where it still is, the new
        one is a leftover like others.
        """
        key = self._key
        taken = {key(path) for path in (*self._board.files, *self._board.folders, *self._folders)}
        files = dict(self._board.files)
        for path in sorted(self._board.files, key=sort_key):
            target = target_of(path)
            if target is None or key(target) in taken or is_ours(target):
                continue
            if self._is_inside(path) and not self._kept.names(path, key):
                facts = files[target] = files.pop(path)
                taken.add(key(target))
                self._renames.append(Action("rename_file", target, facts.size, 0, "leftover", path))
        self._board = self._board._replace(files=files)

    def _needed_folders(self) -> set[str]:
        needed = {folder for path in self._wanted.files for folder in folders_above(path)}
        for path in (*self._wanted.folders, self._dst):
            needed.update((*folders_above(path), path))
        return needed - {"/"}

    def _check_wanted(self) -> None:
        taken: dict[str, str] = {}
        for path in sorted((*self._wanted.files, *self._folders), key=sort_key):
            if is_ours(path):
                raise BoardPathError(f"`{path}`: names that begin with `.belay` are Belay's own on a board")
            for name in path.split("/")[1:]:
                check_name(name, path, is_fat=self._is_fat)
            other = taken.setdefault(self._key(path), path)
            if other != path:
                raise BoardPathError(f"`{other}` and `{path}` are one for the board's file system, FAT")
        both = sorted(self._folders.intersection(self._wanted.files))
        if both:
            raise BoardPathError(f"`{both[0]}` is wanted as a file and as a folder")

    def _refuse_kept_in_the_way(self) -> None:
        for folder in sorted(self._folders, key=sort_key):
            there = self._files_there.get(self._key(folder))
            if there is not None and (
                self._kept.covers(there, self._key)
                or is_below(self._key(self._dst), self._key(there))
                or self._is_mounted(there)
            ):
                raise _conflict(there, "a file that has to stay", folder, "a folder")
        for path in self._wanted.files:
            at = self._folders_there.get(self._key(path))
            if at is None:
                continue
            inside = [one for one in (*self._board.files, *self._board.folders) if is_below(one, at)]
            for one in (at, *inside):
                if self._stays(one):
                    raise _conflict(at, f"a folder, and `{one}` has to stay", path, "a file")

    def _superfluous_files(self) -> dict[str, Reason]:
        gone: dict[str, Reason] = {}
        for path in self._board.files:
            if self._key(path) in self._wanted_keys:
                continue
            if is_leftover(path) and not is_ours(parent_of(path)) and not self._kept.names(path, self._key):
                if self._is_inside(path):
                    gone[path] = "leftover"
            elif self._key(path) in self._folder_keys:
                gone[path] = "in the way"
            elif self._stays(path):
                self.left += [path] if self._is_inside(path) else []
            else:
                gone[path] = "superfluous"
        self.left.sort(key=sort_key)
        return gone

    def _stays(self, path: str) -> bool:
        """Whether `path`, which is not wanted, is none of our business."""
        return (
            not self._is_inside(path)
            or self._kept.covers(path, self._key)
            or is_ours(path)
            or self._is_mounted(path)
        )

    def _is_inside(self, path: str) -> bool:
        """Whether `path` is below `dst`."""
        return is_below(self._key(path), self._key(self._dst))

    def _is_mounted(self, path: str) -> bool:
        """Whether another file system is mounted at or above `path`, below `dst`."""
        return any(
            path == mount or is_below(path, mount) for mount in self._board.mounts if self._is_inside(mount)
        )

    def _empty_folders(self, gone: set[str]) -> list[str]:
        """The folders that nothing is left in and that are not wanted."""
        needed = [path for path in self._board.folders if self._stays(path)]
        remaining = [path for path in self._board.files if path not in gone]
        # A folder that stands where a file shall be is empty by now: what had to stay there was refused.
        occupied = {above for path in (*needed, *remaining) for above in folders_above(path)}
        return [
            path
            for path in self._board.folders
            if self._key(path) not in self._folder_keys and path not in occupied and not self._stays(path)
        ]

    def _stands_in_the_way(self, path: str, clashes: dict[str, str]) -> bool:
        """Whether `path`, or a folder above it that goes with it, is where something else shall be.

        Also counts what differs by upper and lower case only: on a FAT that nobody knows to be one,
        removing the old name later would remove the new file.
        """
        if self._key(path) in self._folder_keys:
            return True
        for one in (*folders_above(path), path):
            if self._key(one) not in self._folder_keys and fat_key(one) in clashes:
                return True
        return False

    def _is_removed(self, folder: str) -> bool:
        """Whether the folder that is there under another spelling goes."""
        there = self._folders_there[self._key(folder)]
        return there in self._early_folders or there in self._late_folders

    def _puts(self) -> list[Action]:
        puts: list[Action] = []
        self.unchanged.clear()
        for path, facts in self._wanted.files.items():
            there = self._files_there.get(self._key(path))
            old = None if there is None else self._board.files[there]
            if old is not None and there == path and old == facts and facts.digest is not None:
                self.unchanged.append(path)
            else:
                put = Action("put_file", path, facts.size)
                puts.append(put if old is None else put._replace(replaces=old.size, reason="changed"))
        self.unchanged.sort(key=sort_key)
        return sorted(puts, key=lambda put: (name_of(put.path) in _STARTERS, sort_key(put.path)))

    def _twins(self) -> dict[str, str]:
        """The other form of a module that is put -> where it stands, if it is not wanted as well.

        A board imports `x.py` before `x.mpy`: beside a stale twin the new file may never be seen. So it goes
        even where everything is kept, but for one that was named to be kept.
        """
        twins: dict[str, str] = {}
        for put in self._puts():
            twin = self._files_there.get(self._key(_twin(put.path)))
            if (
                twin is not None
                and self._key(twin) not in self._wanted_keys
                and twin not in self._early_files
                and not self._kept.names(twin, self._key)
            ):
                twins[put.path] = twin
        self.left = [path for path in self.left if path not in twins.values()]
        return twins

    def _removal(self, path: str, reason: Reason) -> Action:
        return Action("remove_file", path, self._board.files[path].size, 0, reason)


def _twin(path: str) -> str:
    if path.endswith(".py"):
        return path[:-3] + ".mpy"
    return path[:-4] + ".py" if path.endswith(".mpy") else ""


def _in_order(actions: list[Action]) -> list[Action]:
    return sorted(actions, key=lambda action: sort_key(action.path))


def _folders_removed(paths: Iterable[str], reason: Reason) -> list[Action]:
    """The inner ones first."""
    return [Action("remove_folder", path, 0, 0, reason) for path in sorted(paths, key=sort_key, reverse=True)]


def _conflict(there: str, what: str, wanted: str, kind: str) -> SyncConflictError:
    return SyncConflictError(
        f"`{there}` on the board is {what}; the host has {kind}, `{wanted}`, for that place",
        hint="rename one of them, or take it out of `keep`",
    )
