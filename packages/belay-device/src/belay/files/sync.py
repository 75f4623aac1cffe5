"""Makes a folder of the board what a folder of the host is: asks, decides, carries out.

It knows the order of these steps. What is decided is `belay.files.plan`'s, what is sent
`belay.files.preparing`'s, how it crosses `belay.files.transfer`'s.
An unchanged tree, however large, costs one turnaround.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any, NamedTuple

from belay.exceptions import (
    BoardException,
    ConnectionLost,
    InternalError,
    NoSpaceError,
    NotBelayResponseError,
    TransferError,
)
from belay.files.actions import SyncPlan, space_needed
from belay.files.board_paths import folders_above, is_below
from belay.files.checking import check_sync_options
from belay.files.facts import Listing
from belay.files.filesystem import SHORT_CALL, FileSystem
from belay.files.host_tree import merged
from belay.files.keeping import kept
from belay.files.mpy_format import mpy_target
from belay.files.plan import sync_plan, to_hash
from belay.files.preparation import Preparation
from belay.files.preparing import wanted_tree
from belay.files.refusals import ENOTDIR, not_a_folder
from belay.files.scope import digest_scope, tree_digest
from belay.files.transfer import (
    CHANNEL_HELPERS,
    FILE_HELPERS,
    ROOM_HELPERS,
    TRIES,
    WRITING_HELPERS,
    Upload,
)
from belay.files.trees import BoardTree, FileFacts
from belay.roles import refuse_in_batch
from belay.values import encode

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from types import ModuleType

    from belay.device import Device
    from belay.files.compiler import Compiler
    from belay.files.digests import Algorithm
    from belay.files.host_tree import HostTree
    from belay.files.keeping import Kept
    from belay.files.mpy_format import MpyTarget
    from belay.files.preparing import Optimisation, PreparedFile
    from belay.files.trees import WantedTree
    from belay.runtime import Runtime

    Keep = bool | str | os.PathLike[str] | Iterable[str | os.PathLike[str]] | None
    Update = Callable[..., object]

__all__ = ["SyncOptions", "Syncer", "use_preparation"]

_COMMON = (*FILE_HELPERS, "check", "beside", "contents")
_DIGESTING = (*_COMMON, "entries", "digest")
_LISTING = (*_COMMON, "entries", "move", "mend", "walk", "listing")
_HASHING = (*_COMMON, "hashes", "move")  # which has come with the listing, and is needed to write
_ALL = {*_DIGESTING, *_LISTING, *_HASHING, *WRITING_HELPERS, *ROOM_HELPERS, "put", *CHANNEL_HELPERS}
# A board holds those of one step at a time: together they take over 6 kB of heap, where a word has 4 bytes.

_LISTED = 6  # facts about the listing

_MAKE_ROOM = (
    "send less: `ignore=`, `mpy=True`; or remove what is there: `device.fs.usage()` tells what is large"
)


class SyncOptions(NamedTuple):
    """How a tree is made ready and laid on the board; see `Device.sync`.

    Attributes:
        keep: what stays although the host does not have it.
        minify: shorten `.py` files.
        compiler: makes `.mpy` files; None for none.
        target: the `.mpy` files that the board loads; None where it does not tell.
        opt: of the compiler.
        update: gets `description`, `total` and `advance`; None for nobody.
        dry_run: decide only.
    """

    keep: Keep = None
    minify: bool = True
    compiler: Compiler | None = None
    target: MpyTarget | None = None
    opt: Optimisation = 0
    update: Update | None = None
    dry_run: bool = False


class Syncer:
    """Syncs to one board.

    Args:
        runtime: the board.
        fs: its files.
        preparation: reads the host; None for one of its own.
    """

    def __init__(self, runtime: Runtime, fs: FileSystem, preparation: Preparation | None = None) -> None:
        self._runtime = runtime
        self._fs = fs
        self._preparation = preparation or Preparation()

    def sync_folder(
        self,
        folder: str | os.PathLike[str],
        *,
        dst: str | os.PathLike[str],
        ignore: str | Iterable[str] | None,
        **options: Any,  # Any: those of `_options`
    ) -> SyncPlan:
        """Sync a folder or a file; see `Device.sync`."""
        check_sync_options(dst=dst, ignore=ignore, **options)
        tree = self._preparation.tree(folder, dst=dst, ignore=ignore)
        return self._recorded(
            lambda syncer: syncer.sync_folder(folder, dst=dst, ignore=ignore, **options),
            tree,
            self._options(**options),
        )

    def sync_package(
        self,
        package: ModuleType | str,
        subfolders: Sequence[str | os.PathLike[str]],
        *,
        dst: str | os.PathLike[str],
        ignore: str | Iterable[str] | None = None,
        **options: Any,  # Any: those of `_options`
    ) -> SyncPlan:
        """Sync folders that a package brings along; see `Device.sync_dependencies`."""
        from belay.files.package_data import package_folders  # noqa: PLC0415 - few syncs are of packages

        check_sync_options(dst=dst, ignore=ignore, **options)
        with package_folders(package, *subfolders) as folders:
            tree = merged([self._preparation.tree(folder, dst=dst, ignore=ignore) for folder in folders])
            return self._recorded(
                lambda syncer: syncer.sync_package(package, subfolders, dst=dst, ignore=ignore, **options),
                tree,
                self._options(**options),
            )

    def _recorded(self, again: Callable[[Syncer], object], tree: HostTree, options: SyncOptions) -> SyncPlan:
        """Sync, and have a reconnection do so again."""
        refuse_in_batch(self._runtime, "a sync")
        if tree.dst != "/":  # whose mounts a sync leaves alone
            self._fs.refuse_mounted(tree.dst)
        plan = self.sync(tree, options)
        if not options.dry_run:
            self._runtime.record(_repetition(weakref.ref(self._runtime), again))
        return plan

    def _options(
        self,
        *,
        mpy: bool = False,
        mpy_cross_binary: str | os.PathLike[str] | None = None,
        progress_update: Update | None = None,
        **others: Any,  # Any: fields of `SyncOptions`
    ) -> SyncOptions:
        """Return the options with what this board's `.mpy` files need.

        Raises:
            FeatureUnavailableError: the board loads no `.mpy` files, or runs CircuitPython.
            CompilerError: there is no compiler for it.
        """
        implementation = self._runtime.implementation
        target = mpy_target(implementation.name, implementation.version, self._runtime.mpy)
        compiler = None
        if mpy or mpy_cross_binary is not None:
            from belay.files.compiler import find_compiler  # noqa: PLC0415 - few syncs compile

            compiler = find_compiler(target, mpy_cross_binary)
        return SyncOptions(compiler=compiler, target=target, update=progress_update, **others)

    def sync(self, tree: HostTree, options: SyncOptions) -> SyncPlan:
        """Make the board's `tree.dst` what the tree is; see `Device.sync`.

        Returns:
            What was done, or with `dry_run` what would be.
        """
        progress = _Progress(options.update)
        progress.say("Preparing files")
        abilities = self._fs.transfer.abilities
        algorithm: Algorithm = "sha256" if abilities.sha256 else "crc32" if abilities.crc32 else "sum"
        prepared = self._preparation.files(
            tree,
            minify=options.minify,
            compiler=options.compiler,
            target=options.target,
            opt=options.opt,
            algorithm=algorithm,
        )
        wanted = wanted_tree(prepared, tree)
        staying = kept(options.keep, tree.dst, is_single_file=tree.is_single_file)
        progress.say("Comparing with the board")
        with self._fs.transfer.writing:
            try:
                if self._is_unchanged(wanted, staying, tree.dst, algorithm):
                    progress.say("Nothing to do")
                    return SyncPlan(unchanged=tuple(wanted.files))
                found = self._look(wanted, tree.dst, mend=not options.dry_run)
            except BoardException as error:
                if getattr(error, "errno", None) != ENOTDIR:
                    raise
                raise not_a_folder(tree.dst, self._runtime) from error
            plan = sync_plan(
                wanted,
                found.tree,
                kept=staying,
                dst=tree.dst,
                is_fat=found.is_fat,
                free_bytes=found.free_bytes,
            )
            if not options.dry_run:
                self._carry_out(plan, prepared, found, progress)
            return plan

    def _hold(self, helpers: Sequence[str]) -> None:
        """Have the board hold the helpers of the next step, and of no other."""
        self._runtime.discard_helpers(sorted(_ALL.difference(helpers)))
        self._fs.transfer.prepare(helpers)

    def _is_unchanged(self, wanted: WantedTree, staying: Kept, dst: str, algorithm: Algorithm) -> bool:
        """Ask whether the board's tree is what it shall be; one turnaround."""
        scope = digest_scope(wanted, staying, dst)
        if scope is None:
            return False
        root = None if scope.root is None else scope.root.rstrip("/")
        question = f"_belay_td({encode(root)},{encode(scope.skip)},{encode(scope.also)})"
        if len(question) > SHORT_CALL and len(question) > self._runtime.block_bytes:
            # Such a list is seldom; listing the board is no worse.
            return False
        self._hold(_DIGESTING)
        return self._runtime.call(question, helpers=_DIGESTING) == tree_digest(
            wanted, scope, dst, algorithm=algorithm
        )

    def _look(self, wanted: WantedTree, dst: str, *, mend: bool) -> _Found:
        """List what is on the board, and hash the files whose size is the same."""
        found = self._listed(dst, mend=mend)
        elsewhere = [
            path for path in wanted.files if any(is_below(path, mount) for mount in found.tree.mounts)
        ]
        if elsewhere:
            files = dict(found.tree.files)
            for path, stat in zip(elsewhere, self._fs.stat_many(elsewhere), strict=True):
                if stat is not None and not stat.is_dir:
                    files[path] = FileFacts(stat.size_bytes)
            found = found._replace(tree=found.tree._replace(files=files))
        paths = to_hash(wanted, found.tree)
        if not paths:
            return found
        files = dict(found.tree.files)
        for path, digest in zip(paths, self._hashes(paths), strict=True):
            files[path] = files[path]._replace(digest=digest)
        return found._replace(tree=found.tree._replace(files=files))

    def _listed(self, dst: str, *, mend: bool) -> _Found:
        top = dst.rstrip("/")
        self._hold(_LISTING)
        for _ in range(TRIES):
            listing = Listing()
            try:
                told = self._runtime.call(
                    f"_belay_tl({encode(top)},{int(mend)})", helpers=_LISTING, respond=listing
                )
            except ConnectionLost:
                if self._runtime.recover is None or self._runtime.session.is_lost:
                    raise
                continue  # the board was found again, and half a listing is none
            if not (isinstance(told, tuple) and len(told) == _LISTED and isinstance(told[1], list)):
                raise NotBelayResponseError(f"{self._runtime.description} told of its files: {told!r}")
            count, mounts, is_fat, free_bytes, block_bytes, deepest = told
            if listing.is_whole(count):
                entries = listing.entries(top)
                tree = BoardTree(
                    {entry.path: FileFacts(entry.size_bytes or 0) for entry in entries if not entry.is_dir},
                    [*_folders_to(dst, str(deepest)), *(e.path for e in entries if e.is_dir)],
                    [str(mount) for mount in mounts if mount != "/"],
                )
                return _Found(
                    tree,
                    bool(is_fat),
                    free_bytes if isinstance(free_bytes, int) else None,
                    block_bytes if isinstance(block_bytes, int) else None,
                )
        raise TransferError(
            f"listing `{dst}` of {self._runtime.description} failed {TRIES} times:"
            " parts of it were lost on the way"
        )

    def _hashes(self, paths: Iterable[str]) -> list[str]:
        digests: list[str] = []
        self._hold(_HASHING)
        for texts in self._fs.portions([encode(path) for path in paths]):
            told = self._runtime.call(f"_belay_th({','.join(texts)})", helpers=_HASHING)
            if not (isinstance(told, list) and len(told) == len(texts)):
                raise NotBelayResponseError(
                    f"{self._runtime.description} hashed {len(texts)} files: {told!r}"
                )
            digests += map(str, told)
        return digests

    def _carry_out(
        self, plan: SyncPlan, prepared: Mapping[str, PreparedFile], found: _Found, progress: _Progress
    ) -> None:
        """Take all steps of a plan, in their order, in one transfer."""
        self._check_room(plan, found)
        progress.begin(plan.bytes_to_send)
        uploads: list[Upload] = []
        for action in plan.actions:
            if action.verb == "put_file":
                uploads.append(Upload(action.path, action.size, _reader(prepared[action.path])))
            else:
                uploads.append(Upload(action.path, verb=action.verb))
        # What the next step needs, the transfer knows; there is room for all of it.
        self._runtime.discard_helpers(sorted(_ALL.difference(WRITING_HELPERS)))
        self._fs.transfer.put(uploads, progress=progress.reach, asks_room=False)
        progress.end(plan)

    def _check_room(self, plan: SyncPlan, found: _Found) -> None:
        if found.free_bytes is None or not found.block_bytes:  # 0 where nothing can be written
            return
        needed, path = space_needed(plan.actions, block_bytes=found.block_bytes)
        if needed > found.free_bytes:
            raise NoSpaceError(
                f"the sync needs {needed} bytes on {self._runtime.description} by the time it writes"
                f" `{path}`, and {found.free_bytes} are free; nothing was changed",
                path=path,
                needed_bytes=needed,
                free_bytes=found.free_bytes,
                hint=_MAKE_ROOM,
            )


