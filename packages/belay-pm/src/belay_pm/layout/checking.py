"""Is what lies there what the lock says?"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from belay_pm.ignoring import ALWAYS_IGNORED, Ignored
from belay_pm.layout.looking import look, regular_files
from belay_pm.layout.record import read_record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from belay_pm.layout.places import Places
    from belay_pm.layout.wanted import Wanted

__all__ = ["Checked", "check"]


class Checked(NamedTuple):
    """What differs; paths below the folder of the packages, sorted.

    Attributes:
        missing: in the lock, and not there.
        changed: there, and not as the lock says.
        extra: put there by us once, and not in the lock.
        files: how many the lock has.
        stray: in the folders of its groups, and put there by others; an import finds them too.
    """

    missing: tuple[str, ...]
    changed: tuple[str, ...]
    extra: tuple[str, ...]
    files: int
    stray: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        """Whether nothing differs; files of others are nobody's fault."""
        return not (self.missing or self.changed or self.extra)


def check(places: Places, wanted: Mapping[str, Wanted]) -> Checked:
    """Compare what lies there with what a lock wants; change nothing.

    Raises:
        PackageError: reading failed.
        LockError: the record is damaged.
    """
    missing, changed = [], []
    for path, each in wanted.items():
        lying = look(places.dependencies, path)
        if lying.kind == "absent":
            missing.append(path)
        elif lying.sha256 != each.file.sha256:
            changed.append(path)
    record = read_record(places) or {}
    extra = [path for path in record if path not in wanted and look(places.dependencies, path).kind == "file"]
    stray = [path for path in _lying(places, wanted) if path not in wanted and path not in record]
    return Checked(tuple(missing), tuple(changed), tuple(sorted(extra)), len(wanted), tuple(stray))


def _lying(places: Places, wanted: Mapping[str, Wanted]) -> Iterator[str]:
    """Yield all files in the folders of the groups, but for those that programs leave behind."""
    ignored = Ignored(ALWAYS_IGNORED)
    for group in sorted({path.partition("/")[0] for path in wanted}):
        for path in regular_files(places.dependencies, group):
            if path not in ignored:
                yield path
