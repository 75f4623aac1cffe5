"""What a sync has to do: two pictures of a tree in, an ordered list of actions out.

Pure: decides, and does nothing. The order is that in which a link lost at any moment does the least harm:
what is in the way goes first, then come folders, then files (each one whole or not at all, what starts the
board last), and what is superfluous goes in the end, unless the room is needed earlier.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay.exceptions import BoardPathError
from belay.files.actions import Action, Reason, SyncPlan, space_needed
from belay.files.board_paths import (
    check_name,
    fat_key,
    folders_above,
    is_below,
    is_ours,
    name_of,
    sort_key,
)
from belay.files.errors import SyncConflictError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from belay.files.keeping import Kept
    from belay.files.trees import BoardTree, WantedTree

__all__ = ["sync_plan", "to_hash"]

_STARTERS = frozenset({"boot.py", "main.py", "code.py"})
"""What a board runs by itself: sent last, when what they import is there."""


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
    actions = planner.actions(removals_first=False)
    if free_bytes is not None and space_needed(actions)[0] > free_bytes:
        actions = planner.actions(removals_first=True)
    return SyncPlan(actions, planner.unchanged, planner.left)


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


class _Planner:
    """One decision: what stands where, what has to go, and what comes."""

    def __init__(self, wanted: WantedTree, board: BoardTree, kept: Kept, dst: str, *, is_fat: bool) -> None:
        self._wanted = wanted
        self._kept = kept
        self._dst = dst
        self._key = key = fat_key if is_fat else str
        self._folders = _needed_folders(wanted, dst)
        _check_wanted(wanted, self._folders, is_fat=is_fat)
        self._board = board
        self._wanted_keys = {key(path) for path in wanted.files}
        self._folder_keys = {key(path) for path in self._folders}
        self._files_there = {key(path): path for path in self._board.files}
        self._folders_there = {key(path): path for path in self._board.folders}
        self._refuse_kept_in_the_way()
        gone = self._gone()
        self._gone_folders = self._empty_folders(gone)
        self._early = self._in_the_way([*gone, *self._gone_folders])
        self._puts, self.unchanged = self._compared()
        self._twins = self._stale_twins()
        twins = set(self._twins.values())
        self._removals = [
            Action("remove_file", path, self._board.files[path].size, reason=reason)
            for path, reason in sorted(gone.items(), key=lambda item: sort_key(item[0]))
            if path not in twins
        ]
        left = set(self._board.files) - set(gone) - twins
        left -= {path for path in left if self._key(path) in self._wanted_keys or not self._is_inside(path)}
        self.left = tuple(sorted(left, key=sort_key))

    def actions(self, *, removals_first: bool) -> tuple[Action, ...]:
        """Return the steps in their order."""
        steps = [step for step in self._removals if step.path in self._early]
        steps += self._folder_removals(early=True)
        late = [step for step in self._removals if step.path not in self._early]
        twins = {put: self._twin_removal(twin) for put, twin in self._twins.items()}
        if removals_first:
            steps += [*late, *twins.values(), *self._folder_removals(early=False)]
        steps += [
            Action("make_folder", path)
            for path in sorted(self._folders, key=sort_key)
            if self._key(path) not in self._folders_there
        ]
        for put in self._puts:
            steps.append(put)
            if put.path in twins and not removals_first:
                steps.append(twins[put.path])
        if not removals_first:
            steps += [*late, *self._folder_removals(early=False)]
        return tuple(steps)

    def _folder_removals(self, *, early: bool) -> list[Action]:
        """The inner ones first."""
        return [
            Action("remove_folder", path, reason="in the way" if early else "superfluous")
            for path in sorted(self._gone_folders, key=sort_key, reverse=True)
            if (path in self._early) == early
        ]

    def _twin_removal(self, path: str) -> Action:
        return Action("remove_file", path, self._board.files[path].size, reason="stale twin")

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

    def _gone(self) -> dict[str, Reason]:
        """The files that go, and why."""
        gone: dict[str, Reason] = {}
        for path in self._board.files:
            if self._key(path) in self._wanted_keys:
                continue
            if self._key(path) in self._folder_keys:
                gone[path] = "in the way"
            elif not self._stays(path):
                gone[path] = "superfluous"
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

    def _empty_folders(self, gone: Iterable[str]) -> set[str]:
        """The folders that nothing is left in and that are not wanted."""
        staying = [path for path in self._board.folders if self._stays(path)]
        remaining = set(self._board.files).difference(gone)
        # A folder that stands where a file shall be is empty by now: what had to stay there was refused.
        occupied = {above for path in (*staying, *remaining) for above in folders_above(path)}
        return {
            path
            for path in self._board.folders
            if self._key(path) not in self._folder_keys and path not in occupied and not self._stays(path)
        }

    def _in_the_way(self, gone: Iterable[str]) -> set[str]:
        """What has to go before anything comes: what stands where something else shall be.

        Also what does by upper and lower case only: on a FAT that nobody knows to be one, removing the old
        name later would remove the new file.
        """
        places = {fat_key(path) for path in (*self._wanted.files, *self._folders)}
        return {
            path
            for path in gone
            if self._key(path) in self._folder_keys
            or any(
                fat_key(one) in places and self._key(one) not in self._folder_keys
                for one in (*folders_above(path), path)
            )
        }

    def _compared(self) -> tuple[list[Action], tuple[str, ...]]:
        """The files that are put, and those that are as they shall be."""
        puts: list[Action] = []
        unchanged: list[str] = []
        for path, facts in self._wanted.files.items():
            there = self._files_there.get(self._key(path))
            old = None if there is None else self._board.files[there]
            if there == path and old == facts and facts.digest is not None:
                unchanged.append(path)
            else:
                put = Action("put_file", path, facts.size)
                puts.append(put if old is None else put._replace(replaces=old.size, reason="changed"))
        puts.sort(key=lambda put: (name_of(put.path) in _STARTERS, sort_key(put.path)))
        return puts, tuple(sorted(unchanged, key=sort_key))

    def _stale_twins(self) -> dict[str, str]:
        """The other form of a module that is put -> where it stands, if it is not wanted as well.

        A board imports `x.py` before `x.mpy`: beside a stale twin the new file may never be seen. So it goes
        even where everything is kept, but for one that was named to be kept.
        """
        twins: dict[str, str] = {}
        for put in self._puts:
            twin = self._files_there.get(self._key(_twin(put.path)))
            if twin is None or self._key(twin) in self._wanted_keys or self._kept.names(twin, self._key):
                continue
            if twin not in self._early:
                twins[put.path] = twin
        return twins


def _needed_folders(wanted: WantedTree, dst: str) -> set[str]:
    needed = {folder for path in wanted.files for folder in folders_above(path)}
    for path in (*wanted.folders, dst):
        needed.update((*folders_above(path), path))
    return needed - {"/"}


def _check_wanted(wanted: WantedTree, folders: set[str], *, is_fat: bool) -> None:
    """Refuse what no board could have."""
    taken: dict[str, str] = {}
    for path in sorted((*wanted.files, *folders), key=sort_key):
        if is_ours(path):
            raise BoardPathError(f"`{path}`: names that begin with `.belay` are Belay's own on a board")
        for name in path.split("/")[1:]:
            check_name(name, path, is_fat=is_fat)
        other = taken.setdefault(fat_key(path) if is_fat else path, path)
        if other != path:
            raise BoardPathError(f"`{other}` and `{path}` are one for the board's file system, FAT")
    both = sorted(folders.intersection(wanted.files))
    if both:
        raise BoardPathError(f"`{both[0]}` is wanted as a file and as a folder")


def _twin(path: str) -> str:
    if path.endswith(".py"):
        return path[:-3] + ".mpy"
    return path[:-4] + ".py" if path.endswith(".mpy") else ""


def _conflict(there: str, what: str, wanted: str, kind: str) -> SyncConflictError:
    return SyncConflictError(
        f"`{there}` on the board is {what}; the host has {kind}, `{wanted}`, for that place",
        hint="rename one of them, or take it out of `keep`",
    )
