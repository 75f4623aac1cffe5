"""Get the packages of a project, lock them, and let them lie where they belong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from belay_pm.errors import ProjectError
from belay_pm.layout import Laid, lay, recover, wanted_files, write_lock
from belay_pm.lockfile import Lock, lock_text, portable, read_lock
from belay_pm.near import near_miss
from belay_pm.resolving import resolve
from belay_pm.updating.comparing import compare
from belay_pm.updating.locked import alone, fitting_lock, places_of
from belay_pm.updating.means import opened
from belay_pm.updating.sources import allows

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from typing_extensions import Unpack  # a checker knows it without the package

    from belay_pm.packages import Package
    from belay_pm.project import Project
    from belay_pm.updating.comparing import PackageChange
    from belay_pm.updating.means import Means
    from belay_pm.updating.sources import Getting

__all__ = ["UpdateResult", "lock", "outdated", "update"]


@dataclass(frozen=True)
class UpdateResult:
    """What an update did.

    Attributes:
        packages: all of the project, sorted by name.
        changes: those that are another than before.
        laid: what was written and removed.
        recovered: an update before had not come to its end, and was undone first.
    """

    packages: tuple[Package, ...]
    changes: tuple[PackageChange, ...]
    laid: Laid
    recovered: bool = False

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what whoever asked should know, a sentence each, with the package in front."""
        return tuple(
            f"`{package.name}`: {note}"
            for package in self.packages
            for note in dict.fromkeys(
                [*package.notes, *(note for part in package.parts for note in part.fetched.notes)]
            )
        )


def update(
    project: Project,
    *,
    packages: Sequence[str] = (),
    locked: bool = False,
    overwrite_edits: bool = False,
    **means: Unpack[Means],
) -> UpdateResult:
    """Get what the project asks for, lock it, lay it, and remove what it no longer asks for.

    All or nothing: when anything fails, lock and packages are as they were. When nothing is new, nothing is
    written.

    Args:
        project: which one.
        packages: names of those to get anew; all others stay as the lock has them, as far as they can.
        locked: resolve nothing: get exactly what the lock says.
        overwrite_edits: lose what was changed by hand below the folder of the packages.
        means: see `Means`.

    Raises:
        ProjectError: one of `packages` is none of the project's.
        LockError: the lock is damaged, or, with `locked`, is missing or made for another `pyproject.toml`.
        ConflictError: see `resolve` and `lay`.
        EditedError: files were changed by hand.
        SourceError: something cannot be had.
        IntegrityError: something is not what the lock says.
        PackageError: whatever else is wrong.
    """
    places = places_of(project)
    with opened(project, **means) as (getting, store), alone(project, store):
        recovered = recover(places)
        old = read_lock(places.lock)
        if locked:
            new = fitting_lock(project)
        else:
            _require_known(packages, project, old)
            new = _resolved(project, getting, _kept(old, packages))
            _require_trusted_known(means.get("trusted", ()), new)
        laid = lay(
            places,
            wanted_files(new.packages),
            contents=getting.contents,
            locked=None if old is None else wanted_files(old.packages),
            adopt=_own_names(project) if project.dependencies_path_is_default else None,
            lock_text=None if locked else lock_text(new),
            overwrite_edits=overwrite_edits,
        )
    changes = compare(() if old is None else old.packages, new.packages)
    return UpdateResult(new.packages, changes, laid, recovered)


def lock(project: Project, **means: Unpack[Means]) -> UpdateResult:
    """Bring the lock up to date with `pyproject.toml`, with as few changes as possible; lay nothing.

    Args and errors are those of `update`.
    """
    places = places_of(project)
    with opened(project, **means) as (getting, store), alone(project, store):
        recovered = recover(places)
        old = read_lock(places.lock)
        before = () if old is None else old.packages
        new = _resolved(project, getting, before)
        _require_trusted_known(means.get("trusted", ()), new)
        written = write_lock(places, lock_text(new))
    return UpdateResult(
        new.packages, compare(before, new.packages), Laid((), (), lock_written=written), recovered
    )


def outdated(project: Project, **means: Unpack[Means]) -> tuple[PackageChange, ...]:
    """Return what `update` would change; nothing but the cache is written.

    Args and errors are those of `update`.
    """
    old = read_lock(places_of(project).lock)
    with opened(project, **means) as (getting, _):
        new = _resolved(project, getting, ())
    _require_trusted_known(means.get("trusted", ()), new)
    return compare(() if old is None else old.packages, new.packages)


def _resolved(project: Project, getting: Getting, kept: Sequence[Package]) -> Lock:
    found = resolve(
        {name: group.requirements for name, group in project.groups.items()},
        fetch=getting.fetch,
        versions=getting.versions,
        allows=allows,
        kept=kept,
    )
    return Lock(project.digest, tuple(portable(package, project.folder) for package in found))


def _kept(old: Lock | None, packages: Sequence[str]) -> list[Package]:
    """Return what stays as it is when only some packages are got anew; nothing when all are."""
    if old is None or not packages:
        return []
    return [package for package in old.packages if package.name not in packages]


def _require_known(packages: Sequence[str], project: Project, old: Lock | None) -> None:
    known = [*_own_names(project), *(package.name for package in (old.packages if old else ()))]
    for name in packages:
        if name not in known:
            near = near_miss(name, known)
            raise ProjectError(
                f"`{name}` is no package of the project",
                hint=f"did you mean `{near}`?" if near else "`belay list` lists what there is",
            )


def _require_trusted_known(trusted: Collection[str], new: Lock) -> None:
    known = [package.name for package in new.packages]
    for name in trusted:
        if name not in known:
            near = near_miss(name, known)
            raise ProjectError(
                f"`{name}`, whose manifest is to be trusted, is no package of the project",
                hint=f"did you mean `{near}`?" if near else None,
            )


def _own_names(project: Project) -> list[str]:
    return [each.name for group in project.groups.values() for each in group.requirements]
