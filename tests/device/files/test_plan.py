"""What a sync decides to do, shown on pictures of trees and by carrying random plans out on a model."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from belay.exceptions import BoardPathError
from belay.files.actions import Action, SyncPlan, space_needed
from belay.files.board_paths import fat_key, folders_above, is_below, is_leftover, leftover_path
from belay.files.digests import content_digest, file_line, folder_line
from belay.files.errors import SyncConflictError
from belay.files.keeping import Kept, kept
from belay.files.plan import sync_plan, to_hash
from belay.files.scope import DigestScope, digest_scope, tree_digest
from belay.files.trees import BoardTree, FileFacts, WantedTree

NOTHING = Kept()
EVERYTHING = Kept(everything=True)


def _facts(content: str) -> FileFacts:
    return FileFacts(len(content), content_digest(content.encode()))


def _wanted(*folders: str, **files: str) -> WantedTree:
    """What shall be; `lib__a_py="x"` cannot be a path, so files come as a dict."""
    return WantedTree({path: _facts(content) for path, content in files.items()}, folders)


def _board(files: dict[str, str], *folders: str, mounts: tuple[str, ...] = ()) -> BoardTree:
    above = {folder for path in (*files, *folders, *mounts) for folder in folders_above(path)}
    return BoardTree(
        {path: _facts(content) for path, content in files.items()}, {*above, *folders, *mounts}, mounts
    )


def _steps(plan: SyncPlan) -> list[tuple[str, str]]:
    return [(action.verb, action.path) for action in plan.actions]


def test_nothing_has_to_be_done_for_a_tree_that_is_right() -> None:
    """Same files, same folders: no action, and the plan says so."""
    wanted = _wanted("/data", **{"/a.py": "1", "/lib/b.py": "2"})

    plan = sync_plan(wanted, _board({"/a.py": "1", "/lib/b.py": "2"}, "/data"), kept=NOTHING)

    assert plan == SyncPlan((), ("/a.py", "/lib/b.py"), ())
    assert str(plan) == "nothing to do"


def test_a_plan_has_folders_then_files_then_removals() -> None:
    """The order in which a lost link does the least harm; what starts the board comes last of the files."""
    wanted = _wanted(
        "/empty", **{"/main.py": "m", "/boot.py": "b", "/z.py": "z", "/lib/x/y.py": "new", "/same": "s"}
    )
    board = _board(
        {"/z.py": "old", "/same": "s", "/old/deep/file": "o", "/lib/w.py": "w", "/.belay-1234": "half"}
    )

    plan = sync_plan(wanted, board, kept=NOTHING)

    assert [str(action) for action in plan.actions] == [
        "make folder /empty (new)",
        "make folder /lib/x (new)",
        "put file /lib/x/y.py (new, 3 bytes)",
        "put file /z.py (changed, 1 byte)",
        "put file /boot.py (new, 1 byte)",
        "put file /main.py (new, 1 byte)",
        "remove file /lib/w.py (superfluous)",
        "remove file /old/deep/file (superfluous)",
        "remove folder /old/deep (superfluous)",
        "remove folder /old (superfluous)",
    ]
    assert plan.unchanged == ("/same",)
    assert plan.bytes_to_send == 6


def test_what_is_superfluous_goes_first_where_room_is_short() -> None:
    """With too little room for old and new, the old makes room; with enough, it stays to the end."""
    wanted = _wanted(**{"/new": "n" * 5000})
    board = _board({"/old": "o" * 9000})

    short = sync_plan(wanted, board, kept=NOTHING, free_bytes=8191)
    roomy = sync_plan(wanted, board, kept=NOTHING, free_bytes=8192)

    assert _steps(short) == [("remove_file", "/old"), ("put_file", "/new")]
    assert _steps(roomy) == [("put_file", "/new"), ("remove_file", "/old")]
    assert space_needed(roomy.actions) == (8192, "/new")
    assert space_needed(short.actions) == (0, "")


def test_the_room_that_is_needed_counts_blocks_and_the_old_file_beside_the_new() -> None:
    """A file is written beside the one that it replaces, and each takes whole blocks."""
    actions = [
        Action("make_folder", "/d"),
        Action("put_file", "/d/a", 100, 300),
        Action("put_file", "/d/b", 513),
    ]

    assert space_needed(actions, block_bytes=512) == (512 + 1024, "/d/b")


@pytest.mark.parametrize(
    ("keep", "dst", "left"),
    [
        (None, "/", ["/boot.py", "/lib/a.py", "/lib/deep/b.py", "/webrepl_cfg.py"]),
        (None, "/lib", []),
        (False, "/", []),
        ([], "/", []),
        (True, "/", ["/boot.py", "/lib/a.py", "/lib/deep/b.py", "/other", "/webrepl_cfg.py"]),
        ("other", "/", ["/other"]),
        (["lib/deep", "/other"], "/", ["/lib/deep/b.py", "/other"]),
        ("deep", "/lib", ["/lib/deep/b.py"]),
        ("/lib/deep/", "/lib", ["/lib/deep/b.py"]),
        ("lib/dee", "/", []),
    ],
)
def test_what_is_kept_stays(keep: object, dst: str, left: list[str]) -> None:
    """The manual's `keep`: names from `dst` or absolute, a folder for all that is in it."""
    everything = ["/boot.py", "/lib/a.py", "/lib/deep/b.py", "/other", "/webrepl_cfg.py"]
    board = _board(dict.fromkeys(everything, "x"))

    plan = sync_plan(WantedTree({}), board, kept=kept(keep, dst), dst=dst)  # type: ignore[arg-type] # all kinds

    gone = {path for verb, path in _steps(plan) if verb == "remove_file"}
    inside = {path for path in everything if is_below(path, dst)}
    assert gone == inside - set(left)


