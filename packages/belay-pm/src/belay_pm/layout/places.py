"""Where everything lies: the packages, the lock, and a folder of our own beside the packages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["IGNORED", "OWN_FOLDER", "Area", "Places", "Target"]

OWN_FOLDER = ".belay-pm"
"""No group is called so: a group's name does not begin with a dot."""

IGNORED = "work/\n"
"""Of our own folder, what belongs to no version control: what is being written."""

Area: TypeAlias = Literal["packages", "record", "ignored", "lock"]
"""Files of packages, and the three single files that change with them."""


class Target(NamedTuple):
    """A file that is ours to change.

    Attributes:
        area: of which kind it is.
        path: below the folder of the packages: `main/logging.py`; "" for the single files.
    """

    area: Area
    path: str = ""


@dataclass(frozen=True)
class Places:
    """The places of a project.

    Attributes:
        folder: of the project, absolute.
        dependencies: the folder of the packages, a folder for each group in it.
        lock: the file.
    """

    folder: Path
    dependencies: Path
    lock: Path

    @property
    def own(self) -> Path:
        """Our folder: on the file system of the packages, so that a file comes there in one step."""
        return self.dependencies / OWN_FOLDER

    @property
    def work(self) -> Path:
        """What is being written, and what it replaces until all is done."""
        return self.own / "work"

    @property
    def journal(self) -> Path:
        """What is under way; as long as it is there, the old state counts."""
        return self.work / "journal.json"

    @property
    def record(self) -> Path:
        """Which files we laid."""
        return self.own / "laid.json"

    def path(self, target: Target) -> Path:
        """Return where a target is."""
        if target.area == "packages":
            return self.dependencies / target.path
        return {"record": self.record, "ignored": self.own / ".gitignore", "lock": self.lock}[target.area]

    def new(self, target: Target, number: int) -> Path:
        """Return where the new content of a target waits: the lock's beside it, for its own disk."""
        if target.area == "lock":
            return self.lock.with_name(f".{self.lock.name}.new")
        return self.work / "new" / str(number)

    def old(self, target: Target, number: int) -> Path:
        """Return where the old content of a target is kept."""
        if target.area == "lock":
            return self.lock.with_name(f".{self.lock.name}.old")
        return self.work / "old" / str(number)
