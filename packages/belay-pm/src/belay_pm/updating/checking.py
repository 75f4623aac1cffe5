"""Is what lies there what the lock says; and what of it has no business there any more?"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from belay_pm.layout import Laid, check, recover, remove, wanted_files
from belay_pm.lockfile import read_lock
from belay_pm.store import Store
from belay_pm.updating.locked import alone, locked_packages, places_of, require_lock

if TYPE_CHECKING:
    from belay_pm.layout import Checked
    from belay_pm.project import Project

__all__ = ["Verified", "clean", "verify"]


class Verified(NamedTuple):
    """What a project's packages are, beside its lock.

    Attributes:
        fits: whether the lock was made for what `pyproject.toml` says now.
        files: what differs on disk.
        packages: how many the lock has.
    """

    fits: bool
    files: Checked
    packages: int

    @property
    def good(self) -> bool:
        """Whether everything is as it should be."""
        return self.fits and self.files.good


def verify(project: Project, *, store: Store | None = None) -> Verified:
    """Compare `pyproject.toml`, the lock and what lies there; asks nobody, and writes nothing.

    An update that did not come to its end is undone first.

    Args:
        project: which one.
        store: the cache; None for the one of this computer.

    Raises:
        LockError: there is no lock, or it is damaged.
        PackageError: reading failed.
    """
    places = places_of(project)
    if os.path.lexists(places.work):
        with alone(project, store or Store()):  # whoever is at work there is let finish
            recover(places)
    lock = require_lock(project)
    return Verified(
        lock.digest == project.digest, check(places, wanted_files(lock.packages)), len(lock.packages)
    )


def clean(project: Project, *, overwrite_edits: bool = False, store: Store | None = None) -> Laid:
    """Remove what we put there and the project does not ask for any more, with the folders that become empty.

    Args:
        project: which one.
        overwrite_edits: also remove what was changed by hand.
        store: the cache; None for the one of this computer.

    Raises:
        LockError: there is no lock, so that nobody knows what the project's packages need.
        EditedError: what is to be removed was changed by hand.
        PackageError: reading or writing failed.
    """
    places = places_of(project)
    with alone(project, store or Store()):
        recover(places)
        if not places.record.exists() and read_lock(places.lock) is None:
            return Laid((), ())  # nothing here is known to be ours
        lock = require_lock(project)
        keep = wanted_files(locked_packages(project, lock))
        return remove(places, keep, locked=wanted_files(lock.packages), overwrite_edits=overwrite_edits)