@pytest.mark.parametrize("keep", [3, b"lib", 1.5, {"lib": 1}, [3], [None], object()])
def test_keep_is_paths_or_a_bool(keep: object) -> None:
    """Something else is a TypeError."""
    with pytest.raises(TypeError, match="keep"):
        kept(keep)  # type: ignore[arg-type] # the point


def test_a_single_file_keeps_all_but_its_stale_twin() -> None:
    """Beside `x.py`, which a board imports first, a new `x.mpy` would never be seen."""
    board = _board({"/x.py": "old", "/y.py": "y", "/x.txt": "t"})
    everything = kept(None, is_single_file=True)

    plan = sync_plan(_wanted(**{"/x.mpy": "new"}), board, kept=everything)

    assert [str(action) for action in plan.actions] == [
        "put file /x.mpy (new, 3 bytes)",
        "remove file /x.py (stale twin)",
    ]
    assert plan.left == ("/x.txt", "/y.py")


def test_a_twin_stays_that_is_wanted_or_named_or_whose_other_form_does_not_change() -> None:
    """Only the stale form of a module that is put goes."""
    board = _board({"/a.py": "a", "/b.py": "b", "/c.py": "c", "/c.mpy": "C"})
    wanted = _wanted(**{"/a.mpy": "A", "/a.py": "a", "/b.mpy": "B", "/c.mpy": "C"})

    plan = sync_plan(wanted, board, kept=Kept(True, ("/b.py",)))

    assert _steps(plan) == [("put_file", "/a.mpy"), ("put_file", "/b.mpy")]


def test_a_file_makes_way_for_a_folder_and_the_reverse() -> None:
    """What stands where something else shall be goes first, the inside of a folder before the folder."""
    board = _board({"/lib": "file", "/app/inner/x": "x", "/app/y": "y"}, "/app/hollow")

    plan = sync_plan(_wanted(**{"/lib/a.py": "a", "/app": "now a file"}), board, kept=NOTHING)

    assert _steps(plan) == [
        ("remove_file", "/app/inner/x"),
        ("remove_file", "/app/y"),
        ("remove_file", "/lib"),
        ("remove_folder", "/app/inner"),
        ("remove_folder", "/app/hollow"),
        ("remove_folder", "/app"),
        ("make_folder", "/lib"),
        ("put_file", "/app"),
        ("put_file", "/lib/a.py"),
    ]


@pytest.mark.parametrize(
    ("wanted", "board", "keeping"),
    [
        ("/lib/a.py", _board({"/lib": "a file"}), Kept(False, ("/lib",))),
        ("/lib/a.py", _board({"/lib": "a file"}), EVERYTHING),
        ("/app", _board({"/app/x": "x"}), Kept(False, ("/app/x",))),
        ("/sd", _board({}, mounts=("/sd",)), NOTHING),
        ("/a", _board({}, mounts=("/a/sd",)), NOTHING),
        ("/a", _board({"/a/.belay/x": "ours"}), NOTHING),
    ],
)
def test_what_has_to_stay_is_never_in_the_way(wanted: str, board: BoardTree, keeping: Kept) -> None:
    """Where it would be, the sync is refused, and the message names both."""
    with pytest.raises(SyncConflictError, match=wanted.removesuffix("/a.py")) as caught:
        sync_plan(_wanted(**{wanted: "x"}), board, kept=keeping)

    assert caught.value.hint is not None


