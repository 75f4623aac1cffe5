"""What changed between two locks, package by package."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from belay_pm.packages import Package

__all__ = ["PackageChange", "compare", "shown_version"]

_SHOWN_DIGITS = 10
"""Of a commit, as git shows them at least."""


class PackageChange(NamedTuple):
    """A package that is another now.

    Attributes:
        name: which one.
        before: what it was, as shown; None for one that is new.
        after: what it is; None for one that went.
    """

    name: str
    before: str | None
    after: str | None


def compare(before: Iterable[Package], after: Iterable[Package]) -> tuple[PackageChange, ...]:
    """Return what differs, sorted by name; groups, notes and the words of a requirement do not count."""
    old = {package.name: package for package in before}
    new = {package.name: package for package in after}
    changes = []
    for name in sorted({*old, *new}):
        was, now = old.get(name), new.get(name)
        if was is None or now is None or _content(was) != _content(now):
            changes.append(
                PackageChange(
                    name,
                    None if was is None else shown_version(was),
                    None if now is None else shown_version(now),
                )
            )
    return tuple(changes)


def shown_version(package: Package) -> str:
    """Return the version of a package for people: of the index, else the commit, else of its contents."""
    if package.develop:
        return "develop"
    if package.version is not None:
        return package.version
    commits = [part.fetched.resolved.commit for part in package.parts]
    commit = next((commit for commit in commits if commit is not None), None)
    return _digest(package) if commit is None else commit[:_SHOWN_DIGITS]


def _content(package: Package) -> tuple[object, ...]:
    return shown_version(package), tuple((file.path, file.sha256, file.opt) for file in package.files)


def _digest(package: Package) -> str:
    import hashlib  # noqa: PLC0415 - only what has no version needs it

    told = "".join(f"{file.path}\0{file.sha256}\n" for file in package.files)
    return hashlib.sha256(told.encode()).hexdigest()[:_SHOWN_DIGITS]
