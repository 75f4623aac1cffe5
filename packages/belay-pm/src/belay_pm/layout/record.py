"""Which files we laid, and what they were: so that later only those are changed and removed."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from belay_pm.errors import LockError, UnsafePathError
from belay_pm.target_paths import target_path

if TYPE_CHECKING:
    from collections.abc import Mapping

    from belay_pm.layout.places import Places

__all__ = ["read_record", "record_text"]

_FORMAT = 1
_SHA256 = re.compile(r"[0-9a-f]{64}")


def record_text(files: Mapping[str, str]) -> str:
    """Return the text for files: path below the folder of the packages -> SHA-256."""
    return json.dumps({"version": _FORMAT, "files": dict(sorted(files.items()))}, indent=1) + "\n"


def read_record(places: Places) -> dict[str, str] | None:
    """Return path -> SHA-256 of what we laid, or None when that is not known.

    Raises:
        LockError: the record cannot be read, or is damaged.
    """
    path = places.record
    try:
        value = json.loads(path.read_bytes())
        files = value["files"]
        good = value["version"] == _FORMAT and all(_is_safe(*item) for item in files.items())
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise LockError(f"Reading `{path}` failed: {error.strerror or error}") from error
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise _damaged(places) from error
    if not good:
        raise _damaged(places)
    return dict(files)


def _damaged(places: Places) -> LockError:
    return LockError(
        f"`{places.record}` is damaged; it says which files `belay update` laid",
        hint="take it from your version control again, or remove it: "
        f"then `{places.lock.name}` alone says which files are ours",
    )


def _is_safe(path: object, digest: object) -> bool:
    if not isinstance(path, str) or not isinstance(digest, str) or path.startswith(".") or "/" not in path:
        return False
    try:
        return target_path(path, source="record") == path and _SHA256.fullmatch(digest) is not None
    except UnsafePathError:
        return False
