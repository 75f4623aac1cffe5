"""What somebody asks for: a package by name, and where it is said to be. Values only.

`specs` makes them of text, `resolving` asks for them, `fetching` gets them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

__all__ = [
    "BundleSource",
    "Entry",
    "GitSource",
    "IndexSource",
    "PathSource",
    "Requirement",
    "Source",
    "UrlSource",
]


@dataclass(frozen=True, slots=True)
class PathSource:
    """A file or folder of this computer.

    Attributes:
        path: as written; a relative one starts at the folder of the project.
    """

    path: str


@dataclass(frozen=True, slots=True)
class GitSource:
    """A file or folder in a git repository, or all of it.

    Attributes:
        url: what `git clone` takes, without credentials: `https://github.com/o/r.git`, `file:///…`.
        ref: a branch, a tag or a commit; None for the branch that the repository shows.
        path: the file or folder, from the top of the repository; "" for all of it.
        link: a link of a website, whose first names behind `blob/` or `tree/` may be more of the ref than
            `ref` has (a branch may be called `feature/x`): who knows the refs moves them over.
    """

    url: str
    ref: str | None = None
    path: str = ""
    link: bool = False


@dataclass(frozen=True, slots=True)
class UrlSource:
    """Something that a plain web server has: a file, an archive or a `package.json`.

    Attributes:
        url: http or https, without credentials.
        path: the file or folder in an archive; "" for all of it.
    """

    url: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class IndexSource:
    """A package of an index such as that of micropython-lib.

    Attributes:
        name: as the index has it, dashes and all.
        version: which ones will do, as `versions.VersionRange` reads it: `*`, `latest`, `1.2.3`, `^1.2`.
    """

    name: str
    version: str = "*"


@dataclass(frozen=True, slots=True)
class BundleSource:
    """A library of a CircuitPython bundle.

    Attributes:
        name: of the module: `adafruit_bme280`.
        version: which ones will do; a bundle has one of each.
    """

    name: str
    version: str = "*"


Source: TypeAlias = PathSource | GitSource | UrlSource | IndexSource | BundleSource
"""Where something is said to be."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One source of a package, and how it is to be taken.

    Attributes:
        source: where it is.
        text: as it was written, for messages and the lock.
        develop: used where it lies, never copied; for a `PathSource` only.
        rename_to_init: a lone module becomes the `__init__` of the package's folder.
        opt: mpy-cross's level of optimisation, 0 to 3; None for its own.
    """

    source: Source
    text: str
    develop: bool = False
    rename_to_init: bool = True
    opt: int | None = None


@dataclass(frozen=True, slots=True)
class Requirement:
    """A package that is asked for.

    Attributes:
        name: what is imported, for a project's own dependencies; an index's name, for its packages.
        entries: where its files are; most have one.
    """

    name: str
    entries: tuple[Entry, ...]
