"""Every error that the package manager raises on purpose.

```
PackageError
├─ ArgumentError        what was named on the way in is none: nothing was attempted
├─ ProjectError         the project's own file says something that cannot be done
├─ SourceError          something cannot be had from where it was said to be
│  ├─ NotFoundError     … because it is not there
│  ├─ OfflineError      … because only the cache may be asked, and it does not have it
│  └─ AccessError       … because whoever asks may not
├─ IntegrityError       what came, or what lies there, is not what the lock or a hash says
├─ UnsafePathError      a name would leave its folder, or cannot be a file on some computer
├─ ManifestError        a `manifest.py` or `package.json` of somebody's cannot be understood
├─ ConflictError        two who ask for something cannot both have it; or they ask in a circle
├─ LockError            the lock is missing, damaged, or of another project file
└─ EditedError          files that we put there were changed since, and would be lost
```
"""

from __future__ import annotations

__all__ = [
    "AccessError",
    "ArgumentError",
    "ConflictError",
    "EditedError",
    "IntegrityError",
    "LockError",
    "ManifestError",
    "NotFoundError",
    "OfflineError",
    "PackageError",
    "ProjectError",
    "SourceError",
    "UnsafePathError",
]


class PackageError(Exception):
    """Root of all errors of the package manager.

    Attributes:
        hint: what to type or do next, or None.
    """

    def __init__(self, *args: object, hint: str | None = None) -> None:
        super().__init__(*args)
        self.hint = hint


class ArgumentError(PackageError):
    """What the caller named makes no sense by itself, such as a compiler that is none."""


class ProjectError(PackageError):
    """The project's own file says what cannot be done; the text names file, key and all problems."""


class SourceError(PackageError):
    """Something cannot be had from where it was said to be."""


class NotFoundError(SourceError):
    """It is not there."""


class OfflineError(SourceError):
    """Only the cache may be asked, and it does not have it."""


class AccessError(SourceError):
    """Whoever asks may not have it: a token is missing, or is not good for that."""


class IntegrityError(PackageError):
    """What came, or what lies there, is not what the lock or a hash says."""


class UnsafePathError(PackageError):
    """A name would leave its folder, or cannot be the name of a file on some computer or board."""


class ManifestError(PackageError):
    """A `manifest.py` or `package.json` of somebody's cannot be understood; the text names file and line."""


class ConflictError(PackageError):
    """Two who ask for something cannot both have it, or they ask in a circle; the text says who."""


class LockError(PackageError):
    """The lock is missing, damaged, or belongs to a project file that has changed since."""


class EditedError(PackageError):
    """Files that we put there were changed since, and what was asked for would lose the changes."""
