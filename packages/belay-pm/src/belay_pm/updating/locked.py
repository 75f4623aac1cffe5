"""The lock of a project, and where its packages lie."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from belay_pm.errors import LockError
from belay_pm.layout import Places
from belay_pm.lockfile import LOCK_NAME, read_lock
from belay_pm.resolving import groups_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from belay_pm.lockfile import Lock
    from belay_pm.packages import Package
    from belay_pm.project import Project
    from belay_pm.store import Store

__all__ = ["alone", "fitting_lock", "locked_packages", "places_of", "require_lock"]


def places_of(project: Project) -> Places:
    """Return where the packages and the lock of a project lie."""
    return Places(project.folder, project.dependencies_path, project.folder / LOCK_NAME)


def require_lock(project: Project) -> Lock:
    """Return the lock of a project, whether it fits `pyproject.toml` or not.

    Raises:
        LockError: there is none, or it is damaged.
    """
    lock = read_lock(places_of(project).lock)
    if lock is None:
        raise LockError(
            f"`{project.folder}` has no `{LOCK_NAME}`", hint="`belay update` gets the packages and makes one"
        )
    return lock


def fitting_lock(project: Project) -> Lock:
    """Return the lock of a project, made for what `pyproject.toml` says now.

    Raises:
        LockError: there is none, it is damaged, or `pyproject.toml` says something else.
    """
    lock = require_lock(project)
    if lock.digest != project.digest:
        raise LockError(
            f"`{LOCK_NAME}` was made before the last change of `pyproject.toml`",
            hint="`belay lock` brings it up to date, and `belay update` gets what is new",
        )
    return lock


def locked_packages(project: Project, lock: Lock) -> tuple[Package, ...]:
    """Return the packages of a lock that the project still asks for, in the groups where it does.

    Differs from those of the lock when `pyproject.toml` was changed since.
    """
    wanted = {name: [each.name for each in group.requirements] for name, group in project.groups.items()}
    inside = groups_of(wanted, {package.name: package.requires for package in lock.packages})
    return tuple(
        replace(package, groups=inside[package.name]) for package in lock.packages if inside[package.name]
    )


@contextmanager
def alone(project: Project, store: Store) -> Iterator[None]:
    """Hold off others who would change the packages of this project, while the block runs."""
    name = hashlib.sha256(str(project.folder.resolve()).encode()).hexdigest()[:16]
    with store.lock(f"project-{name}"):
        yield
