"""Let the files of a lock lie below the folder of the packages: whole, or not at all."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from belay_pm.errors import ConflictError, EditedError, IntegrityError, UnsafePathError
from belay_pm.layout.looking import is_real_folder, look, regular_files
from belay_pm.layout.ours import known_files, planned_changes
from belay_pm.layout.places import IGNORED, Target
from belay_pm.layout.record import read_record, record_text
from belay_pm.layout.swapping import Change, swap

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from belay_pm.layout.places import Places
    from belay_pm.layout.planning import Plan
    from belay_pm.layout.wanted import Wanted

__all__ = ["Laid", "lay", "remove", "write_lock"]

_SHOWN = 10
"""Paths in an error: more of them say nothing new."""


class Laid(NamedTuple):
    """What was done; paths below the folder of the packages, sorted.

    Attributes:
        written: files that are new, or replace another.
        removed: files of ours that went.
        stray: files in a folder of the incumbent that belong to no package of the project; they stayed.
        lock_written: whether the lock changed.
    """

    written: tuple[str, ...]
    removed: tuple[str, ...]
    stray: tuple[str, ...] = ()
    lock_written: bool = False

    @property
    def changed(self) -> bool:
        """Whether anything was done at all."""
        return bool(self.written or self.removed or self.lock_written)


def lay(
    places: Places,
    wanted: Mapping[str, Wanted],
    *,
    contents: Callable[[Sequence[Wanted]], Sequence[bytes]],
    locked: Mapping[str, Wanted] | None = None,
    adopt: Collection[str] | None = None,
    lock_text: str | None = None,
    overwrite_edits: bool = False,
    before: Callable[[str], None] | None = None,
) -> Laid:
    """Let these files and no others of ours lie there, and the lock beside them say so.

    Nothing is written when all is as it should be.

    Args:
        places: where.
        wanted: see `wanted_files`.
        contents: gets the contents of what is not there.
        locked: what the lock that lies there says, or None when there is none.
        adopt: names of the packages of a project that may be one of the incumbent, in its default folder.
        lock_text: what the lock shall say; None leaves it.
        overwrite_edits: lose what was changed by hand.
        before: see `swap`.

    Raises:
        EditedError: files of ours were changed by hand.
        ConflictError: something that is not ours lies where a file should.
        UnsafePathError: the folder, or one in it, is a link that leads out.
        IntegrityError: a content is not what it should be.
        PackageError: reading or writing failed; the old state is there.
    """
    _require_inside(places)
    record = read_record(places)
    ours, stray = known_files(places, record, locked, adopt)
    planned = planned_changes(places, {path: each.file.sha256 for path, each in wanted.items()}, ours)
    _refuse(places, planned, overwrite_edits=overwrite_edits)
    needed = [wanted[path] for path in planned.write]
    written = [
        Change(Target("packages", path), _checked(path, each, content))
        for path, each, content in zip(planned.write, needed, contents(needed) if needed else (), strict=True)
    ]
    laid = {path: each.file.sha256 for path, each in wanted.items()}
    lock = _lock_change(places, lock_text)
    _carry_out(places, planned.remove, written, laid=laid, record=record, lock=lock, before=before)
    return Laid(planned.write, planned.remove, stray, lock_written=bool(lock))


def remove(
    places: Places,
    keep: Collection[str],
    *,
    locked: Mapping[str, Wanted] | None = None,
    overwrite_edits: bool = False,
    before: Callable[[str], None] | None = None,
) -> Laid:
    """Remove the files of ours that are not to be kept, and the folders that become empty; lay nothing.

    Args:
        places: where.
        keep: paths that stay, if they are there.
        locked: see `lay`.
        overwrite_edits: see `lay`.
        before: see `swap`.

    Raises:
        EditedError: files of ours were changed by hand.
        UnsafePathError: see `lay`.
        PackageError: reading or writing failed; the old state is there.
    """
    _require_inside(places)
    record = read_record(places)
    ours, _ = known_files(places, record, locked, None)
    going = {path: digests for path, digests in ours.items() if path not in keep}
    planned = planned_changes(places, {}, going)
    _refuse(places, planned, overwrite_edits=overwrite_edits)
    laid = {path: digest for path, digest in (record or {}).items() if path in keep}
    _carry_out(places, planned.remove, [], laid=laid, record=record, lock=[], before=before)
    return Laid((), planned.remove)


def write_lock(places: Places, text: str) -> bool:
    """Let the lock be this text, lay nothing, and return whether it was another.

    Raises:
        PackageError: writing failed; the old lock is there.
    """
    changes = _lock_change(places, text)
    if changes:
        _require_inside(places)
        swap(places, changes)
    return bool(changes)


def _refuse(places: Places, planned: Plan, *, overwrite_edits: bool) -> None:
    if planned.foreign:
        raise ConflictError(
            f"Something that `belay update` did not put there is in the way, in `{_shown_folder(places)}`: "
            f"{_shown(planned.foreign)}",
            hint="move it elsewhere: the folder of the packages is no place for files of your own",
        )
    if planned.edited and not overwrite_edits:
        raise EditedError(
            f"Changed since `belay update` put it there, in `{_shown_folder(places)}`: "
            f"{_shown(planned.edited)}",
            hint="keep your changes elsewhere, or lose them with `--overwrite-edits`; "
            "a package that you work on can be used where it lies: `develop = true`",
        )


def _carry_out(
    places: Places,
    removed: Sequence[str],
    written: Sequence[Change],
    *,
    laid: Mapping[str, str],
    record: Mapping[str, str] | None,
    lock: Sequence[Change],
    before: Callable[[str], None] | None,
) -> None:
    changes = [Change(Target("packages", path), None) for path in (*_compiled(places, removed), *removed)]
    changes += written
    if dict(laid) != (record or {}):
        changes.append(Change(Target("record"), record_text(laid).encode() if laid else None))
        if (look(places.own, ".gitignore").kind == "absent") == bool(laid):
            changes.append(Change(Target("ignored"), IGNORED.encode() if laid else None))
    changes += lock
    if changes:
        swap(places, changes, before=before)


def _compiled(places: Places, removed: Iterable[str]) -> list[str]:
    """Return what CPython compiled of files that go: pytest leaves that, and it would hold their folder."""
    found = set()
    for path in removed:
        folder, _, name = path.rpartition("/")
        if name.endswith(".py"):
            for compiled in regular_files(places.dependencies, f"{folder}/__pycache__"):
                if compiled.endswith(".pyc") and compiled.rpartition("/")[2].startswith(f"{name[:-3]}."):
                    found.add(compiled)
    return sorted(found)


def _lock_change(places: Places, text: str | None) -> list[Change]:
    if text is None:
        return []
    try:
        same = places.lock.read_bytes() == text.encode()
    except OSError:
        same = False  # writing it tells what is wrong, if anything is
    return [] if same else [Change(Target("lock"), text.encode())]


def _checked(path: str, wanted: Wanted, content: bytes) -> bytes:
    import hashlib  # noqa: PLC0415 - only what is written needs it

    found = hashlib.sha256(content).hexdigest()
    if found != wanted.file.sha256:
        raise IntegrityError(
            f"`{path}` of `{wanted.package.name}` has SHA-256 {found[:12]}…, "
            f"and {wanted.file.sha256[:12]}… is wanted"
        )
    return content


def _require_inside(places: Places) -> None:
    """Refuse a folder that is a link out of the project: a project is somebody's, and so are its links."""
    real, project = places.dependencies.resolve(), places.folder.resolve()
    if project not in real.parents:
        raise UnsafePathError(
            f"`{places.dependencies}` is really `{real}`, which is not in the project",
            hint="the packages of a project lie in its own folder; see `dependencies_path`",
        )
    if os.path.lexists(places.own) and not is_real_folder(places.own):
        raise UnsafePathError(f"`{places.own}` is a link, or no folder", hint="remove it")


def _shown(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
    return ", ".join(f"`{path}`" for path in paths[:_SHOWN]) + more


def _shown_folder(places: Places) -> str:
    return places.dependencies.relative_to(places.folder).as_posix()
