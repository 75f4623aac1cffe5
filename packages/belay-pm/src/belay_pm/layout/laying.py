"""Let the files of a lock lie below the folder of the packages: whole, or not at all.

What is ours: what the record of the last time says, and what the lock that lies there says. A project of the
incumbent has neither; in its default folder, the folders of its packages are taken for ours.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from belay_pm.errors import ConflictError, EditedError, IntegrityError, UnsafePathError
from belay_pm.layout.looking import ABSENT, is_real_folder, look, regular_files
from belay_pm.layout.places import IGNORED, OWN_FOLDER, Target
from belay_pm.layout.planning import plan
from belay_pm.layout.record import read_record, record_text
from belay_pm.layout.swapping import Change, swap

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from belay_pm.layout.looking import Lying
    from belay_pm.layout.places import Places
    from belay_pm.layout.planning import Plan
    from belay_pm.packages import Package, PackageFile, Part

__all__ = ["Laid", "Wanted", "adoptable", "lay", "remove", "wanted_files", "write_lock"]

_SHOWN = 10
"""Paths in an error: more of them say nothing new."""


class Wanted(NamedTuple):
    """A file that shall lie there.

    Attributes:
        package: whose it is.
        part: of which part of it.
        file: what it is.
    """

    package: Package
    part: Part
    file: PackageFile


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


def wanted_files(packages: Iterable[Package]) -> dict[str, Wanted]:
    """Return path below the folder of the packages -> what shall lie there. Sorted."""
    found: dict[str, Wanted] = {}
    for package in packages:
        for part in package.parts:
            for file in () if part.entry.develop else part.fetched.files:
                for group in package.groups:
                    found.setdefault(f"{group}/{file.path}", Wanted(package, part, file))
    return dict(sorted(found.items()))


def adoptable(places: Places, names: Collection[str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return what lies in a folder of the incumbent: the files of its packages, and all others.

    The incumbent has a folder for each group, and in it one for each package, named as in `pyproject.toml`.

    Args:
        places: where; there is neither a lock nor a record.
        names: of the packages that the project asks for.

    Returns:
        Path -> SHA-256 of the files of packages, and the paths of the others, sorted.
    """
    files: dict[str, str] = {}
    stray = []
    for path in regular_files(places.dependencies, ""):
        parts = path.split("/")
        if parts[0] == OWN_FOLDER or "__pycache__" in parts:
            continue
        digest = look(places.dependencies, path).sha256
        if len(parts) > 2 and parts[1] in names and digest is not None:  # noqa: PLR2004 - group, package, file
            files[path] = digest
        else:
            stray.append(path)
    return files, tuple(stray)


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
    ours, stray = _ours(places, record, locked, adopt)
    planned = _plan(places, {path: each.file.sha256 for path, each in wanted.items()}, ours)
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
    ours, _ = _ours(places, record, locked, None)
    going = {path: digests for path, digests in ours.items() if path not in keep}
    planned = _plan(places, {}, going)
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


def _ours(
    places: Places,
    record: Mapping[str, str] | None,
    locked: Mapping[str, Wanted] | None,
    adopt: Collection[str] | None,
) -> tuple[dict[str, set[str]], tuple[str, ...]]:
    """Return path -> the contents that we know it with, and what of the incumbent's folder stays."""
    ours: dict[str, set[str]] = {}
    stray: tuple[str, ...] = ()
    known: list[Mapping[str, str]] = [
        record or {},
        {path: each.file.sha256 for path, each in (locked or {}).items()},
    ]
    if record is None and locked is None and adopt is not None:
        adopted, stray = adoptable(places, adopt)
        known.append(adopted)
    for files in known:
        for path, digest in files.items():
            ours.setdefault(path, set()).add(digest)
    return ours, stray


def _plan(places: Places, wanted: Mapping[str, str], ours: Mapping[str, Collection[str]]) -> Plan:
    lying = {path: look(places.dependencies, path) for path in {*wanted, *ours}}
    _forget_spellings(places, wanted, ours, lying)
    below = {path: _all_below(places, path) for path in wanted if lying[path].kind == "folder"}
    return plan(wanted, ours, lying, below=below)


def _forget_spellings(
    places: Places, wanted: Iterable[str], ours: Iterable[str], lying: dict[str, Lying]
) -> None:
    """Take a file for absent where it is really one of ours that goes, spelt otherwise.

    On a computer whose names have no case, `X.py` is found under `x.py`, too.
    """
    going = {path.casefold(): path for path in {*ours}.difference(wanted)}
    for path in wanted:
        other = going.get(path.casefold())
        if other is None or lying[path].kind != "file" or lying[other].kind != "file":
            continue
        if (places.dependencies / path).samefile(places.dependencies / other):
            lying[path] = ABSENT


def _all_below(places: Places, path: str) -> list[str]:
    found = []
    for folder, folders, files in os.walk(places.dependencies / path):
        if folder.endswith("__pycache__"):
            continue  # goes with the files of ours
        inside = [
            *files,
            *(each for each in folders if not is_real_folder(places.dependencies / folder / each)),
        ]
        found += [os.path.relpath(os.path.join(folder, each), places.dependencies) for each in inside]  # noqa: PTH118
    return [each.replace(os.sep, "/") for each in found]


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