def test_a_mount_point_and_what_is_in_it_stay() -> None:
    """Another file system below `dst` is not ours to clean; wanted files go there all the same."""
    board = _board({"/sd/photo": "p", "/sd/a.py": "old"}, "/x", mounts=("/sd", "/x/rom"))

    plan = sync_plan(_wanted(**{"/sd/a.py": "new"}), board, kept=NOTHING)

    assert _steps(plan) == [("put_file", "/sd/a.py")]
    assert plan.left == ("/sd/photo",)


def test_a_sync_into_a_mount_point_cleans_there() -> None:
    """A mount point that is `dst` itself is meant."""
    board = _board({"/sd/old": "o", "/flash": "f"}, mounts=("/sd",))

    plan = sync_plan(WantedTree({}), board, kept=NOTHING, dst="/sd")

    assert _steps(plan) == [("remove_file", "/sd/old")]


def test_names_of_ours_stay() -> None:
    """What an interrupted transfer left may be the only whole copy: it is mended, and not for a plan to remove."""
    board = _board({leftover_path("/lib/a.py"): "half", "/.belay": "ours", "/.belay.d/.belay-x": "ours"})

    plan = sync_plan(WantedTree({}), board, kept=NOTHING)

    assert plan.actions == ()


def test_names_of_ours_are_not_wanted() -> None:
    """A host file called `.belay…` is refused."""
    with pytest.raises(BoardPathError, match=r"\.belay-1"):
        sync_plan(_wanted(**{"/.belay-1": "x"}), _board({}), kept=NOTHING)


def test_a_change_of_case_is_right_on_any_file_system() -> None:
    """The old name goes before the new one comes: later, FAT would remove the new file for the old name."""
    plan = sync_plan(
        _wanted(**{"/Foo.py": "1", "/lib/a": "a"}), _board({"/foo.py": "1", "/LIB/a": "a"}), kept=NOTHING
    )

    assert _steps(plan) == [
        ("remove_file", "/LIB/a"),
        ("remove_file", "/foo.py"),
        ("remove_folder", "/LIB"),
        ("make_folder", "/lib"),
        ("put_file", "/Foo.py"),
        ("put_file", "/lib/a"),
    ]


def test_on_fat_upper_and_lower_case_are_one() -> None:
    """A name in another case is the same file, a kept one too, and two of them cannot both be wanted."""
    board = _board({"/foo.py": "1", "/LIB/a": "a", "/LIB/b.py": "b"})

    plan = sync_plan(
        _wanted(**{"/Foo.py": "1", "/lib/B.mpy": "B"}), board, kept=Kept(False, ("/lib",)), is_fat=True
    )

    assert _steps(plan) == [
        ("put_file", "/Foo.py"),
        ("put_file", "/lib/B.mpy"),
        ("remove_file", "/LIB/b.py"),
    ]
    assert plan.left == ("/LIB/a",)
    with pytest.raises(BoardPathError, match="`/A` and `/a`"):
        sync_plan(_wanted(**{"/a": "1", "/A": "2"}), board, kept=NOTHING, is_fat=True)
    with pytest.raises(BoardPathError, match="FAT"):
        sync_plan(_wanted(**{"/a?b": "1"}), board, kept=NOTHING, is_fat=True)


def test_only_files_of_the_wanted_size_have_to_be_read() -> None:
    """A board that lists sizes only is asked for the digests that can decide."""
    wanted = _wanted(**{"/same": "1234", "/other": "1234", "/new": "1"})
    board = BoardTree({"/same": FileFacts(4), "/other": FileFacts(5), "/x": FileFacts(4)})

    assert to_hash(wanted, board) == ("/same",)
    assert [put.path for put in sync_plan(wanted, board, kept=NOTHING).puts] == ["/new", "/other", "/same"]


# Random trees of a few names, so that they meet.
NAMES = ["a", "A", "b.py", "b.mpy", "é ü", "lib", ".belay-a", ".belay-b.py", ".belayed", "sd"]
PATHS = st.lists(st.sampled_from(NAMES), min_size=1, max_size=3).map(lambda names: "/" + "/".join(names))
SPECIES = st.sampled_from(["", "1", "22", "folder", "mount"])
SEEDS = st.lists(st.tuples(PATHS, SPECIES), max_size=12)


