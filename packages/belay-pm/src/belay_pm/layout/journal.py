"""What is under way, on disk: enough to undo it. It is input too: a project that was copied may have one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple, get_args

from belay_pm.errors import LockError, UnsafePathError
from belay_pm.layout.places import OWN_FOLDER, Area, Target
from belay_pm.target_paths import target_path

if TYPE_CHECKING:
    from belay_pm.layout.places import Places

__all__ = ["Journal", "Line", "journal_text", "read_journal"]


class Line(NamedTuple):
    """A file that changes.

    Attributes:
        target: which one.
        replaces: whether something lay there before.
    """

    target: Target
    replaces: bool


class Journal(NamedTuple):
    """What is under way.

    Attributes:
        lines: the changes, in order.
        made: folders that were not there before, outer ones first, below the folder of the packages.
    """

    lines: tuple[Line, ...]
    made: tuple[str, ...]


def journal_text(journal: Journal) -> str:
    """Return the text of a journal."""
    lines = [[line.target.area, line.target.path, line.replaces] for line in journal.lines]
    return json.dumps({"lines": lines, "made": journal.made})


def read_journal(places: Places) -> Journal | None:
    """Return what is under way, or None.

    Raises:
        LockError: it cannot be read, or is no journal of ours.
    """
    path = places.journal
    try:
        value = json.loads(path.read_bytes())
        lines = tuple(_line(*line) for line in value["lines"])
        return Journal(lines, tuple(_safe(made) for made in value["made"]))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise LockError(f"Reading `{path}` failed: {error.strerror or error}") from error
    except (ValueError, LookupError, TypeError, UnsafePathError, RecursionError) as error:
        raise LockError(
            f"`{path}` is damaged; it says how to undo an update that did not come to its end",
            hint=f"take `{places.dependencies}` from your version control again, and remove `{places.work}`",
        ) from error


def _line(area: object, path: object, replaces: object) -> Line:
    for known in get_args(Area):
        if area == known and isinstance(replaces, bool):
            return Line(Target(known, _safe(path) if area == "packages" else ""), replaces)
    raise ValueError(area)


def _safe(path: object) -> str:
    if not isinstance(path, str) or target_path(path, source="journal") != path:
        raise ValueError(path)
    if path.split("/")[0] == OWN_FOLDER:
        raise ValueError(path)
    return path
