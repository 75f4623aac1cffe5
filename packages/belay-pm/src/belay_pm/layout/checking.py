"""Is what lies there what the lock says?"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from belay_pm.layout.looking import look
from belay_pm.layout.record import read_record

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    """

    missing: tuple[str, ...]
    changed: tuple[str, ...]
    extra: tuple[str, ...]
    files: int

    @property
    def good(self) -> bool:
        """Whether nothing differs."""
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
    return Checked(tuple(missing), tuple(changed), tuple(sorted(extra)), len(wanted))