class _Disk:
    """A board's tree that carries actions out, and refuses what a board would refuse."""

    def __init__(self, *, is_fat: bool) -> None:
        self.key = fat_key if is_fat else str
        self.spelled = {"/": "/"}
        self.files: dict[str, str] = {}
        self.mounts: set[str] = set()

    def grow(self, path: str, species: str) -> None:
        """Add what fits; leave out what does not."""
        if any(self.key(one) in self.files for one in (*folders_above(path), path)):
            return
        spelled = [self.spelled.get(self.key(one), one) == one for one in (*folders_above(path), path)]
        if not all(spelled):
            return
        is_folder = species in {"folder", "mount"}
        if not is_folder and self.key(path) in self.spelled:
            return
        for one in (*folders_above(path), *([path] if is_folder else [])):
            self.spelled[self.key(one)] = one
        if species == "mount":
            self.mounts.add(path)
        elif species != "folder":
            self.spelled[self.key(path)] = path
            self.files[self.key(path)] = species

    @property
    def folders(self) -> set[str]:
        return {path for key, path in self.spelled.items() if key not in self.files} - {"/"}

    @property
    def contents(self) -> dict[str, str]:
        return {self.spelled[key]: content for key, content in self.files.items()}

    def picture(self) -> BoardTree:
        return BoardTree(
            {path: _facts(text) for path, text in self.contents.items()}, self.folders, tuple(self.mounts)
        )

    def carry_out(self, action: Action, new: dict[str, str]) -> None:
        key = self.key(action.path)
        parent = self.key(action.path.rpartition("/")[0] or "/")
        if action.verb == "remove_file":
            assert self.spelled.pop(key) == action.path
            assert len(self.files.pop(key)) == action.size
        elif action.verb == "remove_folder":
            assert self.spelled.pop(key) == action.path
            assert key not in self.files
            assert action.path not in self.mounts
            assert not any(is_below(path, action.path) for path in self.spelled.values())
        else:
            assert parent in self.spelled
            assert parent not in self.files
            if action.verb == "make_folder":
                assert key not in self.spelled
            else:
                assert key not in self.spelled or key in self.files
                assert len(self.files.get(key, "")) == action.replaces
                self.files[key] = new[action.path]
            self.spelled[key] = action.path


def _grown(seeds: list[tuple[str, str]], *, is_fat: bool = False) -> _Disk:
    disk = _Disk(is_fat=is_fat)
    for path, species in seeds:
        disk.grow(path, species)
    return disk


def _wish(seeds: list[tuple[str, str]], dst: str, *, is_fat: bool) -> tuple[WantedTree, dict[str, str]]:
    """A random tree below `dst`, without names of ours."""
    disk = _grown(
        [(path, kind) for path, kind in seeds if ".belay" not in path and kind != "mount"], is_fat=is_fat
    )
    contents = {dst.rstrip("/") + path: text for path, text in disk.contents.items()}
    folders = [dst.rstrip("/") + path for path in disk.folders]
    return WantedTree({path: _facts(text) for path, text in contents.items()}, folders), contents


KEEPS = st.one_of(
    st.just(EVERYTHING), st.builds(Kept, st.just(False), st.lists(PATHS, max_size=2).map(tuple))
)
DESTINATIONS = st.sampled_from(["/", "/lib", "/a/sd"])


@settings(max_examples=200, deadline=None)
@given(
    seeds=SEEDS,
    wish=SEEDS,
    keeping=KEEPS,
    dst=DESTINATIONS,
    is_fat=st.booleans(),
    free_bytes=st.sampled_from([None, 0]),
)
def test_a_plan_makes_what_shall_be_and_leaves_what_is_kept(
    *,
    seeds: list[tuple[str, str]],
    wish: list[tuple[str, str]],
    keeping: Kept,
    dst: str,
    is_fat: bool,
    free_bytes: int | None,
) -> None:
    """On any tree, each step can be carried out, the end is what is wanted and what stays, and is the end."""
    disk = _grown(seeds, is_fat=is_fat)
    before = disk.contents
    wanted, new = _wish(wish, dst, is_fat=is_fat)
    options = {"kept": keeping, "dst": dst, "is_fat": is_fat}
    try:
        plan = sync_plan(wanted, disk.picture(), free_bytes=free_bytes, **options)  # type: ignore[arg-type] # a table
    except SyncConflictError:
        return

    states = []
    for action in plan.actions:
        disk.carry_out(action, new)
        states.append(disk.contents)

    twins = {action.path for action in plan.actions if action.reason == "stale twin"}
    wanted_keys = {disk.key(path) for path in new}
    stay = {
        path: text
        for path, text in before.items()
        if disk.key(path) not in wanted_keys and path not in twins and _stays(path, disk, keeping, dst)
    }
    assert disk.contents == {**new, **stay}
    assert all(stay.items() <= state.items() for state in states)
    assert disk.mounts <= disk.folders
    left = [path for path in stay if is_below(disk.key(path), disk.key(dst))]
    assert plan.left == tuple(sorted(left, key=lambda path: path.split("/")))
    assert sync_plan(wanted, disk.picture(), **options).actions == ()  # type: ignore[arg-type] # a table