def use_preparation(device: Device, preparation: Preparation) -> None:
    """Have the syncs of a device read the host through this, which several devices may share."""
    device._belay_syncer = Syncer(device._belay_runtime, device.fs, preparation)  # noqa: SLF001 - it belongs to the device


def _folders_to(dst: str, deepest: str) -> list[str]:
    """Return those of `dst` and the folders above it that are there, `deepest` the last."""
    return [
        path for path in (*folders_above(dst), dst) if path == (deepest or "/") or is_below(deepest, path)
    ]


class _Found(NamedTuple):
    """What is on the board."""

    tree: BoardTree
    is_fat: bool
    free_bytes: int | None
    block_bytes: int | None


class _Progress:
    """Tells whoever shows progress: with the keywords of `rich.progress.Progress.update`."""

    def __init__(self, update: Update | None) -> None:
        self._update = update
        self._reached = 0

    def say(self, description: str) -> None:
        if self._update is not None:
            self._update(description=description)

    def begin(self, total: int) -> None:
        """Say how many bytes of content there are."""
        if self._update is not None:
            self._update(description="Sending files", total=total)

    def reach(self, sent: int) -> None:
        """Say how many of them have left."""
        if self._update is not None and sent > self._reached:
            self._update(advance=sent - self._reached)
            self._reached = sent

    def end(self, plan: SyncPlan) -> None:
        """Say that all is done."""
        self.reach(plan.bytes_to_send)
        self.say("Done")


def _repetition(reference: weakref.ref[Runtime], again: Callable[[Syncer], object]) -> Callable[[], object]:
    """Return what a runtime records of a sync; it must not hold on to the runtime, which holds on to it."""

    def repeat() -> object:
        runtime = reference()
        if runtime is None:
            raise InternalError("a sync is repeated on a board that nobody has any more")
        return again(Syncer(runtime, FileSystem(runtime)))

    return repeat


def _reader(file: PreparedFile) -> Callable[[], Iterable[bytes]]:
    if file.data is not None:
        data = file.data
        return lambda: [data]
    from belay.files.host import read_pieces  # noqa: PLC0415 - large files are rare

    return lambda: read_pieces(file.source)
