"""Makes a folder of the board what a folder of the host is: asks, decides, carries out.

It knows the order of these steps. What is there is `belay.files.survey`'s to find, what is decided
`belay.files.plan`'s, what is sent `belay.files.preparing`'s, how it crosses `belay.files.transfer`'s.
An unchanged tree, however large, costs one turnaround.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any, NamedTuple

from belay.exceptions import BoardException, InternalError, NoSpaceError
from belay.files.actions import SyncPlan, space_needed
from belay.files.checking import check_sync_options
from belay.files.filesystem import FileSystem
from belay.files.host_tree import merged
from belay.files.keeping import kept
from belay.files.mpy_format import mpy_target
from belay.files.plan import sync_plan
from belay.files.preparation import Preparation
from belay.files.preparing import wanted_tree
from belay.files.refusals import ENOTDIR, not_a_folder
from belay.files.survey import Survey
from belay.files.sync_progress import SyncProgress
from belay.files.upload import Upload
from belay.roles import refuse_in_batch

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from types import ModuleType

    from belay.files.compiler import Compiler
    from belay.files.digests import Algorithm
    from belay.files.host_tree import HostTree
    from belay.files.mpy_format import MpyTarget
    from belay.files.preparing import Optimisation, PreparedFile
    from belay.files.survey import Found
    from belay.files.sync_progress import Update
    from belay.runtime import Runtime

    Keep = bool | str | os.PathLike[str] | Iterable[str | os.PathLike[str]] | None

__all__ = ["SyncOptions", "Syncer"]

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
        progress = SyncProgress(options.update)
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
            survey = Survey(self._runtime, self._fs)
            try:
                if survey.is_unchanged(wanted, staying, tree.dst, algorithm):
                    progress.say("Nothing to do")
                    return SyncPlan(unchanged=tuple(wanted.files))
                found = survey.look(wanted, tree.dst, mend=not options.dry_run)
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
                self._check_room(plan, found)
                survey.end()
                self._carry_out(plan, prepared, progress)
            return plan

    def _check_room(self, plan: SyncPlan, found: Found) -> None:
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

    def _carry_out(
        self, plan: SyncPlan, prepared: Mapping[str, PreparedFile], progress: SyncProgress
    ) -> None:
        """Take all steps of a plan, in their order, in one transfer."""
        progress.begin(plan.bytes_to_send)
        uploads: list[Upload] = []
        for action in plan.actions:
            if action.verb == "put_file":
                uploads.append(Upload(action.path, action.size, _reader(prepared[action.path])))
            else:
                uploads.append(Upload(action.path, verb=action.verb))
        self._fs.transfer.put(uploads, progress=progress.reach, asks_room=False)
        progress.end(plan)


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