def _stays(path: str, disk: _Disk, keeping: Kept, dst: str) -> bool:
    """Whether a file that is not wanted is none of a sync's business; written unlike the plan's own rule."""
    if not disk.key(path + "/").startswith(disk.key(dst.rstrip("/") + "/")):
        return True
    if disk.key(path) == disk.key(dst):
        return False
    if any(one.startswith(".belay") for one in path.split("/")):
        return True
    lengths = range(len(dst.rstrip("/")) + 1, len(path) + 1)
    parts = [path[:end] for end in lengths if path[end : end + 1] in {"/", ""}]
    folded = {disk.key(one) for one in keeping.paths}
    above_dst = any(disk.key(dst + "/").startswith(disk.key(one) + "/") for one in keeping.paths)
    return (
        keeping.everything
        or above_dst
        or any(disk.key(part) in folded for part in parts)
        or bool(disk.mounts.intersection(parts))
    )


def _answer(disk: _Disk, scope: DigestScope) -> str:  # noqa: C901 - the rules of one page, in their order
    """What a board answers, by the words of `belay.files.scope`."""
    text = ""

    def walk(folder: str) -> None:
        nonlocal text
        inside = [path for path in disk.spelled.values() if path != "/" and path.rpartition("/")[0] == folder]
        if not inside:
            text += folder_line(folder)
        for path in sorted(inside):
            is_file = path in disk.files
            name = path.rpartition("/")[2]
            if name.startswith(".belay"):
                text += "!" if is_file and is_leftover(path) else ""
            elif path in disk.mounts:
                continue
            elif path in scope.skip:
                text += "!" * len(leftovers_below(path))
            elif is_file:
                text += file_line(path, _facts(disk.files[path]))
            else:
                walk(path)

    def leftovers_below(folder: str) -> list[str]:
        inside = [path for path in disk.contents if is_below(path, folder) and is_leftover(path)]
        return [path for path in inside if not any(is_below(path, mount) for mount in disk.mounts)]

    if scope.root is not None and scope.root in disk.spelled and scope.root not in disk.files:
        walk(scope.root.rstrip("/"))
    for path in scope.also:
        text += "!" if leftover_path(path) in disk.files else ""
        if path in disk.files:
            text += file_line(path, _facts(disk.files[path]))
        elif path in disk.spelled:
            text += folder_line(path)
    return content_digest(text.encode())


@settings(max_examples=200, deadline=None)
@given(SEEDS, SEEDS, KEEPS, DESTINATIONS, st.booleans())
def test_one_digest_tells_whether_anything_has_to_be_done(
    seeds: list[tuple[str, str]], wish: list[tuple[str, str]], keeping: Kept, dst: str, synced: bool
) -> None:
    """The board's answer equals the host's when, and only when, the plan is empty.

    Leftovers may cost a listing too, and so do wanted files on another file system, and folders that shall be
    empty and have something of Belay's or a mount point in them.
    """
    disk = _grown(seeds)
    wanted, new = _wish(wish, dst, is_fat=False)
    try:
        plan = sync_plan(wanted, disk.picture(), kept=keeping, dst=dst)
        if synced:
            for action in plan.actions:
                disk.carry_out(action, new)
            plan = sync_plan(wanted, disk.picture(), kept=keeping, dst=dst)
    except SyncConflictError:
        return
    scope = digest_scope(wanted, keeping, dst)
    if scope is None:
        return

    is_same = _answer(disk, scope) == tree_digest(wanted, scope, dst)

    if is_same:
        assert plan.actions == ()
    elif not plan.actions and not any(map(is_leftover, disk.contents)):
        elsewhere = [*disk.mounts, *(path for path in disk.spelled.values() if ".belay" in path)]
        wanted_there = any(is_below(path, one) for path in (*new, *wanted.folders) for one in elsewhere)
        hollow = {dst, *wanted.folders} - {above for path in new for above in ("/", *folders_above(path))}
        assert wanted_there or any(
            is_below(one, folder) or one == folder for one in elsewhere for folder in hollow
        )
