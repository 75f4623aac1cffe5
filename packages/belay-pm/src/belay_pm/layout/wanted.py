"""What shall lie below the folder of the packages: the files of a lock, once for each group."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from belay_pm.packages import Package, PackageFile, Part

__all__ = ["Wanted", "wanted_files"]


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


def wanted_files(packages: Iterable[Package]) -> dict[str, Wanted]:
    """Return path below the folder of the packages -> what shall lie there. Sorted."""
    found: dict[str, Wanted] = {}
    for package in packages:
        for part in package.parts:
            for file in () if part.entry.develop else part.fetched.files:
                for group in package.groups:
                    found.setdefault(f"{group}/{file.path}", Wanted(package, part, file))
    return dict(sorted(found.items()))
